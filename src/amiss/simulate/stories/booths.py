"""The booths of the recording: one booth, and what may change in it without harm to any item."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from amiss.simulate.rig import empty_booth
from amiss.simulate.scene import Scene
from amiss.simulate.seeds import RECORDED
from amiss.simulate.streams import stream
from amiss.simulate.tray import make_tray

CAMERAS = 3
_BOOTH, _STAINED, _BLUE, _DEAD_STRIP = (RECORDED[place] for place in (18, 269, 19, 8))


class Day(StrEnum):
    """In what state the booth was. References were all taken on a usual day."""

    USUAL = "usual"
    DIRTY_TRAY = "dirty_tray"
    OTHER_TRAY = "other_tray"
    AGED_LIGHT = "aged_light"


def booth_on(day: Day, size: int) -> Scene:
    """The booth, its pictures `size` pixels a side, nothing on its tray."""
    return _CHANGES[day](empty_booth(_BOOTH, CAMERAS, size))


def _tray(seed: int) -> Callable[[Scene], Scene]:
    return lambda booth: replace(booth, tray=make_tray(stream("tray", seed)))


def _aged(booth: Scene) -> Scene:
    """One strip is dead, the others have faded."""
    return replace(booth, lights=empty_booth(_DEAD_STRIP, CAMERAS).lights)


_CHANGES: dict[Day, Callable[[Scene], Scene]] = {
    Day.USUAL: lambda booth: booth,
    Day.DIRTY_TRAY: _tray(_STAINED),
    Day.OTHER_TRAY: _tray(_BLUE),
    Day.AGED_LIGHT: _aged,
}
