"""What an inspection may look at beside the pictures: every report says what each is worth."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from amiss.domain.capture import Capture, View


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to inspect an item: with references, depth and the empty tray, or without."""

    references: bool = False
    depth: bool = False
    empty_tray: bool = False

    @property
    def name(self) -> str:
        """What it looks at, joined by plus signs; `none` where that is the pictures alone."""
        words = [word for word in PARTS if getattr(self, word)]
        return "+".join(words) or "none"

    def within(self, there: "Arm") -> "Arm":
        """This arm, of what is there."""
        return Arm(*(getattr(self, word) and getattr(there, word) for word in PARTS))

    def strip(self, view: View) -> View:
        """A view without the depth and the empty tray that this arm does not look at."""
        return replace(
            view,
            depth=view.depth if self.depth else None,
            empty_tray=view.empty_tray if self.empty_tray else None,
        )

    def strip_all(self, capture: Capture) -> Capture:
        """A capture, as `strip`."""
        return replace(capture, views=tuple(map(self.strip, capture.views)))


PARTS = ("references", "depth", "empty_tray")

ARMS = (
    Arm(),
    Arm(references=True),
    Arm(depth=True, empty_tray=True),
    Arm(references=True, depth=True, empty_tray=True),
)
"""Which are inspected, the fullest last: its figures are those at the top of a report."""


def covering(views: Iterable[View]) -> Arm:
    """The depth and empty tray that at least one of these views brings."""
    seen = list(views)
    return Arm(
        depth=any(view.depth is not None for view in seen),
        empty_tray=any(view.empty_tray is not None for view in seen),
    )


def arms_of(there: Arm) -> tuple[Arm, ...]:
    """The arms that differ where this much is there, the fullest last."""
    return tuple(dict.fromkeys(arm.within(there) for arm in ARMS))
