"""Cameras that see a scene which is rendered on demand."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from amiss.domain.capture import View
from amiss.domain.errors import CameraError, SimulationError
from amiss.simulate.capture import view_of
from amiss.simulate.shoot import Shot

Shooter = Callable[[int], Mapping[str, View]]
"""Renders the n-th item on the tray, as seen by each camera; the same n gives the same pixels.

Raises SimulationError where it cannot. It is only ever called from one thread of its own, so that
it may make itself a graphics context on its first call.
"""


def views_of(shots: Sequence[Shot]) -> dict[str, View]:
    """What the simulator shot, as views by camera; the truth stays behind."""
    return {shot.eye.name: view_of(shot) for shot in shots}


class Simulated:
    """A source over a shooter: the n-th trigger renders the n-th item, for all cameras at once.

    Rendering may take seconds: give the booth a deadline that allows for it.
    """

    def __init__(self, names: tuple[str, ...], shooter: Shooter) -> None:
        self.names = names
        self._shooter = shooter
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="simulator")

    def take(self, trigger: int, timeout_s: float) -> Mapping[str, View | CameraError]:
        """Renders the item of this trigger.

        Raises:
            CameraError: the simulator says why it cannot, or is too slow.
        """
        try:
            views = self._thread.submit(self._shooter, trigger).result(timeout_s)
        except SimulationError as error:
            raise CameraError(str(error)) from error
        except TimeoutError as error:
            raise CameraError(
                f"Rendering takes longer than {timeout_s:g} s; give the booth a longer deadline."
            ) from error
        return {name: replace(view, trigger=trigger) for name, view in views.items()}
