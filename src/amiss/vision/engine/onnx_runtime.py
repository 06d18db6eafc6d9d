"""ONNX Runtime: the default engine; smallest, and quickest to start."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from amiss.bundle.read import Bundle
from amiss.domain.errors import EngineError
from amiss.vision.engine.protocol import Features, Precision, check_features, check_image
from amiss.vision.engine.threads import default_threads

LOG_ERRORS_ONLY = 3


def open_session(
    bundle: Bundle, file: str, threads: int | None = None
) -> onnxruntime.InferenceSession:
    """A graph of a bundle, on the CPU.

    Raises:
        EngineError: the graph cannot be loaded.
    """
    # Only Windows builds of ONNX Runtime report events; elsewhere this does nothing.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or default_threads()
    options.inter_op_num_threads = 1
    # Threads that wait by spinning take the time that decoding and matching need. Measured with
    # two threads: half a millisecond slower on an idle machine, twice as fast on a busy one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = LOG_ERRORS_ONLY
    graph = bundle.read(file)
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no other base
        raise EngineError(f"ONNX Runtime cannot load {bundle.id}, {file}: {error}") from error


def run_session(
    session: onnxruntime.InferenceSession, given: Mapping[str, NDArray[Any]]
) -> Features:
    """All outputs of a graph, by name.

    Raises:
        EngineError: it failed.
    """
    names = [output.name for output in session.get_outputs()]
    try:
        return dict(zip(names, session.run(names, dict(given)), strict=True))
    except Exception as error:  # its errors share no other base
        raise EngineError(f"ONNX Runtime failed on a picture: {error}") from error


class OnnxRuntimeEngine:
    """The encoder on the CPU in 32 bits. Safe to share between threads."""

    name = "onnxruntime"
    precision: Precision = "f32"

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        """Load the encoder from the bundle's checked bytes.

        Raises:
            EngineError: the graph cannot be loaded.
        """
        self._encoder = bundle.manifest.encoder
        self._session = open_session(bundle, self._encoder.file, threads)

    def run(self, image: NDArray[np.uint8]) -> Features:
        """The feature maps of N×H×W×3 pictures; see `Engine.run`."""
        check_image(image, self._encoder)
        maps = run_session(self._session, {"image": np.ascontiguousarray(image)})
        return check_features(maps, image, self._encoder)
