"""The golden check: does an engine compute what the bundle's network means?

A few pictures are drawn by integer arithmetic, so that they are the same everywhere; the bundle
holds their feature maps, computed in 64 bits when it was made. An engine that comes too far from
them is not used.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.manifest import GOLDEN_FILE, Encoder
from amiss.bundle.read import Bundle
from amiss.domain.errors import BundleError
from amiss.vision.engine.protocol import Engine, Features, Precision
from amiss.vision.frame import frame_shape

HEIGHT, WIDTH = 64, 96
"""Not square, so that swapped axes show."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What an engine must reach at every output.

    worst_cosine, mean_cosine: least cosine between the channels of one place, at the worst place
    and on average. relative_error: largest ‖found − golden‖/‖golden‖ over a whole output.
    """

    worst_cosine: float
    mean_cosine: float
    relative_error: float


TOLERANCES: Mapping[Precision, Tolerance] = {
    "f32": Tolerance(worst_cosine=0.9999, mean_cosine=0.9999, relative_error=0.001),
    "bf16": Tolerance(worst_cosine=0.9, mean_cosine=0.99, relative_error=0.15),
}


@dataclass(frozen=True, slots=True)
class OutputAgreement:
    """How close one output came; the fields are those of `Tolerance`."""

    name: str
    worst_cosine: float
    mean_cosine: float
    relative_error: float

    def within(self, tolerance: Tolerance) -> bool:
        """Whether the output is as close as it must be."""
        return (
            self.worst_cosine >= tolerance.worst_cosine
            and self.mean_cosine >= tolerance.mean_cosine
            and self.relative_error <= tolerance.relative_error
        )


@dataclass(frozen=True, slots=True)
class GoldenReport:
    """The outcome for one engine."""

    engine: str
    precision: Precision
    outputs: tuple[OutputAgreement, ...]

    @property
    def passed(self) -> bool:
        """Whether every output is within the tolerance of the engine's precision."""
        return all(output.within(TOLERANCES[self.precision]) for output in self.outputs)

    @property
    def worst_cosine(self) -> float:
        """The least cosine of any place of any output."""
        return min(output.worst_cosine for output in self.outputs)

    @property
    def worst_relative_error(self) -> float:
        """The largest relative error of any output."""
        return max(output.relative_error for output in self.outputs)


def golden_shape(encoder: Encoder) -> tuple[int, int]:
    """(height, width) of golden pictures that an encoder takes: 64×96, or what is next to it."""
    if encoder.square:
        height, width = frame_shape(1, 1, encoder.multiple)
        return height, width
    height, width = (-(-side // encoder.multiple) * encoder.multiple for side in (HEIGHT, WIDTH))
    return height, width


def golden_pictures(height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint8]:
    """5×64×96×3 uint8: flat, gradients, texture, noise and print.

    Integers only: no random generator and no rounding that could differ between machines.
    """
    y, x, c = np.indices((height, width, 3), dtype=np.int64)
    flat = np.full_like(x, 180) - 20 * c
    gradients = x * (c + 1) // 2 + y * (3 - c) // 2
    texture = 60 + 90 * ((x // 7 + y // 5 + c) % 2) + (x * y + 13 * c) % 61
    noise = _scatter(x + width * (y + height * c)) % 256
    # Words: dark strokes on light paper, in lines with white between lines and words.
    strokes = _scatter(x // 3 + width * (y // 3)) % 2 == 0
    words = (y // 12 % 2 == 0) & (x // 12 % 4 != 3)
    paper = np.where(strokes & words, 30, 225 - 10 * c)
    return np.stack([flat, gradients, texture, noise, paper]).astype(np.uint8)


def _scatter(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Integers in [0, 2¹⁶) that look random: multiply, and fold the high bits into the low ones."""
    for _ in range(3):
        numbers = numbers * 1274126177 % 2**31
        numbers = numbers ^ (numbers >> 15)
    return numbers % 2**16


def golden_bytes(features: Mapping[str, NDArray[np.floating]]) -> bytes:
    """The reference feature maps as a .npz of 16-bit floats; the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, value in features.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, value.astype(np.float16), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), entry.getvalue())
    return buffer.getvalue()


def read_golden(bundle: Bundle) -> Features:
    """The bundle's reference feature maps, float32.

    Raises:
        BundleError: the file is not part of the bundle, or does not hold what it should.
    """
    names = {output.name for output in bundle.manifest.encoder.outputs}
    try:
        with np.load(io.BytesIO(bundle.read(GOLDEN_FILE)), allow_pickle=False) as stored:
            golden = {name: stored[name].astype(np.float32) for name in sorted(names)}
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise BundleError(f"{GOLDEN_FILE} of {bundle.id} cannot be read: {error}.") from error
    return golden


def check(engine: Engine, bundle: Bundle) -> GoldenReport:
    """Run the golden pictures and compare.

    Raises:
        EngineError: the engine failed, or a feature is not a finite number.
        BundleError: the bundle holds no reference features.
    """
    golden = read_golden(bundle)
    found = engine.run(golden_pictures(*golden_shape(bundle.manifest.encoder)))
    outputs = tuple(agreement(name, found[name], golden[name]) for name in golden)
    return GoldenReport(engine.name, engine.precision, outputs)


def agreement(
    name: str, found: NDArray[np.floating], reference: NDArray[np.floating]
) -> OutputAgreement:
    """How close two N×C×h×w feature maps are."""
    a, b = found.astype(np.float64), reference.astype(np.float64)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    # Two empty vectors agree; one empty vector agrees with nothing.
    both_empty = (np.abs(a).max(axis=1) == 0) & (np.abs(b).max(axis=1) == 0)
    cosine = np.where(both_empty, 1.0, (a * b).sum(axis=1) / np.maximum(lengths, 1e-30))
    error = np.linalg.norm(a - b) / max(float(np.linalg.norm(b)), 1e-30)
    return OutputAgreement(name, float(cosine.min()), float(cosine.mean()), float(error))
