"""Feature maps in few bytes: principal components, a coarse step, deflate.

Channels of one place tell much the same, so most of a map lies in few of its principal components;
with one step for all of them, each costs as many bits as it varies. Not all that varies matters:
channels are weighed by what an error in them would change before components are found, so that
bits go where they tell something (transform coding with a weighted error). What is left out is a
little noise on the features.
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
_SILENT = 0.2  # deviation, in steps, below which a component hardly ever leaves 0


@dataclass(frozen=True, slots=True, eq=False)
class Squeezer:
    """How maps of one encoder output are squeezed.

    mean: C, of each channel. into: K×C, what a channel beyond its mean adds to each component, in
    steps. back: C×K, what a step of a component adds to each channel.
    """

    mean: NDArray[np.float32]
    into: NDArray[np.float32]
    back: NDArray[np.float32]

    @classmethod
    def fit(
        cls, places: NDArray[np.float32], step: float, matter: NDArray[np.float64] | None = None
    ) -> "Squeezer":
        """Learns from N×C features of many pictures; N is far above C.

        step: of the components, in the channels' standard deviations.
        matter: C×C, positive definite: what an error e of the standardised channels costs is
        eᵀ·matter·e. None: all channels matter alike.
        """
        mean = places.mean(axis=0)
        scale = np.maximum(places.std(axis=0), 1e-6).astype(np.float64)
        costs, axes = np.linalg.eigh(np.eye(len(scale)) if matter is None else matter)
        weigh = axes * np.sqrt(costs) @ axes.T
        weighed = (places - mean) / scale @ weigh
        spread = np.atleast_2d(np.cov(weighed.T.astype(np.float64)))
        values, vectors = np.linalg.eigh(spread)
        order = [place for place in np.argsort(values)[::-1] if _speaks(values[place], step)]
        # The sign of a component is chance; fixed, so that equal features give equal bytes.
        basis = vectors[:, order]
        basis = basis * np.sign(basis[np.abs(basis).argmax(axis=0), np.arange(basis.shape[1])])
        return cls(
            mean.astype(np.float32),
            (basis.T @ weigh / scale / step).astype(np.float32),
            (scale[:, None] * np.linalg.solve(weigh, basis) * step).astype(np.float32),
        )

    @property
    def digest(self) -> str:
        """Of all that settles what is kept."""
        parts = (self.mean, self.into, self.back)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()

    def squeeze(self, features: Map) -> bytes:
        """C×h×w features as bytes."""
        flat = features.reshape(len(features), -1) - self.mean[:, None]
        coarse = np.rint(self.into @ flat)
        return zlib.compress(np.clip(coarse, -MOST, MOST).astype(np.int8).tobytes(), 6)

    def unsqueeze(self, data: bytes, grid: tuple[int, int]) -> Map:
        """C×h×w features, nearly as they were.

        Raises:
            DatasetError: the bytes are broken or of another grid.
        """
        try:
            coarse = np.frombuffer(zlib.decompress(data), np.int8)
            components = coarse.reshape(len(self.into), -1).astype(np.float32)
            flat = self.back @ components + self.mean[:, None]
            return np.asarray(flat.reshape(len(self.mean), *grid), np.float32)
        except (zlib.error, ValueError) as error:
            raise DatasetError(
                "A view in the feature cache is broken; delete the cache and make it anew."
            ) from error


def _speaks(variance: float, step: float) -> bool:
    return bool(variance > (_SILENT * step) ** 2)


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
