"""Cameras that show a recording again, capture by capture."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

from amiss.domain.capture import Capture, View
from amiss.domain.errors import CameraError


class Recording:
    """A source over captures that were taken before: one per trigger, in their order.

    Pictures and times stay as they were recorded. A view that answered another trigger than its
    capture does so again, relative to the new number: faults are replayed, too.
    """

    def __init__(self, captures: Iterable[Capture], names: tuple[str, ...]) -> None:
        """A recording from its captures, which may be read lazily, and its cameras' names."""
        self._captures = iter(captures)
        self.names = names
        self._lock = threading.Lock()

    def take(self, trigger: int, timeout_s: float) -> Mapping[str, View | CameraError]:  # noqa: ARG002 - disks are fast
        """The views of the next capture.

        Raises:
            CameraError: the recording is over.
        """
        with self._lock:
            capture = next(self._captures, None)
        if capture is None:
            raise CameraError("The recording is over; open it again to start anew.")
        views: dict[str, View | CameraError] = {
            name: CameraError(f"The recording holds no view of camera {name} here.")
            for name in self.names
        }
        return views | {view.camera: _renumbered(view, capture, trigger) for view in capture.views}


def _renumbered(view: View, capture: Capture, trigger: int) -> View:
    late = 0
    if view.trigger is not None and capture.sequence is not None:
        late = view.trigger - capture.sequence
    return replace(view, trigger=trigger + late)
