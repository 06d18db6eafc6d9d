"""Values that fit no plain column, as the text of a cell, and back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np

from amiss.dataset.labels import Damage
from amiss.domain.capture import Intrinsics, Matrix
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType, Locus, Severity


def join(words: Iterable[str]) -> str:
    """Words, none of them with a comma in it, as one cell.

    Raises:
        DatasetError: a word has a comma in it.
    """
    found = list(words)
    if any("," in word for word in found):
        raise DatasetError(f"Words in a list must not hold commas: {found}; leave them out.")
    return ",".join(found)


def words_of(cell: str | None) -> tuple[str, ...]:
    """The words of a cell; empty and null cells have none."""
    return tuple(word.strip() for word in cell.split(",")) if cell else ()


def time_cell(time: datetime | None) -> str | None:
    """ISO 8601.

    Raises:
        DatasetError: the time has no zone.
    """
    if time is None:
        return None
    if time.tzinfo is None:
        raise DatasetError(f"The time {time.isoformat()} has no zone; give it one, such as UTC.")
    return time.isoformat()


def time_of(cell: str | None) -> datetime | None:
    """The time in a cell; ValueError where it is none."""
    return datetime.fromisoformat(cell) if cell else None


def intrinsics_cell(intrinsics: Intrinsics | None) -> str | None:
    """The fields of Intrinsics by their names."""
    return None if intrinsics is None else to_json(asdict(intrinsics))


def intrinsics_of(cell: str | None) -> Intrinsics | None:
    """The lens in a cell; ValueError, TypeError or KeyError where it is none."""
    if not cell:
        return None
    found = json.loads(cell)
    distortion = tuple(float(value) for value in found.pop("distortion", ()))
    return Intrinsics(**found, distortion=distortion)


def pose_cell(pose: Matrix | None) -> str | None:
    """Four rows of four numbers."""
    return None if pose is None else to_json(np.asarray(pose, np.float64).tolist())


def pose_of(cell: str | None) -> Matrix | None:
    """The 4×4 pose in a cell; ValueError where it is none."""
    if not cell:
        return None
    pose = np.array(json.loads(cell), np.float64)
    if pose.shape != (4, 4):
        raise ValueError("a pose is 4×4")
    return pose


def damage_cells(damages: Sequence[Damage] | None) -> dict[str, str | None]:
    """The four columns of an item's damages: lists of one length, one place per damage."""
    names = ("damage_types", "severity", "locus", "damage_details")
    if damages is None:
        return dict.fromkeys(names)
    details = [{"numbers": damage.numbers, "words": damage.words} for damage in damages]
    cells = (
        join(damage.type for damage in damages),
        join(damage.severity or "" for damage in damages),
        join(damage.locus or "" for damage in damages),
        to_json(details) if details else "",
    )
    return dict(zip(names, cells, strict=True))


def damages_of(
    types: str | None, severities: str | None, loci: str | None, details: str | None
) -> tuple[Damage, ...] | None:
    """The damages in their four cells, None where nobody has looked.

    Only the types are needed; ValueError, TypeError or KeyError where the cells do not fit.
    """
    if types is None:
        return None
    words = words_of(types)
    blank = ("",) * len(words)
    severity, locus = (words_of(cell) or blank for cell in (severities, loci))
    more = json.loads(details) if details else [{}] * len(words)
    return tuple(
        Damage(
            type=DamageType(word),
            severity=Severity(how) if how else None,
            locus=Locus(where) if where else None,
            numbers={str(name): float(value) for name, value in rest.get("numbers", {}).items()},
            words=str(rest.get("words", "")),
        )
        for word, how, where, rest in zip(words, severity, locus, more, strict=True)
    )


def to_json(value: Any) -> str:  # noqa: ANN401
    """Compact JSON; NumPy's numbers are numbers, too.

    Raises:
        DatasetError: a number is not finite.
    """
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"), default=_plain)
    except ValueError as error:
        raise DatasetError(
            f"Numbers in a data set must be finite, not {value}; correct them."
        ) from error


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
