"""What the damage model keeps of a picture, to hold others against it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One picture, cell by cell; coarse cells are of 16 pixels of the frame, fine ones of 8.

    keys: K×h×w and fine_keys: F×2h×2w, what is compared. descriptors: D×h×w, of length 1, by which
    places are found again. item: h×w bool, cells that show the item. embedding: E, of length 1,
    what the picture shows as a whole; of pictures of one product they are alike.
    """

    keys: NDArray[np.float32]
    fine_keys: NDArray[np.float32]
    descriptors: NDArray[np.float32]
    item: NDArray[np.bool_]
    embedding: NDArray[np.float32]
