"""What people say: reviews of what was decided, and marks of damage on the views."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select

from amiss.domain.errors import RecordError
from amiss.domain.words import Answer, DamageType, Disposition, Locus, Severity
from amiss.record.canonical import canonical, digest
from amiss.record.facts import Act, Fact
from amiss.record.inspections import pictures_of
from amiss.record.tables import ANNOTATIONS, INSPECTIONS, PICTURES, REVIEWS
from amiss.record.times import new_id, now
from amiss.record.write import Writing

_SMALLEST_POLYGON = 3


@dataclass(frozen=True, slots=True)
class Review:
    """What a person said of an inspection.

    seconds: how long it took. facts: whatever else was asked, as plain JSON values.
    """

    inspection: str
    reviewer: str
    answer: Answer
    disposition: Disposition | None = None
    seconds: float | None = None
    words: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a view that shows damage.

    box: (x, y, width, height) in pixels of the view at full resolution. polygon: its corners,
    (x, y) each; empty where only the box is known. mask: PNG bytes of the view's size, white where
    it is damaged; None where nobody painted one.
    """

    view: int
    type: DamageType
    box: tuple[float, float, float, float]
    severity: Severity | None = None
    locus: Locus | None = None
    polygon: tuple[tuple[float, float], ...] = ()
    mask: bytes | None = None

    def __post_init__(self) -> None:
        """Checks it.

        Raises:
            RecordError: it marks no place.
        """
        if self.view < 0 or min(self.box[2:]) <= 0 or 0 < len(self.polygon) < _SMALLEST_POLYGON:
            raise RecordError(f"This marks no place: {self.box} of view {self.view}; draw it anew.")


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a person marked. damaged: None where nobody can tell. marks: none of a sound item."""

    inspection: str
    author: str
    damaged: bool | None
    marks: Sequence[Mark] = ()
    words: str = ""


def review(one: Review) -> Writing:
    """What is written of a review."""
    row: dict[str, Any] = {
        "id": new_id(),
        "at": now(),
        "inspection": one.inspection,
        "reviewer": one.reviewer,
        "answer": one.answer.value,
        "disposition": None if one.disposition is None else one.disposition.value,
        "document": canonical({**one.facts, "seconds": one.seconds, "words": one.words}),
    }
    return Writing(
        row["id"],
        Act(one.reviewer, "review"),
        [Fact(REVIEWS, row)],
        beside=lambda connection: _refuse_unknown(connection, one.inspection),
    )


def annotation(one: Annotation) -> Writing:
    """What is written of an annotation."""
    marks = [asdict(mark) for mark in one.marks]
    masks = {digest(mark.mask): mark.mask for mark in one.marks if mark.mask is not None}
    for mark in marks:
        mark["mask"] = None if mark["mask"] is None else digest(mark["mask"])
    row: dict[str, Any] = {
        "id": new_id(),
        "at": now(),
        "inspection": one.inspection,
        "author": one.author,
        "document": canonical({"damaged": one.damaged, "marks": marks, "words": one.words}),
    }

    def beside(connection: Connection) -> None:
        _refuse_unknown(connection, one.inspection)
        if painted := list(masks_of(row["id"], marks)):
            connection.execute(insert(PICTURES), painted)

    act = Act(one.author, "annotate")
    return Writing(row["id"], act, [Fact(ANNOTATIONS, row)], masks, beside=beside)


def masks_of(owner: str, marks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `pictures`."""
    painted = [{"pictures": {"mask": mark["mask"]} if mark["mask"] else {}} for mark in marks]
    return list(pictures_of(owner, painted))


def _refuse_unknown(connection: Connection, inspection: str) -> None:
    wanted = select(INSPECTIONS.c.id).where(INSPECTIONS.c.id == inspection)
    if connection.execute(wanted).first() is None:
        raise RecordError(f"There is no inspection {inspection}; name one that is recorded.")
