"""Whether the files of a data set are there and can be read; quick, since there may be millions.

Folders are listed once, and of pictures only the beginning and the end are read: pictures that were
cut off or never were pictures show there. With a decoder each is read in full, but for silhouettes
and depth.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from amiss.dataset.check.report import Tally
from amiss.dataset.frames import Frame
from amiss.dataset.records import Decode, ViewRecord
from amiss.domain.errors import ImageError

_TAIL = 4096
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}
_UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


class Files:
    """The files of one data set, each looked at once."""

    def __init__(self, tally: Tally, decode: Decode | None = None) -> None:
        self._tally = tally
        self._decode = decode
        self._folders: dict[str, dict[str, int]] = {}
        self._seen: set[Path] = set()

    def size(self, path: Path) -> int | None:
        """Bytes of a file; None where it is not there."""
        parent, name = os.path.split(path)
        if parent not in self._folders:
            self._folders[parent] = _list(parent)
        return self._folders[parent].get(name)

    def check(self, view: ViewRecord) -> Path | None:
        """Looks at the files of a view; gives the one that is looked at, where it is there."""
        if view.image is None and view.crop is None and view.frame is None:
            self._tally.add("missing_file", f"the picture of {view.id}")
            return None
        for path in (view.item_mask, view.depth):
            if path is not None and self._is_there(path):
                self._check_ends(path)
        for path in (view.image, view.crop, view.empty_tray):
            if path is not None and self._is_there(path):
                self._check_picture(path)
        if view.frame is not None and self._is_there(view.frame.path):
            self._check_video(view.frame.path)
        shown = view.frame.path if view.frame is not None else view.image or view.crop
        return shown if shown is not None and self.size(shown) is not None else None

    def _is_there(self, path: Path) -> bool:
        """Whether a file is there and new; if not there, it is told once."""
        if path in self._seen:
            return False
        self._seen.add(path)
        if self.size(path) is None:
            self._tally.add("missing_file", str(path))
            return False
        return True

    def _check_picture(self, path: Path) -> None:
        try:
            if self._decode is not None:
                self._decode(path)
            else:
                _look_at_ends(path)
        except ImageError as error:
            self._tally.add("unreadable_picture", str(error))
        except _UNREADABLE:
            self._tally.add("unreadable_picture", str(path))

    def _check_ends(self, path: Path) -> None:
        try:
            _look_at_ends(path)
        except _UNREADABLE:
            self._tally.add("unreadable_picture", str(path))

    def _check_video(self, path: Path) -> None:
        try:
            Frame(path, at=0.0).read()
        except ImageError as error:
            self._tally.add("unreadable_picture", str(error))


def _list(folder: str) -> dict[str, int]:
    try:
        with os.scandir(folder) as entries:
            return dict(_sizes(entries))
    except OSError:
        return {}


def _sizes(entries: Iterator[os.DirEntry[str]]) -> Iterator[tuple[str, int]]:
    for entry in entries:
        try:
            if entry.is_file():
                yield entry.name, entry.stat().st_size
        except OSError:  # gone meanwhile, or a link to nowhere: not there
            continue


def _look_at_ends(path: Path) -> None:
    """Raises one of _UNREADABLE where a file does not begin as a picture, or not end as one.

    Inside a JPEG's pixels its end mark never occurs; where much follows it, all is decoded.
    """
    with path.open("rb") as file, Image.open(file) as image:
        end = _ENDS.get(image.format or "")
        if end is None:
            return
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _TAIL))
        if end in file.read():
            return
    with Image.open(path) as image:
        image.load()
