"""What is true of many items, as arrays: whatever was scored can be sliced and measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Flags = NDArray[np.bool_]

OF_DAMAGE = ("type", "severity", "visible")
"""What slices damage alone: such a slice is judged against all good items."""


@dataclass(frozen=True, slots=True, eq=False)
class Truths:
    """What is true of n items.

    products: names, the sample of every interval. labels: n bool, amiss. major: n bool, amiss and
    badly so. slices: by what they slice and their name, n bool: the items in it.
    """

    products: Sequence[str]
    labels: Flags
    major: Flags
    slices: Mapping[str, Mapping[str, Flags]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        products: Sequence[str],
        labels: ArrayLike,
        major: ArrayLike,
        slices: Sequence[Mapping[str, Sequence[str]]] = (),
    ) -> "Truths":
        """slices: for each item the names of the slices it is in, by what they slice.

        Raises:
            ValueError: they differ in length, or an item is major and not amiss.
        """
        amiss, severe = np.asarray(labels, dtype=bool), np.asarray(major, dtype=bool)
        if len({len(products), len(amiss), len(severe), len(slices) or len(amiss)}) > 1:
            raise ValueError("products, labels, major and slices must be of the same length.")
        if (severe & ~amiss).any():
            raise ValueError("An item has major damage and no damage.")
        return cls(products, amiss, severe, _masks(slices))

    def judged(self, kind: str, members: Flags) -> Flags:
        """The items that a slice is judged by, n bool: its own, and for damage all good ones."""
        return members | ~self.labels if kind in OF_DAMAGE else members


def _masks(slices: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, dict[str, Flags]]:
    names: dict[str, set[str]] = {}
    for own in slices:
        for kind, members in own.items():
            names.setdefault(kind, set()).update(members)
    return {
        kind: {
            name: np.array([name in own.get(kind, ()) for own in slices], dtype=bool)
            for name in sorted(members)
        }
        for kind, members in names.items()
    }
