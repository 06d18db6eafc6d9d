"""Opens a renderer by its name."""

from typing import Literal

from amiss.domain.errors import SimulationError
from amiss.simulate.render.backend import Backend
from amiss.simulate.render.fast import FastBackend
from amiss.simulate.render.path import PathBackend, Variant

BackendName = Literal["path", "fast"]


def open_backend(
    name: BackendName, threads: int | None = None, variant: Variant = "auto"
) -> Backend:
    """The renderer of this name; use it in the thread that opened it.

    threads: of the renderer, as many as there are cores where it is None; changes no pixel.
    variant: of the path tracer; auto is LLVM where it works, else scalar.

    Raises:
        SimulationError: something that it needs is missing; the sentence says what to install.
    """
    if name == "path":
        return PathBackend(variant, threads=threads)
    if variant != "auto":
        raise SimulationError("Only the path tracer has variants: ask for it, or for none.")
    return FastBackend(threads)
