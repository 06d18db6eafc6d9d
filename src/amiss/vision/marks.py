"""What is printed on an item, as points that can be found again in another picture of it.

SIFT (Lowe, Distinctive image features from scale-invariant keypoints, 2004), compared as RootSIFT
(Arandjelović and Zisserman, Three things everyone should know to improve object retrieval, 2012):
it holds where the encoder's features do not, across distances, turns and lights.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray

SIZE = 512
"""Pixels of the long side of the picture that points are looked for in."""
MOST_POINTS = 1200
_CONTRAST = 0.015  # SIFT's threshold: what is printed small is faint
_AROUND = 9  # pixels around the item that still count: points at its edge look outside
_QUALITY = 90
_HEAD = struct.Struct("<4sIII")
_MAGIC = b"AMK1"

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """One picture.

    picture: H×W×3 uint8, its long side SIZE. item: H×W bool, True everywhere where item and
    background could not be told apart. points: N×2, (x, y) in pixels of the picture, the strongest
    first. words: N×128, RootSIFT descriptors of length 1.
    """

    picture: RgbArray
    item: NDArray[np.bool_]
    points: Points
    words: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """As they are kept in a gallery: 0.1 to 0.2 MB."""
        bgr = np.ascontiguousarray(self.picture[..., ::-1])
        picture = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
        item = np.packbits(self.item).tobytes()
        head = _HEAD.pack(_MAGIC, len(picture), len(item), len(self.points))
        words = np.rint(255 * self.words).astype(np.uint8).tobytes()
        return head + picture + item + self.points.astype("<f2").tobytes() + words

    @classmethod
    def from_bytes(cls, data: bytes) -> "Marks":
        """The marks that were kept; their picture and descriptors are a little coarser.

        Raises:
            ValueError: they are damaged, or another version of Amiss wrote them.
        """
        try:
            magic, *sizes, count = _HEAD.unpack_from(data)
            ends = np.cumsum([_HEAD.size, *sizes, 4 * count, 128 * count])
            parts = [data[start:end] for start, end in pairwise(ends)]
            if magic != _MAGIC or len(data) != ends[-1]:
                raise ValueError("it was written by another version of Amiss")
            bgr = cv2.imdecode(np.frombuffer(parts[0], np.uint8), cv2.IMREAD_COLOR)
            if bgr is None:
                raise ValueError("it is damaged")
            bits = np.unpackbits(np.frombuffer(parts[1], np.uint8), count=bgr[..., 0].size)
            words = np.frombuffer(parts[3], np.uint8).reshape(count, 128)
        except struct.error as error:
            raise ValueError("it is damaged") from error
        return cls(
            np.ascontiguousarray(bgr[..., ::-1]),
            bits.reshape(bgr.shape[:2]).astype(np.bool_),
            np.frombuffer(parts[2], "<f2").reshape(count, 2).astype(np.float32),
            _of_length_1(words.astype(np.float32)),
        )


def marks(rgb: RgbArray, item: NDArray[np.bool_] | None = None) -> Marks:
    """The marks in an H×W×3 uint8 picture.

    item: h×w, where the item is, in any size; None: everywhere.
    """
    picture = _sized(rgb)
    height, width = picture.shape[:2]
    inside = np.ones((height, width), np.bool_)
    if item is not None:
        fitted = cv2.resize(item.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
        inside = np.asarray(fitted > 0)
    near = cv2.dilate(inside.astype(np.uint8), np.ones((_AROUND, _AROUND), np.uint8))
    sift = cv2.SIFT.create(nfeatures=MOST_POINTS, contrastThreshold=_CONTRAST)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    found, described = sift.detectAndCompute(grey, near)
    if described is None or not len(found):
        nothing = np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
        return Marks(picture, inside, *nothing)
    order = np.argsort([-one.response for one in found], kind="stable")[:MOST_POINTS]
    points = np.array([found[place].pt for place in order], np.float32)
    sums = np.maximum(described.sum(axis=1, keepdims=True), 1e-6)
    words = np.sqrt(described / sums)[order]
    return Marks(picture, inside, points, np.asarray(words, np.float32))


def _sized(rgb: RgbArray) -> RgbArray:
    scale = SIZE / max(rgb.shape[:2])
    width, height = (max(8, round(side * scale)) for side in (rgb.shape[1], rgb.shape[0]))
    if (height, width) == rgb.shape[:2]:
        return rgb
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=how), np.uint8)


def _of_length_1(words: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.sqrt(np.einsum("nc,nc->n", words, words))
    return np.asarray(words / np.maximum(norms, 1e-6)[:, None], np.float32)
