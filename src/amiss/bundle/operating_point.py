"""Where to draw the line: a small immutable document, hashed, made for one bundle.

It lies beside the bundle's folder and not in it, because it names the bundle's hash. Thresholds
change daily; what was learnt does not.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from amiss.bundle.manifest import canonical, first_problem, sha256
from amiss.bundle.read import Bundle, default_bundle_path
from amiss.domain.errors import BundleError

CalibrationFact = str | int | FiniteFloat | bool | None


class ModelLimits(BaseModel):
    """The damage model's numbers at the threshold: without references, and with them."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    alone: FiniteFloat
    beside: FiniteFloat


class OperatingPoint(BaseModel):
    """How a discrepancy becomes a score, and which score is too high.

    bundle: id of the bundle that it is for. threshold: a score in [0, 1]; above it, sideline.
    provisional: true until it rests on captures of the booth itself. calibration: what it rests
    on (which pictures, how many, which quantile, the date). midpoint, slope: the logistic curve
    that maps a raw discrepancy d to the score 1/(1 + exp(−slope·(d − midpoint))). model: where the
    damage model's number has the score 0.5; None of a bundle without one.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    bundle: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*@[0-9a-f]{12}$")]
    threshold: Annotated[float, Field(ge=0, le=1)]
    provisional: bool
    calibration: dict[str, CalibrationFact]
    midpoint: FiniteFloat
    slope: Annotated[FiniteFloat, Field(gt=0)]
    model: ModelLimits | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical content."""
        return sha256(canonical(self.model_dump(mode="json")))

    def to_bytes(self) -> bytes:
        """The canonical document: the content with its hash."""
        return canonical({**self.model_dump(mode="json"), "hash": self.hash})


def default_operating_point_path() -> Path:
    """The operating point that comes with the package, for the default bundle."""
    return default_bundle_path().with_name("default.operating_point.json")


def write_operating_point(path: Path, point: OperatingPoint) -> None:
    """Write the canonical document."""
    path.write_bytes(point.to_bytes())


def read_operating_point(path: Path | None, bundle: Bundle) -> OperatingPoint:
    """The operating point in this file, made for this bundle; None is the packaged one.

    Raises:
        BundleError: the file is missing, altered, or made for another bundle.
    """
    path = default_operating_point_path() if path is None else path
    point = _parse(path)
    if point.bundle != bundle.id:
        raise BundleError(
            f"{path.name} is for bundle {point.bundle}, not {bundle.id}; recalibrate for this one."
        )
    if bundle.manifest.damage is not None and point.model is None:
        raise BundleError(
            f"{path.name} has no limits for the damage model of {bundle.id}; recalibrate."
        )
    return point


def _parse(path: Path) -> OperatingPoint:
    """The document, whose own hash fits."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path} cannot be read ({error.strerror}); recalibrate.") from error
    try:
        document = _WithHash.model_validate_json(data)
    except ValidationError as error:
        raise BundleError(
            f"{path.name} is not an operating point: {first_problem(error)}; recalibrate."
        ) from error
    point = OperatingPoint(**_content(document))
    if point.to_bytes() != data:
        raise BundleError(f"{path.name} does not have the hash that it states; recalibrate.")
    return point


class _WithHash(OperatingPoint):
    """The document as it lies on disk."""

    stated_hash: Annotated[str, Field(alias="hash")]


def _content(document: _WithHash) -> dict[str, Any]:
    return {name: getattr(document, name) for name in OperatingPoint.model_fields}
