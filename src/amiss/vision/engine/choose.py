"""Which engine runs the encoder.

The choice is explicit and cheap. "auto" is ONNX Runtime at once: it starts fastest, which is what
a single command needs. A process that stays (a station, a server, an evaluation) asks for
`measure=True`: the candidates then pass the golden check and a short race, about half a second in
all, and the fastest wins. Nothing is chosen by name, and nothing is kept on disk.
"""

import logging
import time
from typing import Literal

import numpy as np

from amiss.bundle.read import Bundle
from amiss.domain.errors import EngineError
from amiss.vision.engine.onnx_runtime import OnnxRuntimeEngine
from amiss.vision.engine.openvino import OpenVinoEngine, supports_bf16
from amiss.vision.engine.protocol import Engine, Precision
from amiss.vision.golden import check

EngineName = Literal["auto", "onnxruntime", "openvino"]
RACE_SIZE = 448
RACE_ROUNDS = 5
CLEARLY_FASTER = 0.9
"""A rival must need less than this share of the default's time; timing is noisy."""

log = logging.getLogger(__name__)


def load_engine(
    bundle: Bundle,
    name: EngineName = "auto",
    threads: int | None = None,
    precision: Precision = "f32",
    *,
    measure: bool = False,
) -> Engine:
    """The engine asked for, or the one that "auto" comes to.

    Args:
        bundle: whose encoder to run.
        name: "auto" is ONNX Runtime, or the fastest where `measure` is set.
        threads: None is one per physical core that this process may use.
        precision: the lowest precision that may be used. With "bf16", OpenVINO computes in bf16
            only where the CPU does so by itself; else an engine asked for by name is refused,
            and "auto" stays with f32. OpenVINO passes the golden check or is refused.
        measure: whether "auto" may spend about half a second on finding the fastest.

    Raises:
        EngineError: the engine is not installed, cannot load the encoder, or cannot do what was
            asked.
    """
    if name == "auto":
        return (
            _fastest(bundle, threads, precision) if measure else OnnxRuntimeEngine(bundle, threads)
        )
    if name == "openvino":
        return _openvino(bundle, threads, precision)
    if precision != "f32":
        raise EngineError("ONNX Runtime computes in f32 only; ask for openvino or for f32.")
    return OnnxRuntimeEngine(bundle, threads)


def _openvino(bundle: Bundle, threads: int | None, precision: Precision) -> Engine:
    """OpenVINO, where the golden check allows it; in bf16 only where the CPU does so by itself."""
    if precision == "bf16" and not supports_bf16():
        raise EngineError("This CPU does not compute in bf16; ask for f32.")
    engine = OpenVinoEngine(bundle, threads, precision)
    report = check(engine, bundle)
    if not report.passed:
        raise EngineError(
            f"{engine.name} in {engine.precision} does not pass the golden check of {bundle.id} "
            f"(worst cosine {report.worst_cosine:.4f}, worst relative error "
            f"{report.worst_relative_error:.4f}); use another engine or f32."
        )
    return engine


def _fastest(bundle: Bundle, threads: int | None, precision: Precision) -> Engine:
    """ONNX Runtime, unless a rival that passes the golden check is clearly faster."""
    best: Engine = OnnxRuntimeEngine(bundle, threads)
    best_ms = _race_ms(best) * CLEARLY_FASTER
    rivals: list[Precision] = ["f32"] if precision == "f32" else ["f32", "bf16"]
    for rival in rivals:
        try:
            engine = _openvino(bundle, threads, rival)
        except EngineError as error:
            log.info("openvino in %s is not used: %s", rival, error)
            continue
        ms = _race_ms(engine)
        log.info("openvino in %s takes %.1f ms, to beat: %.1f ms", rival, ms, best_ms)
        if ms < best_ms:
            best, best_ms = engine, ms
    return best


def _race_ms(engine: Engine) -> float:
    """Least milliseconds for one picture; the least is what other work disturbs least."""
    picture = np.zeros((1, RACE_SIZE, RACE_SIZE, 3), np.uint8)
    engine.run(picture)
    times = []
    for _ in range(RACE_ROUNDS):
        start = time.perf_counter()
        engine.run(picture)
        times.append(time.perf_counter() - start)
    return min(times) * 1000
