"""What identification reads, from the same pass of the encoder that damage is judged from."""

from collections.abc import Sequence

import numpy as np

from amiss.detect.read import Sight
from amiss.domain.errors import BundleError
from amiss.gallery.identify.seen import Unnamed


def unnamed(
    sights: Sequence[Sight],
    barcode: str | None = None,
    weight: float | None = None,
    *,
    reads: bool = False,
) -> Unnamed:
    """An item nobody has named yet, from its described views; the rest as in `Unnamed`.

    Raises:
        BundleError: the bundle has no damage model, which embeds.
    """
    found = [one.seen.embedding for one in sights if one.seen is not None]
    if len(found) < len(sights):
        raise BundleError("The bundle has no damage model to identify with; choose another bundle.")
    return Unnamed([one.view for one in sights], np.stack(found), barcode, weight, reads)
