"""The same item, or the very same picture, in two splits: a test would tell what was memorised.

Files can only be equal where their sizes are. So of all files those are read that share a size with
one of another split: first their ends, and those that still agree as a whole.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path

from amiss.dataset.check.report import Tally

_TAIL = 4096
_BLOCK = 1 << 20

Place = tuple[str, Path]
"""A split, and a picture in it."""


class Leaks:
    """Remembers what is in which split."""

    def __init__(self) -> None:
        self._splits_of: dict[str, set[str]] = defaultdict(set)
        self._places: dict[int, set[Place]] = defaultdict(set)

    def add_item(self, split: str, item: str) -> None:
        """An item; one without a name says nothing."""
        if item:
            self._splits_of[item].add(split)

    def add_picture(self, split: str, path: Path, size: int) -> None:
        """A picture that is there."""
        self._places[size].add((split, path))

    def tell(self, tally: Tally, progress: Callable[[int, int], None]) -> None:
        """Compares, and tells; progress: of the files that have to be read."""
        for item, splits in sorted(self._splits_of.items()):
            if len(splits) > 1:
                tally.add("item_in_two_splits", f"{item} in {' and '.join(sorted(splits))}")
        groups = [places for places in self._places.values() if _mixed(places)]
        total, done = sum(map(len, groups)), 0
        for places in groups:
            for alike in _divide(places, _ends):
                for same in _divide(alike, _whole):
                    first, *others = sorted(same)
                    for split, path in others:
                        if split != first[0]:
                            tally.add("picture_in_two_splits", f"{first[1]} and {path}")
            done += len(places)
            progress(done, total)


def _mixed(places: Iterable[Place]) -> bool:
    return len({split for split, _ in places}) > 1


def _divide(places: Iterable[Place], key: Callable[[Path], Hashable]) -> list[list[Place]]:
    """Groups of places whose files agree in `key`, as far as they span splits.

    Files that cannot be read are told elsewhere.
    """
    groups: dict[Hashable, list[Place]] = defaultdict(list)
    for split, path in places:
        try:
            groups[key(path)].append((split, path))
        except OSError:
            continue
    return [group for group in groups.values() if _mixed(group)]


def _ends(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _TAIL))
        return hashlib.blake2b(file.read(), digest_size=16).digest()


def _whole(path: Path) -> bytes:
    digest = hashlib.blake2b(digest_size=32)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()
