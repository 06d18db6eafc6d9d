"""Takes captures for an acceptance: asks for a thing, shoots, and asks again where that failed."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from amiss.booth.accept.demands import spread_ms
from amiss.booth.accept.tasks import Stagehand, Task, empty_tray
from amiss.booth.booth import Booth
from amiss.booth.calibration import Calibration
from amiss.booth.checks.check import Memory, check
from amiss.booth.checks.reason import Fault
from amiss.booth.recalibrate import take_empty
from amiss.booth.recipe import Recipe, admit
from amiss.booth.window import windowed
from amiss.domain.capture import Capture, RgbArray
from amiss.domain.errors import CameraError, ImageError

ATTEMPTS = 4
Found = TypeVar("Found")


class Shoots:
    """A booth, somebody who lays things into it, and what the two have delivered so far.

    calibration: from the empty tray, once that was taken. spreads_ms: of whole captures, from the
    first to the last shutter. taken: captures of items; faulty: those with a fault.
    """

    def __init__(
        self, booth: Booth, stagehand: Stagehand, recipe: Recipe, say: Callable[[str], None]
    ) -> None:
        self.booth, self._stagehand, self._recipe, self._say = booth, stagehand, recipe, say
        self.calibration: Calibration | None = None
        self.spreads_ms: list[float] = []
        self.taken, self.faulty = 0, 0
        self._memory = Memory()

    def empty(self) -> Calibration:
        """The empty tray: taken once, then known.

        Raises:
            CameraError: as `take_empty`.
        """
        if self.calibration is None:
            self._stagehand.do(empty_tray())
            taken = take_empty(self.booth, limits=self._recipe.limits)
            self.calibration = self.booth.calibration = taken
        return self.calibration

    def whole(self) -> Capture:
        """One capture of whatever lies there, with all its views.

        Raises:
            CameraError: a camera does not deliver.
        """
        shot = self.booth.trigger()
        if shot.absent:
            raise CameraError(next(iter(shot.absent.values())))
        if len(shot.capture.views) > 1:
            self.spreads_ms.append(spread_ms(shot.capture))
        return shot.capture

    def put(self, task: Task) -> Capture:
        """One capture of what the task asks for.

        Raises:
            CameraError: a camera does not deliver.
        """
        self._stagehand.do(task)
        return self.whole()

    def until(
        self,
        task_of: Callable[[int], Task],
        find: Callable[[RgbArray, RgbArray], Found],
    ) -> Mapping[str, Found]:
        """What `find` makes of each camera's picture and its empty tray.

        A thing that cannot be found in a picture is put again, a little differently, until every
        camera has seen it once.

        Raises:
            ImageError: it was not found after several attempts.
        """
        empty = self.empty().cameras
        found: dict[str, Found] = {}
        for attempt in range(ATTEMPTS):
            for view in self.put(task_of(attempt)).views:
                if view.camera in found:
                    continue
                try:
                    found[view.camera] = find(view.rgb, empty[view.camera].rgb)
                except ImageError as error:
                    self._say(f"{view.camera}: {error}")
            if len(found) == len(self.booth.cameras):
                return found
        lacking = ", ".join(name for name in self.booth.cameras if name not in found)
        raise ImageError(f"{lacking} could not find it in {ATTEMPTS} attempts; see above for why.")

    def admitted(self, task_of: Callable[[int], Task]) -> Capture:
        """A capture of an item that the checks let pass, cut to what detectors look at.

        Raises:
            CameraError: the checks refuse it time and again.
        """
        self.empty()
        reasons: Sequence[str] = ()
        for attempt in range(ATTEMPTS):
            self._stagehand.do(task_of(attempt))
            shot = self.booth.trigger()
            admission = admit(
                shot.capture,
                self._faults(shot.capture),
                self._recipe,
                cameras=self.booth.cameras,
            )
            self.taken += 1
            self.faulty += bool(admission.faults)
            if admission.capture is not None:
                return windowed(admission.capture)
            reasons = (*dict.fromkeys(shot.absent.values()), *admission.reasons)
            self._say(" ".join(reasons))
        raise CameraError(f"No capture was fit to be judged in {ATTEMPTS} attempts: {reasons[0]}")

    def _faults(self, capture: Capture) -> list[Fault]:
        return check(
            capture,
            self.calibration,
            self._memory,
            cameras=self.booth.cameras,
            limits=self._recipe.limits,
        )
