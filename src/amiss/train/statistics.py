"""How the channels of the taps vary over ordinary product photographs.

A tap's channels differ widely in mean and spread; a distance between two places would be decided
by the few loudest ones. So each channel is standardised: (f − mean) / std. Both numbers are those
of the 3×3-average-pooled map, which is what matching compares. They are measured once and kept in
`feature_statistics.json`, so that the default bundle can be made anew without the photographs.

    python -m amiss.train.statistics FOLDER… --out FILE
"""

import argparse
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from amiss.bundle.manifest import Source, canonical, first_problem
from amiss.dataset.folder import PICTURES
from amiss.domain.errors import BundleError, InputError
from amiss.train.lite0 import DEFAULT_TAPS, SIZE_MULTIPLE, Lite0Trunk, load_published, one_thread
from amiss.vision.decode import decode

LONG_SIDE = 448
LEAST_STD = 1e-4
"""A channel that varies less does not vary at all: what is left is rounding."""

UNSTATED = "not stated"

FloatMap = NDArray[np.float32]
FloatArray = NDArray[np.float64]
Affine = tuple[FloatArray, FloatArray]
"""Factor C and bias C that are applied to each place of a map: factor · f + bias."""


class _Document(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class TapStatistics(_Document):
    """Mean and standard deviation of each channel of one block's output."""

    tap: Annotated[int, Field(ge=0)]
    mean: tuple[FiniteFloat, ...]
    std: tuple[Annotated[FiniteFloat, Field(gt=0)], ...]

    @model_validator(mode="after")
    def _of_the_same_channels(self) -> Self:
        if len(self.mean) != len(self.std):
            raise ValueError(f"{len(self.mean)} means do not fit {len(self.std)} deviations")
        return self


class FeatureStatistics(_Document):
    """The whole of `feature_statistics.json`. data: what was measured on, and its licence."""

    data: Source
    pictures: Annotated[int, Field(ge=1)]
    taps: tuple[TapStatistics, ...]

    def standardisation(self, tap: int) -> Affine:
        """What brings each channel of this tap to mean 0 and std 1.

        Raises:
            BundleError: this tap was not measured.
        """
        for found in self.taps:
            if found.tap == tap:
                mean, std = np.array(found.mean), np.array(found.std)
                return 1 / std, -mean / std
        raise BundleError(
            f"There are no statistics of block {tap}; measure them with amiss.train.statistics."
        )

    def source(self) -> Source:
        """The entry for a bundle's list of sources."""
        what = (
            f"Mean and standard deviation of each output channel, measured on {self.pictures} "
            f"pictures: {self.data.what}"
        )
        return self.data.model_copy(update={"what": what})


def default_statistics_path() -> Path:
    """The statistics that come with the package, for the published weights."""
    return Path(str(files("amiss"))) / "train" / "feature_statistics.json"


def read_statistics(path: Path | None = None) -> FeatureStatistics:
    """The statistics in this file; None is the packaged one.

    Raises:
        BundleError: the file cannot be read or holds something else.
    """
    path = default_statistics_path() if path is None else path
    try:
        return FeatureStatistics.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path} cannot be read ({error.strerror}); measure anew.") from error
    except ValidationError as error:
        raise BundleError(
            f"{path.name} does not hold feature statistics: {first_problem(error)}; measure anew."
        ) from error


def write_statistics(path: Path, statistics: FeatureStatistics) -> None:
    """Write the canonical document."""
    path.write_bytes(canonical(statistics.model_dump(mode="json")))


def measure(
    pictures: Sequence[Path],
    taps: tuple[int, ...] = DEFAULT_TAPS,
    *,
    data: Source,
    trunk: Lite0Trunk | None = None,
) -> FeatureStatistics:
    """Mean and standard deviation (std) of each channel over all places of all pictures.

    Args:
        pictures: JPEG or PNG files; each is brought to a long side of 448 pixels.
        taps: ascending indices of the blocks whose outputs are measured.
        data: what the pictures are, and under which licence.
        trunk: a trunk with these taps and other weights; None loads the published weights.

    Returns:
        The statistics, rounded to 6 significant digits.

    Raises:
        ImageError: a picture cannot be read.
        InputError: there are no pictures, or a channel does not vary over them.
    """
    if not pictures:
        raise InputError("There are no pictures to measure; name folders with JPEG or PNG files.")
    trunk = load_published(taps) if trunk is None else trunk
    moments = [_Moments(tap) for tap in trunk.taps]
    with torch.no_grad(), one_thread():
        for path in pictures:
            maps = trunk(torch.from_numpy(_resized(path))[None])
            for moment, found in zip(moments, maps, strict=True):
                moment.add(found[0].numpy())
    return FeatureStatistics(
        data=data, pictures=len(pictures), taps=tuple(moment.result() for moment in moments)
    )


class _Moments:
    """Sums over the places of one tap's 3×3-averaged maps, in 64 bits."""

    def __init__(self, tap: int) -> None:
        self.tap = tap
        self.count = 0
        self.sum: FloatArray = np.zeros(1)
        self.squares: FloatArray = np.zeros(1)

    def add(self, found: FloatMap) -> None:
        """Count a map C×h×w in; its border is mirrored, as in matching."""
        places = cv2.blur(np.ascontiguousarray(found.transpose(1, 2, 0)), (3, 3))
        places = places.reshape(-1, len(found)).astype(np.float64)
        self.count += len(places)
        self.sum = self.sum + places.sum(axis=0)
        self.squares = self.squares + (places**2).sum(axis=0)

    def result(self) -> TapStatistics:
        mean = self.sum / self.count
        std = np.sqrt(np.maximum(self.squares / self.count - mean**2, 0))
        if (std < LEAST_STD).any():
            raise InputError(
                f"Channel {std.argmin()} of block {self.tap} is the same everywhere in these "
                "pictures; measure on more and on different ones."
            )
        return TapStatistics(tap=self.tap, mean=_rounded(mean), std=_rounded(std))


def _rounded(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in values)


def _resized(path: Path) -> NDArray[np.uint8]:
    """The picture H×W×3 with a long side of 448, both sides multiples of what the trunk takes."""
    rgb = decode(path).rgb
    scale = LONG_SIDE / max(rgb.shape[:2])
    height, width = (
        max(1, round(side * scale / SIZE_MULTIPLE)) * SIZE_MULTIPLE for side in rgb.shape[:2]
    )
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def pictures_in(folders: Sequence[Path]) -> list[Path]:
    """All JPEG and PNG files in these folders and below, but hidden ones; in order of name."""
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in PICTURES and not path.name.startswith(".") and path.is_file()
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure on the pictures in some folders, and write the file."""
    parser = argparse.ArgumentParser(
        prog="python -m amiss.train.statistics",
        description="Measures mean and deviation of each feature channel over photographs.",
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON to write")
    parser.add_argument("--taps", type=_taps, default=DEFAULT_TAPS, help="blocks, such as 7,10")
    parser.add_argument("--what", default="pictures of the user's own", help="what they show")
    parser.add_argument("--licence", default=UNSTATED, help="terms they may be used under")
    parser.add_argument("--where", default=UNSTATED, help="where they can be found")
    asked = parser.parse_args(arguments)
    data = Source(what=asked.what, licence=asked.licence, where=asked.where)
    try:
        found = measure(pictures_in(asked.folders), asked.taps, data=data)
        write_statistics(asked.out, found)
    except (InputError, OSError) as error:
        parser.error(str(error))


def _taps(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    main()
