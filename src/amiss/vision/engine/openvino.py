"""OpenVINO: an optional engine, and the only one that can compute in bf16.

Sizes stay dynamic: on the CPU a graph compiled for one fixed size was measured to be no more than
a few per cent faster, and OpenVINO keeps what it prepared for the sizes that it has seen.
"""

import sys
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.read import Bundle
from amiss.domain.errors import EngineError
from amiss.vision.engine.protocol import Features, Precision, check_features, check_image
from amiss.vision.engine.threads import default_threads

_CONVERTER = "openvino.tools.ovc"


def import_openvino() -> ModuleType:
    """The package `openvino`, without its model converter.

    Importing the converter, which `import openvino` does by itself, reports to
    www.google-analytics.com in the background and writes a client number into the home folder.
    Amiss has no use for a converter. Without it, the import is also three times as fast.

    Raises:
        EngineError: OpenVINO is not installed.
    """
    hidden = "openvino" not in sys.modules and _CONVERTER not in sys.modules
    if hidden:
        sys.modules[_CONVERTER] = None  # type: ignore[assignment]  # makes its import fail
    try:
        import openvino
    except ImportError as error:
        raise EngineError("OpenVINO is not installed; pip install 'amiss[openvino]'.") from error
    finally:
        if hidden:
            del sys.modules[_CONVERTER]
    module: ModuleType = openvino
    return module


def supports_bf16() -> bool:
    """Whether this CPU computes in bf16 by itself rather than emulating it."""
    capabilities = import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "BF16" in capabilities


class OpenVinoEngine:
    """The encoder on the CPU, in the precision asked for. Safe to share between threads."""

    name = "openvino"

    def __init__(
        self, bundle: Bundle, threads: int | None = None, precision: Precision = "f32"
    ) -> None:
        """Load the encoder from the bundle's checked bytes.

        Raises:
            EngineError: OpenVINO is not installed or the graph cannot be loaded.
        """
        openvino = import_openvino()
        self.precision: Precision = precision
        self._encoder = bundle.manifest.encoder
        graph = bundle.read(self._encoder.file)
        # Left to itself, OpenVINO computes in bf16 wherever the CPU can. CACHE_DIR stays empty:
        # nothing is written to disk.
        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads or default_threads(),
            "PERFORMANCE_HINT": "LATENCY",
            "CACHE_DIR": "",
        }
        try:
            core = openvino.Core()
            self._compiled = core.compile_model(core.read_model(graph), "CPU", settings)
        except Exception as error:  # its errors share no other base
            raise EngineError(f"OpenVINO cannot load {bundle.id}: {error}") from error

    def run(self, image: NDArray[np.uint8]) -> Features:
        """The feature maps of N×H×W×3 pictures; see `Engine.run`."""
        check_image(image, self._encoder)
        try:
            # A request of its own: requests are not safe to share, and cost little.
            request = self._compiled.create_infer_request()
            request.infer({"image": np.ascontiguousarray(image)}, share_inputs=True)
            features = {
                output.name: np.array(request.get_tensor(output.name).data)
                for output in self._encoder.outputs
            }
        except Exception as error:  # its errors share no other base
            raise EngineError(f"OpenVINO failed on a picture: {error}") from error
        return check_features(features, image, self._encoder)
