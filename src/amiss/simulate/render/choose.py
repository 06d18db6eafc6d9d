"""Opens a renderer by its name."""

from typing import Literal

from amiss.simulate.render.backend import Backend

BackendName = Literal["path", "fast"]


def open_backend(name: BackendName, threads: int | None = None) -> Backend:
    """The renderer of this name; use it in the thread that opened it.

    threads: of the path tracer, as many as there are cores where it is None; changes no pixel.

    Raises:
        SimulationError: something that it needs is missing; the sentence says what to install.
    """
    if name == "fast":
        from amiss.simulate.render.fast import FastBackend

        return FastBackend()
    from amiss.simulate.render.path import PathBackend

    return PathBackend(threads=threads)
