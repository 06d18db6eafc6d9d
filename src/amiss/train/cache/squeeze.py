"""Feature maps in few bytes: principal components, a coarse step, deflate.

Channels of one place tell much the same, so most of a map lies in few of its principal components;
with one step for all of them, each costs as many bits as it varies. What is left out is a little
noise on the features.
"""

import hashlib
import zlib
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import DatasetError

Map = NDArray[np.float32]
Number = TypeVar("Number", np.int8, np.uint8, np.int16)
MOST = 127
"""Steps that a component lies from its mean, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Squeezer:
    """How maps of one encoder output are squeezed.

    mean, scale: C, of each channel. basis: C×K, orthonormal columns, most telling first. step: of
    the components, in the channels' standard deviations.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    basis: NDArray[np.float32]
    step: float

    @classmethod
    def fit(cls, places: NDArray[np.float32], components: int, step: float) -> "Squeezer":
        """Learns from N×C features of many pictures; N is far above C."""
        mean = places.mean(axis=0)
        scale = np.maximum(places.std(axis=0), 1e-6)
        spread = np.cov(((places - mean) / scale).T.astype(np.float64))
        values, vectors = np.linalg.eigh(np.atleast_2d(spread))
        order = np.argsort(values)[::-1][:components]
        # The sign of a component is chance; fixed, so that equal features give equal bytes.
        basis = vectors[:, order]
        basis = basis * np.sign(basis[np.abs(basis).argmax(axis=0), np.arange(basis.shape[1])])
        return cls(
            mean.astype(np.float32), scale.astype(np.float32), basis.astype(np.float32), step
        )

    @property
    def digest(self) -> str:
        """Of all that settles what is kept."""
        parts = (self.mean, self.scale, self.basis, np.float32(self.step))
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()

    def squeeze(self, features: Map) -> bytes:
        """C×h×w features as bytes."""
        flat = (features.reshape(len(features), -1) - self.mean[:, None]) / self.scale[:, None]
        coarse = np.rint((self.basis.T @ flat) / self.step)
        return zlib.compress(np.clip(coarse, -MOST, MOST).astype(np.int8).tobytes(), 6)

    def unsqueeze(self, data: bytes, grid: tuple[int, int]) -> Map:
        """C×h×w features, nearly as they were.

        Raises:
            DatasetError: the bytes are broken or of another grid.
        """
        try:
            coarse = np.frombuffer(zlib.decompress(data), np.int8)
            components = coarse.reshape(self.basis.shape[1], -1).astype(np.float32) * self.step
            flat = (self.basis @ components) * self.scale[:, None] + self.mean[:, None]
            return np.asarray(flat.reshape(len(self.mean), *grid), np.float32)
        except (zlib.error, ValueError) as error:
            raise DatasetError(
                "A view in the feature cache is broken; delete the cache and make it anew."
            ) from error


Squeezers = dict[str, Squeezer]
"""Of each encoder output."""


def pack(values: NDArray[Any]) -> bytes:
    """Small whole numbers, deflated."""
    return zlib.compress(np.ascontiguousarray(values).tobytes(), 6)


def unpack(data: bytes, kind: type[Number], shape: tuple[int, ...]) -> NDArray[Number]:
    """The numbers that `pack` took.

    Raises:
        DatasetError: the bytes are broken.
    """
    try:
        return np.frombuffer(zlib.decompress(data), kind).reshape(shape)
    except (zlib.error, ValueError) as error:
        raise DatasetError(
            "A view in the feature cache is broken; delete the cache and make it anew."
        ) from error
