"""A watched folder: other software puts pictures there, and each set of them is a capture.

A set is all files whose names share what stands before the camera's name:

    000017_top.jpg   000017_left.jpg   000017_top.depth.png      (the set 000017)

A file counts once its size and time of change have rested for `settle_s` and it decodes to its
end; so nothing half-written is read, even where a writer pauses. Sets are taken in the order of
their names, each once. Names that begin with a dot or end in .tmp, .part or .partial are someone's
work in progress and are left alone.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from amiss.dataset.pixels import fit_depth, load_depth
from amiss.domain.capture import DepthArray, View
from amiss.domain.errors import CameraError, DatasetError, ImageError
from amiss.vision.decode import decode

PICTURES = (".jpg", ".jpeg", ".png")
DEPTH = ".depth.png"
UNFINISHED = (".tmp", ".part", ".partial")
LOOK_SECONDS = 0.02


class _State(NamedTuple):
    size: int
    changed_ns: int


@dataclass(slots=True)
class _Rest:
    """Since when a file has been as it is."""

    state: _State
    since: float


class WatchedFolder:
    """A source over a folder. Depth is 16-bit grey PNG in whole millimetres, 0 where none."""

    def __init__(
        self,
        folder: Path,
        names: tuple[str, ...],
        *,
        with_depth: tuple[str, ...] = (),
        settle_s: float = 0.3,
        patience_s: float = 5.0,
        after: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watches a folder.

        Args:
            folder: where the files appear.
            names: the cameras; no name may be the end of another after a "_".
            with_depth: those of them that deliver a depth picture beside each picture.
            settle_s: how long a file must not change before it is read.
            patience_s: a set lacking a camera is taken without it, this long after its last change.
            after: the last set that was dealt with before; older ones are skipped.
            clock: seconds that only grow.

        Raises:
            CameraError: there is no such folder.
        """
        if not folder.is_dir():
            raise CameraError(f"There is no folder {folder}; create it or name another.")
        self._folder, self.names, self._with_depth = folder, names, with_depth
        self._settle_s, self._patience_s, self._clock = settle_s, patience_s, clock
        self._after = after
        self._rests: dict[str, _Rest] = {}
        self._lock = threading.Lock()

    @property
    def last(self) -> str:
        """The set that was taken last; hand it on as `after` to go on there."""
        return self._after

    def take(self, trigger: int, timeout_s: float) -> Mapping[str, View | CameraError]:
        """Waits for the next set.

        Raises:
            CameraError: no set came in time.
        """
        deadline = self._clock() + timeout_s
        with self._lock:
            while True:
                views = self._next(trigger)
                if views is not None:
                    return views
                if self._clock() >= deadline:
                    raise CameraError(
                        f"No set of pictures settled in {self._folder} within {timeout_s:g} s; "
                        "check the software that writes there."
                    )
                time.sleep(LOOK_SECONDS)

    def _next(self, trigger: int) -> dict[str, View | CameraError] | None:
        """The first set that is ready, in the order of names; it counts as taken from now on."""
        sets = self._look()
        for name in sorted(sets):
            files, now = sets[name], self._clock()
            rests = [now - self._rests[path.name].since for path in files.values()]
            whole = min(rests) >= self._patience_s  # nothing will be added any more
            if min(rests) < self._settle_s:
                return None  # later sets wait: they must not overtake
            views = self._read(files, trigger, whole=whole)
            if views is None:
                return None
            self._after = name
            self._rests = {
                path.name: self._rests[path.name]
                for key, others in sets.items()
                if key > name
                for path in others.values()
            }
            return views
        return None

    def _look(self) -> dict[str, dict[str, Path]]:
        """What lies there now: set → part (a camera, or a camera's depth) → file."""
        sets: dict[str, dict[str, Path]] = {}
        for path in self._folder.iterdir():
            found = self._parse(path.name)
            if found is None or found[0] <= self._after:
                continue
            try:
                status = path.stat()
            except FileNotFoundError:  # taken away, or renamed, meanwhile
                continue
            state = _State(status.st_size, status.st_mtime_ns)
            rest = self._rests.get(path.name)
            if rest is None or rest.state != state:
                self._rests[path.name] = _Rest(state, self._clock())
            sets.setdefault(found[0], {})[found[1]] = path
        return sets

    def _parse(self, name: str) -> tuple[str, str] | None:
        """Set and part that a file name stands for; None for files of others."""
        if name.startswith(".") or name.endswith(UNFINISHED):
            return None
        for camera in self.names:
            for ending in (DEPTH, *PICTURES):
                tail = f"_{camera}{ending}"
                if name.lower().endswith(tail.lower()) and len(name) > len(tail):
                    part = camera + DEPTH if ending == DEPTH else camera
                    return name[: -len(tail)], part
        return None

    def _read(
        self, files: Mapping[str, Path], trigger: int, *, whole: bool
    ) -> dict[str, View | CameraError] | None:
        """All views of a set, or None while it may still become more whole."""
        views: dict[str, View | CameraError] = {}
        for camera in self.names:
            try:
                view = _view(camera, files.get(camera))
            except CameraError as error:
                if not whole:
                    return None
                views[camera] = error
                continue
            try:
                depth = _depth(files.get(camera + DEPTH), view)
            except DatasetError:
                depth = None
            if (
                depth is None
                and not whole
                and (camera in self._with_depth or camera + DEPTH in files)
            ):
                return None
            # Without its depth a view is still worth looking at; the checks name what it lacks.
            views[camera] = replace(view, depth=depth, trigger=trigger)
        return views


def _view(camera: str, path: Path | None) -> View:
    if path is None:
        raise CameraError(f"No picture of camera {camera} came; check what writes it.")
    try:
        view = decode(path)
        taken = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (ImageError, OSError) as error:
        raise CameraError(str(error)) from error
    return replace(view, camera=camera, taken=taken)


def _depth(path: Path | None, view: View) -> DepthArray | None:
    """Aligned to the view, which may have been reduced on reading."""
    if path is None:
        return None
    height, width = view.rgb.shape[:2]
    return fit_depth(load_depth(path), (height, width))
