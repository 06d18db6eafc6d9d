"""What people say is true of a capture: the newest word of each, and whether they agree."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, select

from amiss.domain.words import Answer, DamageType, Locus, Severity
from amiss.record.tables import ANNOTATIONS, REVIEWS

_SAYS = {Answer.DAMAGED: True, Answer.NOT_DAMAGED: False}


@dataclass(frozen=True, slots=True)
class Told:
    """One mark, as it was recorded; mask: the key of a picture."""

    view: int
    type: DamageType
    severity: Severity | None
    locus: Locus | None
    box: tuple[float, float, float, float]
    polygon: tuple[tuple[float, float], ...]
    mask: str | None


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a capture.

    damaged: None where people disagree, or cannot tell. marks: of the newest annotation that says
    so. people: whose word it is.
    """

    damaged: bool | None
    marks: tuple[Told, ...]
    people: tuple[str, ...]


def truths(connection: Connection, captures: Sequence[str]) -> dict[str, Truth]:
    """What people say of captures; those that nobody said anything of are left out.

    Marks count before reviews: who draws looks closer.
    """
    marked = _by_capture(connection, ANNOTATIONS.c.author, captures)
    reviewed = _by_capture(connection, REVIEWS.c.reviewer, captures)
    return {
        capture: _truth(marked.get(capture, {}), reviewed.get(capture, {}))
        for capture in captures
        if capture in marked or capture in reviewed
    }


def _by_capture(
    connection: Connection,
    person: Column[Any],
    captures: Sequence[str],
) -> dict[str, dict[str, Row[Any]]]:
    """The newest row of each person."""
    table = person.table
    wanted = select(table).where(table.c.inspection.in_(captures)).order_by(table.c.at, table.c.id)
    found: dict[str, dict[str, Row[Any]]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.inspection, {})[row._mapping[person.name]] = row
    return found


def _truth(marked: Mapping[str, Row[Any]], reviewed: Mapping[str, Row[Any]]) -> Truth:
    documents = {who: json.loads(row.document) for who, row in marked.items()}
    said = {who: document["damaged"] for who, document in documents.items()}
    if not said:
        said = {who: _SAYS.get(Answer(row.answer)) for who, row in reviewed.items()}
    damaged = _agreed(said.values())
    newest = max(marked, key=lambda who: marked[who].at) if marked and damaged else None
    marks = () if newest is None else tuple(map(_told, documents[newest]["marks"]))
    return Truth(damaged, marks, tuple(sorted(said)))


def _agreed(said: Iterable[bool | None]) -> bool | None:
    """What more people say than say the opposite."""
    words = [word for word in said if word is not None]
    damaged = sum(words)
    return None if 2 * damaged == len(words) else 2 * damaged > len(words)


def _told(mark: Mapping[str, Any]) -> Told:
    return Told(
        int(mark["view"]),
        DamageType(mark["type"]),
        None if mark["severity"] is None else Severity(mark["severity"]),
        None if mark["locus"] is None else Locus(mark["locus"]),
        tuple(mark["box"]),
        tuple((x, y) for x, y in mark["polygon"]),
        mark["mask"],
    )
