"""All cameras of a booth, triggered together, give one capture."""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from amiss.booth.calibration import Calibration
from amiss.booth.camera import Camera
from amiss.booth.lenses import Lens
from amiss.booth.scanner import Scanner
from amiss.domain.capture import Capture, View
from amiss.domain.errors import CameraError
from amiss.domain.words import ProcessStep

CLOSING_SECONDS = 1.0
"""How long a closing booth waits for a camera that is still busy; after that it is left behind."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What came of one trigger.

    capture: the views that arrived in time, in the order of the booth's cameras; maybe none.
    absent: camera → one sentence, for each camera that did not deliver. scanned: all different
    barcodes since the trigger before; where there are several, none is trusted, and the capture
    has none.
    """

    capture: Capture
    absent: Mapping[str, str]
    scanned: tuple[str, ...] = ()


class Booth:
    """Triggers all cameras at once, each in a thread of its own, and gathers what arrives in time.

    A camera that hangs holds up nobody: its view is absent, now and as long as it hangs, and what
    it delivers too late is thrown away. Its thread does not keep the process from ending.
    """

    def __init__(
        self,
        cameras: Sequence[Camera],
        *,
        name: str = "booth",
        deadline_s: float = 2.0,
        calibration: Calibration | None = None,
        lenses: Mapping[str, Lens] | None = None,
        scanner: Scanner | None = None,
        also_close: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """A booth of at least one camera.

        Args:
            cameras: they belong to the booth from now on, which closes them.
            name: part of each capture's id.
            deadline_s: from the trigger to the last view that still counts.
            calibration: where given, each view gets the empty tray of its camera.
            lenses: camera → its lens and place as measured, in place of what it says itself.
            scanner: tells the barcode of a capture; it belongs to the booth from now on.
            also_close: called after all cameras are closed: lets go of what they share.
            clock: the time of day, with its zone.

        Raises:
            CameraError: there is no camera, or two have one name.
        """
        names = [camera.name for camera in cameras]
        if not names:
            raise CameraError("A booth needs at least one camera; name one.")
        if len(set(names)) < len(names):
            raise CameraError(f"Two cameras have one name ({', '.join(names)}); rename one.")
        self.name, self.deadline_s, self.calibration = name, deadline_s, calibration
        self._lenses, self._scanner, self._also_close = lenses or {}, scanner, also_close
        self._workers = {camera.name: _Worker(camera) for camera in cameras}
        self._clock = clock
        self._trigger = 0
        self._one_at_a_time = threading.Lock()

    @property
    def cameras(self) -> tuple[str, ...]:
        """The names of all cameras."""
        return tuple(self._workers)

    def trigger(
        self,
        *,
        step: ProcessStep | None = None,
        barcode: str | None = None,
        product: str | None = None,
    ) -> Shot:
        """Takes one capture of what lies on the tray; returns at the deadline at the latest.

        Triggers are numbered from 1; the number is the capture's `sequence`. A barcode that is
        handed in counts; else the one that the scanner read since the last trigger.
        """
        with self._one_at_a_time:
            self._trigger += 1
            scanned = () if self._scanner is None else self._scanner.take()
            number, taken = self._trigger, self._clock()
            asked = {
                name: worker.ask(number, self.deadline_s) for name, worker in self._workers.items()
            }
            wait(asked.values(), self.deadline_s)
            views, absent = self._gather(asked)
        capture = Capture(
            views=views,
            product=product,
            step=step,
            id=f"{self.name}-{taken.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{number}",
            taken=taken,
            sequence=number,
            barcode=barcode or (scanned[0] if len(scanned) == 1 else None),
        )
        return Shot(capture, absent, scanned)

    def _gather(
        self, asked: Mapping[str, "Future[View]"]
    ) -> tuple[tuple[View, ...], dict[str, str]]:
        views, absent = [], {}
        for name, future in asked.items():
            if not future.done():
                absent[name] = (
                    f"The camera {name} did not deliver within {self.deadline_s:g} s; "
                    "check its cable and its trigger."
                )
            elif error := future.exception():
                absent[name] = str(error)
            else:
                views.append(self._dressed(replace(future.result(), camera=name)))
        return tuple(views), absent

    def _dressed(self, view: View) -> View:
        """With its camera's lens as measured, and empty tray unless the camera brings its own."""
        if view.camera in self._lenses:
            view = self._lenses[view.camera].dress(view)
        if self.calibration is None or view.empty_tray is not None:
            return view
        return self.calibration.dress(view)

    def close(self) -> None:
        """Closes all cameras and the scanner; a camera that hangs is left behind after a second."""
        for worker in self._workers.values():
            worker.stop()
        for worker in self._workers.values():
            worker.join(CLOSING_SECONDS)
        if self._scanner is not None:
            self._scanner.close()
        self._also_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Worker:
    """A camera and the thread in which alone it is used, from the first picture to its closing."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._jobs: queue.SimpleQueue[tuple[int, float, Future[View]] | None] = queue.SimpleQueue()
        self._last: Future[View] | None = None
        self._fell = False
        self._thread = self._start()

    def _start(self) -> threading.Thread:
        name = f"camera-{self._camera.name}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        thread.start()
        return thread

    def _stand_up(self) -> None:
        """Starts the thread anew, if its last picture ended in a fault that nobody foresaw."""
        if self._fell:
            self._fell = False
            self._thread = self._start()

    def ask(self, trigger: int, timeout_s: float) -> "Future[View]":
        """Hands the trigger over, at once; a camera that is still busy gets no second job."""
        future: Future[View] = Future()
        if self._last is not None and not self._last.done():
            future.set_exception(
                CameraError(
                    f"The camera {self._camera.name} still hangs over an earlier trigger; "
                    "restart it."
                )
            )
            return future
        self._stand_up()
        self._last = future
        self._jobs.put((trigger, timeout_s, future))
        return future

    def stop(self) -> None:
        self._stand_up()
        self._jobs.put(None)

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            trigger, timeout_s, future = job
            try:
                future.set_result(self._camera.grab(trigger, timeout_s))
            except CameraError as error:
                future.set_exception(error)
            finally:
                if not future.done():  # a fault of ours: its traceback shows, the thread ends
                    self._fell = True
                    future.set_exception(
                        CameraError(f"The camera {self._camera.name} failed; see the log for why.")
                    )
        self._camera.close()
