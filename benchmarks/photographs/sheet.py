"""A sheet of the worst mistakes, to be looked at; every picture is made anew from its seeds.

Each row shows a picture with the heat that it has beside its references, and without any, the
damage outlined; then the references. First come major damages with the lowest scores, then sound
photographs with the highest.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from benchmarks.journal import Document
from benchmarks.photographs.figures import Pictures
from benchmarks.photographs.score import OWN, Seen
from benchmarks.photographs.shop import Made, made_of
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.domain.picture import overlay
from amiss.domain.words import Severity
from amiss.vision.decode import decode

TILE, CAPTION = 240, 20
OUTLINE = (40, 220, 255)


def worst(pictures: Pictures, count: int) -> tuple[list[int], list[int]]:
    """Places of major damage with the lowest scores, and of sound pictures with the highest."""
    scores = pictures.scores[OWN]
    order = np.argsort(scores, kind="stable")
    major = pictures.damages[Severity.MAJOR.value]
    misses = [int(at) for at in order if major[at]][:count]
    alarms = [int(at) for at in order[::-1] if pictures.sound[at]][:count]
    return misses, alarms


def draw(seen: Seen, pictures: Pictures, places: Sequence[int]) -> RgbArray:
    """One row for each of these pictures."""
    rows = [_row(seen, pictures.products[at], pictures.rows[at]) for at in places]
    return np.ascontiguousarray(np.vstack(rows), np.uint8)


def _row(seen: Seen, product: str, row: Document) -> RgbArray:
    made = _made_again(seen, product, row)
    references = seen.of(product)
    tiles = []
    for shown in (references, []):
        result = seen.inspector.inspect(made.painted.picture, references=shown)
        tile = overlay(result.views[0], result.heatmaps[0], ())
        tiles.append(_tile(tile, made.painted.mask))
    tiles += [_tile(decode(one.path).rgb) for one in seen.shop.references[product]]
    scores = ", ".join(
        f"{arm} {'none' if said['score'] is None else format(said['score'], '.3f')}"
        for arm, said in row["arms"].items()
    )
    words = f"{row['severity'] or ''} {row['recipe'] or 'sound'}  {row['photograph']}  {scores}"
    return _captioned(np.hstack(tiles), words.strip())


def _made_again(seen: Seen, product: str, row: Document) -> Made:
    photograph = next(one for one in seen.shop.queries[product] if one.name == row["photograph"])
    return next(one for one in made_of(photograph) if one.id == row["id"])


def _tile(rgb: RgbArray, mask: NDArray[np.bool_] | None = None) -> RgbArray:
    """A picture in a square, the mask's outline over it."""
    scale = TILE / max(rgb.shape[:2])
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    if mask is not None and mask.any():
        fitted = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        shapes, _ = cv2.findContours(fitted, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(small, shapes, -1, OUTLINE, 1)
    tile = np.zeros((TILE, TILE, 3), np.uint8)
    tile[: size[1], : size[0]] = small
    return tile


def _captioned(row: NDArray[np.uint8], words: str) -> NDArray[np.uint8]:
    strip = np.zeros((CAPTION, row.shape[1], 3), np.uint8)
    at, face = (4, CAPTION - 6), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(strip, words, at, face, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
    return np.vstack([strip, row])
