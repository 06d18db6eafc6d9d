"""What identification compares, from the same pass of the encoder that damage is judged from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from amiss.detect.damage import DamageModel
from amiss.detect.read import Sight
from amiss.domain.errors import BundleError


def embeddings(model: DamageModel | None, sights: Sequence[Sight]) -> NDArray[np.float32]:
    """V×E float32, of length 1: what each view shows as a whole.

    Raises:
        BundleError: the bundle has no damage model, which embeds.
        EngineError: the model failed.
    """
    if model is None:
        raise BundleError("The bundle has no damage model to identify with; choose another bundle.")
    readings = [one.reading for one in sights if one.reading is not None]
    found: dict[int, NDArray[np.float32]] = {}
    of: dict[tuple[int, ...], list[int]] = {}
    for place, reading in enumerate(readings):
        of.setdefault(reading.maps.coarse.shape, []).append(place)
    for places in of.values():  # views of one size go through the network together
        seen = model.describe([readings[place] for place in places])
        found.update((place, one.embedding) for place, one in zip(places, seen, strict=True))
    return np.stack([found[place] for place in range(len(readings))])
