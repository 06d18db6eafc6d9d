"""Which product looks most like another one: by their catalogue pictures, which show little else.

Everything in one picture is sought in the other: each of its item's patches finds the most similar
one there, in any place, and the cosines are averaged, over patches and over the encoder's maps. No
damage model has a say, so that all that are measured meet the same look-alikes.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from amiss.vision.look import Look

IS_ITEM = 0.5
"""Share of item in a cell from which it counts."""


def look_alikes(looks: Mapping[str, Look]) -> dict[str, str]:
    """The most similar other product of each. looks: of the catalogue pictures, two at least."""
    return {
        product: max(
            (other for other in looks if other != product),
            key=lambda other: likeness(looks[product], looks[other]),
        )
        for product in looks
    }


def likeness(one: Look, other: Look) -> float:
    """Mean best cosine of what one picture shows, in the other; at most 1."""
    return float(
        np.mean(
            [
                (_of_item(one, name) @ _of_item(other, name).T).max(axis=1).mean()
                for name in one.patches
            ]
        )
    )


def _of_item(look: Look, name: str) -> NDArray[np.float32]:
    kept = look.item.ravel() >= IS_ITEM
    return look.patches[name][kept] if kept.any() else look.patches[name]
