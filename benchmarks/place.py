"""Whether a heat map points at the damage."""

import numpy as np
from numpy.typing import NDArray

from amiss.evaluate.localise import localise
from amiss.evaluate.pixels import peak_hits


def on_place(heat: NDArray[np.float32], mask: NDArray[np.bool_]) -> bool:
    """Whether the hottest place lies on the damage, or within 2 % of the picture's diagonal of it.

    That is what `amiss evaluate` calls a hit. Where several places are equally hot, most have to.
    mask: H×W bool of the whole picture; an empty one is missed.
    """
    found = localise(heat, mask)
    share = peak_hits([found.map], [found.mask])
    return share is not None and share > 0.5
