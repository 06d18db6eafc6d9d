"""All references of one product, laid out for comparison; its size is capped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.gallery.reference import QUARTER_TURNS, Reference
from amiss.vision.look import Patches
from amiss.vision.palette import distance_table

BANK_PATCHES = 6400
"""Patches kept per encoder output: eight references at 448 px. More references cost no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """What a product may look like.

    patches: per output of the encoder M×C unit vectors, M ≤ BANK_PATCHES. colours: ΔE from each
    palette cell to the nearest colour of a reference, apart for references whose item could be told
    from its background (True) and others (False). upright: per reference, where its patches as they
    lie stand in the bank, in their order; empty where the cap took some of them out.
    """

    references: tuple[Reference, ...]
    patches: dict[str, Patches]
    colours: dict[bool, NDArray[np.float32]]
    upright: tuple[slice, ...]


def build_bank(references: Sequence[Reference]) -> Bank:
    """Gathers at least one reference into a bank.

    Upright patches come first; while there is room, quarter turns of all references are added, so
    that few references are stretched further than many. Above the cap, patches are drawn evenly
    from all references.
    """
    layers = references[0].look.patches
    patches = {layer: _gather(references, layer) for layer in layers}
    colours = {}
    for isolated in (True, False):
        palettes = [r.palette for r in references if r.look.isolated is isolated]
        if palettes:
            colours[isolated] = distance_table(np.any(palettes, axis=0))
    return Bank(tuple(references), patches, colours, _upright(references))


def _upright(references: Sequence[Reference]) -> tuple[slice, ...]:
    ends = np.cumsum([reference.look.item.size for reference in references]).tolist()
    if ends[-1] > BANK_PATCHES:
        return ()
    return tuple(slice(start, end) for start, end in zip([0, *ends], ends, strict=False))


def _gather(references: Sequence[Reference], layer: str) -> Patches:
    rounds = list(_rounds(references, layer))
    kept = rounds[0]
    for extra in rounds[1:]:
        if len(kept) + len(extra) > BANK_PATCHES:
            break
        kept = np.concatenate([kept, extra])
    if len(kept) > BANK_PATCHES:
        kept = kept[np.linspace(0, len(kept) - 1, BANK_PATCHES).astype(np.intp)]
    return np.ascontiguousarray(kept)


def _rounds(references: Sequence[Reference], layer: str) -> Iterator[Patches]:
    """All references upright, then all turned by 180°, and so on."""
    yield np.concatenate([r.look.patches[layer] for r in references])
    for turn, quarters in enumerate(QUARTER_TURNS[: len(references[0].turned)]):
        yield np.concatenate([r.turned[turn][layer][_of_item(r, quarters)] for r in references])


def _of_item(reference: Reference, quarters: int) -> NDArray[np.bool_]:
    """Which patches of a turned picture show the item or lie next to it.

    A tray that is turned shows nothing that it does not show upright.
    """
    near = cv2.dilate(reference.look.item, np.ones((3, 3), np.uint8)) > 0
    return np.rot90(near, quarters).ravel()
