"""What is wrong with a data set, counted, with a few examples of each."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from amiss.domain.errors import DatasetError

Kind = Literal[
    "unreadable_split", "unreadable_record", "missing_file", "unreadable_picture",
    "unreadable_mask", "not_finite", "labels_disagree", "sound_but_masked", "damaged_but_unmasked",
    "item_in_two_splits", "picture_in_two_splits", "one_class",
    "one_class_to_measure", "empty_class", "hidden_damage", "unlabelled", "left_out",
]  # fmt: skip

REFUSED: dict[Kind, str] = {
    "unreadable_split": "splits that cannot be read",
    "unreadable_record": "captures or references that cannot be read",
    "missing_file": "files that are not there",
    "unreadable_picture": "pictures that cannot be read",
    "unreadable_mask": "damage masks that cannot be read",
    "not_finite": "numbers that are not finite",
    "labels_disagree": "pictures labelled sound and yet with damage types or major damage",
    "sound_but_masked": "pictures labelled sound whose mask shows damage",
    "damaged_but_unmasked": "captures labelled as showing damage whose masks are all empty",
    "item_in_two_splits": "items in two splits",
    "picture_in_two_splits": "pictures in two splits, byte by byte the same",
    "one_class": "splits to train on without a good capture or without a damaged one",
}
WARNED: dict[Kind, str] = {
    "one_class_to_measure": "splits to measure on without a good capture or without a damaged one",
    "empty_class": "damage types without an example to train on",
    "hidden_damage": "damaged captures in which no picture shows the damage",
    "unlabelled": "captures that nobody has looked at",
    "left_out": "parts of the data set that were not read",
}
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, however often.

    refused: training on it would make no sense; otherwise a warning. words: what it is, for people.
    """

    kind: Kind
    count: int
    refused: bool
    words: str
    examples: tuple[str, ...]


@dataclass(slots=True)
class SplitCounts:
    """What a split holds; types: captures by damage type, in Kaputt's words."""

    captures: int = 0
    pictures: int = 0
    items: int = 0
    references: int = 0
    good: int = 0
    damaged: int = 0
    unlabelled: int = 0
    types: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is in a data set, and what is wrong with it; refusals come first."""

    root: str
    splits: dict[str, SplitCounts]
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Whether it may be trained on; there may still be warnings."""
        return not any(problem.refused for problem in self.problems)

    def require_sound(self, *, one_class: bool = False) -> None:
        """Raises DatasetError, with all counts in one sentence, where it must not be trained on.

        one_class: whether it may hold nothing but sound items, say, since they are not trained on.
        """
        told = [
            f"{problem.words}: {problem.count} ({_such_as(problem)})"
            for problem in self.problems
            if problem.refused and not (one_class and problem.kind == "one_class")
        ]
        if told:
            raise DatasetError(
                f"The data set {self.root} cannot be {'used' if one_class else 'trained on'}, "
                "correct it first: "
                f"{'; '.join(told)}."
            )

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"sound": self.sound, **asdict(self)}


def _such_as(problem: Problem) -> str:
    more = ", …" if problem.count > 1 else ""
    return f"{problem.examples[0].rstrip('.')}{more}"


class Tally:
    """Counts problems as they are found, and keeps the first few."""

    def __init__(self) -> None:
        self._counts: dict[Kind, int] = {}
        self._examples: dict[Kind, list[str]] = {}

    def add(self, kind: Kind, example: str) -> None:
        """One more."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        kept = self._examples.setdefault(kind, [])
        if len(kept) < EXAMPLES:
            kept.append(example)

    def problems(self) -> tuple[Problem, ...]:
        """All of them, refusals first."""
        return tuple(
            Problem(kind, self._counts[kind], refused, words, tuple(self._examples[kind]))
            for refused, kinds in ((True, REFUSED), (False, WARNED))
            for kind, words in kinds.items()
            if kind in self._counts
        )
