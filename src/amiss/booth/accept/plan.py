"""What an acceptance consists of, and how much of each."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """The steps, in their order; each stands alone."""

    EVENNESS = "evenness"
    SHARPNESS = "sharpness"
    COLOUR = "colour"
    INTRINSICS = "intrinsics"
    SYNCHRONISATION = "synchronisation"
    REPEATABILITY = "repeatability"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Plan:
    """An acceptance.

    captures: for synchronisation, those of the steps before it counted in. boards: pictures of the
    chessboard, the first one flat. items, placements: of repeatability. judged, trials: items of
    the agreement, and how often each is judged. references: captures of a sound unit per item.
    """

    steps: tuple[Step, ...] = tuple(Step)
    captures: int = 20
    boards: int = 12
    items: int = 20
    placements: int = 10
    judged: int = 50
    trials: int = 2
    references: int = 2
