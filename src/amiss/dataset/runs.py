"""Damage masks as text: lengths of runs, row by row, each with a letter for what is damaged.

    512x480 90211 14t 498 16t 496 16t

is a mask 512 pixels wide and 480 high: 90,211 sound pixels, 14 torn ones, 498 sound ones, and so
on. Sound pixels at the end are left out, so a mask without damage is its size alone. Inside a
Parquet column such text takes less room than a PNG file, and needs no file of its own.
"""

import re

import numpy as np

from amiss.dataset.labels import DamageMask
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType

LETTERS: dict[DamageType, str] = {
    DamageType.CRUSH: "c",
    DamageType.TEAR: "t",
    DamageType.HOLE: "h",
    DamageType.DECONSTRUCTION: "d",
    DamageType.SPILLAGE: "s",
    DamageType.MISSING_UNIT: "m",
    DamageType.OPENED: "o",
    DamageType.SUPERFICIAL: "u",
}
"""Part of the format: a letter keeps its meaning for ever, wherever its type stands in the enum."""

MAX_PIXELS = 100_000_000  # as for pictures
_TYPES = tuple(DamageType)
_ALL_LETTERS = "".join(LETTERS.values())
_LETTER_AT = ["", *(LETTERS[damage] for damage in _TYPES)]
_INDEX_OF = {letter: index for index, letter in enumerate(_LETTER_AT)}
_CODE = re.compile(rf"(\d{{1,9}})x(\d{{1,9}})((?: \d{{1,9}}[{_ALL_LETTERS}]?)*)", re.ASCII)


def encode_mask(mask: DamageMask) -> str:
    """The text of a mask; masks that are equal have equal texts.

    Args:
        mask: H×W uint8, 0 is sound, otherwise 1 + the place of the type in DamageType.

    Raises:
        DatasetError: it is not such an array, or has a value that names no type.
    """
    if mask.ndim != 2 or mask.dtype != np.uint8 or not 0 < mask.size <= MAX_PIXELS:
        raise DatasetError(
            f"A damage mask is height×width uint8, not {mask.shape} {mask.dtype}; convert it."
        )
    if mask.max() > len(_TYPES):
        raise DatasetError(
            f"A damage mask holds {mask.max()}, which names no damage type; use 0 to {len(_TYPES)}."
        )
    flat = mask.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(starts, append=flat.size)
    if not flat[-1]:
        starts, lengths = starts[:-1], lengths[:-1]
    runs = [
        f"{length}{_LETTER_AT[index]}"
        for length, index in zip(lengths.tolist(), flat[starts].tolist(), strict=True)
    ]
    return " ".join([f"{mask.shape[1]}x{mask.shape[0]}", *runs])


def decode_mask(text: str) -> DamageMask:
    """The mask that a text stands for: H×W uint8, as `encode_mask` takes it.

    Raises:
        DatasetError: the text is not a mask.
    """
    match = _CODE.fullmatch(text)
    if match is None:
        raise DatasetError(f"The damage mask {text[:40]!r} is not run-length code; restore it.")
    width, height = int(match[1]), int(match[2])
    if not 0 < width * height <= MAX_PIXELS:
        raise DatasetError(f"The damage mask {text[:40]!r} has an impossible size; restore it.")
    runs = match[3].split()
    lengths = np.array([int(run.rstrip(_ALL_LETTERS)) for run in runs], np.int64)
    if lengths.sum() > width * height:
        raise DatasetError(f"The damage mask {text[:40]!r} is longer than its size; restore it.")
    indices = np.array([_INDEX_OF[run.lstrip("0123456789")] for run in runs], np.uint8)
    mask = np.zeros(width * height, np.uint8)
    mask[: lengths.sum()] = np.repeat(indices, lengths)
    return mask.reshape(height, width)


def types_in(mask: DamageMask) -> tuple[DamageType, ...]:
    """The damage types that a mask shows, in order of the enum."""
    return tuple(_TYPES[index - 1] for index in np.unique(mask).tolist() if index)
