"""What an acceptance asks somebody at the booth to do, and who does it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

AFTER_PLACEMENTS = 1000
"""Trials of the agreement count on from here, so that no two placements of an item are the same."""


class Thing(StrEnum):
    """What can lie before the cameras."""

    NOTHING = "nothing"
    FIGURE = "figure"
    CARD = "card"
    BOARD = "board"
    PRISTINE = "pristine"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to put before the cameras.

    sentence: for people. item: which one, from 1. time: how often it was put there before; of the
    figure, 0 is the middle and 1 a corner; of the board, 0 is flat on the tray. attempt: counts
    what was tried in vain, so that it can be put a little differently.
    """

    thing: Thing
    sentence: str
    item: int = 0
    time: int = 0
    attempt: int = 0


class Stagehand(Protocol):
    """Whoever puts things before the cameras; returns when it is done."""

    def do(self, task: Task) -> None:
        """Does it."""
        ...


class Panel(Protocol):
    """Who knows the truth about the items of the study, and the people who judge them."""

    appraisers: tuple[str, ...]
    """Their names."""

    def is_damaged(self, item: int) -> bool:
        """The truth, agreed on before."""
        ...

    def judges(self, appraiser: str, item: int, trial: int) -> bool:
        """Whether this person calls the item damaged, in this trial."""
        ...


def empty_tray() -> Task:
    """Nothing may lie on the tray."""
    return Task(Thing.NOTHING, "Take everything off the tray.")


def figure(time: int, attempt: int) -> Task:
    """The printed twelve-sided figure (docs/booth/figure.svg)."""
    where = "in the middle of the tray" if time == 0 else "in a corner of the marked square"
    turn = ", and turn it a little" if attempt else ""
    return Task(
        Thing.FIGURE,
        f"Lay the sheet with the twelve-sided figure {where}{turn}.",
        time=time,
        attempt=attempt,
    )


def card(attempt: int) -> Task:
    """An 18 % grey card."""
    return Task(
        Thing.CARD,
        "Lay the grey card on a sheet of white paper in the middle of the tray.",
        attempt=attempt,
    )


def board(time: int, times: int) -> Task:
    """A chessboard (docs/booth/chessboard.svg)."""
    if time == 0:
        sentence = (
            "Lay the chessboard flat in the middle of the tray, its long side along the tray's, "
            "its end with the dark corners to the left."
        )
    else:
        sentence = (
            "Hold the chessboard over the tray, tilted otherwise than before and still, so that "
            f"every camera sees all of it ({time} of {times - 1})."
        )
    return Task(Thing.BOARD, sentence, time=time)


def pristine(item: int, time: int, times: int, attempt: int) -> Task:
    """A sound unit of an item's product, to compare it with."""
    return Task(
        Thing.PRISTINE,
        f"Lay a sound unit of the product of item {item} on the tray ({time + 1} of {times}), on "
        "the side on which the item will lie.",
        item=item,
        time=time,
        attempt=attempt,
    )


def item(number: int, time: int, times: int, attempt: int) -> Task:
    """An item of the study of repeatability."""
    return Task(
        Thing.ITEM,
        f"Lay item {number} on the tray as it comes, always on the same side ({time + 1} of "
        f"{times}).",
        item=number,
        time=time,
        attempt=attempt,
    )


def judged(number: int, trial: int, trials: int, attempt: int) -> Task:
    """An item that Amiss judges, as people do."""
    return Task(
        Thing.ITEM,
        f"Lay item {number} on the tray, on the same side as before (trial {trial} of {trials}).",
        item=number,
        time=AFTER_PLACEMENTS + trial,
        attempt=attempt,
    )
