"""Sources that give all views of a trigger together, split into cameras."""

import threading
from collections.abc import Mapping
from typing import Protocol

from amiss.booth.camera import Camera
from amiss.domain.capture import View
from amiss.domain.errors import CameraError


class Source(Protocol):
    """Something that gives the views of all its cameras at once: a recording, a folder, a scene."""

    names: tuple[str, ...]
    """The cameras."""

    def take(self, trigger: int, timeout_s: float) -> Mapping[str, View | CameraError]:
        """Each camera's view, or why it has none. Called once per trigger.

        Raises:
            CameraError: no camera has a view.
        """
        ...


def cameras_of(source: Source) -> tuple[Camera, ...]:
    """One camera per name; whichever is asked first takes the views for all."""
    shared = _Shared(source)
    return tuple(_PartOf(shared, name) for name in source.names)


class _Shared:
    """The views of the latest trigger."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._trigger: int | None = None
        self._views: Mapping[str, View | CameraError] = {}
        self._fault: CameraError | None = None

    def view(self, name: str, trigger: int, timeout_s: float) -> View:
        with self._lock:
            if trigger != self._trigger:
                self._take(trigger, timeout_s)
            if self._fault is not None:
                raise CameraError(str(self._fault)) from self._fault
            view = self._views.get(name)
        if view is None:
            raise CameraError(f"There is no view of camera {name} for trigger {trigger}.")
        if isinstance(view, CameraError):
            raise view
        return view

    def _take(self, trigger: int, timeout_s: float) -> None:
        self._trigger, self._views, self._fault = trigger, {}, None
        try:
            self._views = self._source.take(trigger, timeout_s)
        except CameraError as error:
            self._fault = error


class _PartOf(Camera):
    def __init__(self, shared: _Shared, name: str) -> None:
        self._shared, self.name = shared, name

    def grab(self, trigger: int, timeout_s: float) -> View:
        return self._shared.view(self.name, trigger, timeout_s)

    def close(self) -> None:
        """There is nothing to let go of."""
