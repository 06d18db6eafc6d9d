"""What people say is true of a capture: the newest word of each, and whether they agree."""

import json
from collections.abc import Mapping, Sequence
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

    damaged: None where as many say it is as say it is not. marks: of the newest annotation that
    says so. people: whose word it is.
    """

    damaged: bool | None
    marks: tuple[Told, ...]
    people: tuple[str, ...]


def truths(connection: Connection, captures: Sequence[str]) -> dict[str, Truth]:
    """What people say of captures; where nobody can tell, they are left out.

    The newest word of each person counts, and marks before reviews: who draws looks closer.
    """
    marked = _by_capture(connection, ANNOTATIONS.c.author, captures)
    reviewed = _by_capture(connection, REVIEWS.c.reviewer, captures)
    found = {
        capture: _truth(marked.get(capture, {}), reviewed.get(capture, {})) for capture in captures
    }
    return {capture: truth for capture, truth in found.items() if truth is not None}


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


def _truth(marked: Mapping[str, Row[Any]], reviewed: Mapping[str, Row[Any]]) -> Truth | None:
    documents = {who: json.loads(row.document) for who, row in marked.items()}
    said = _words({who: document["damaged"] for who, document in documents.items()})
    if not said:
        said = _words({who: _SAYS.get(Answer(row.answer)) for who, row in reviewed.items()})
    if not said:
        return None
    damaged = _majority(said)
    drawn = [who for who in said if who in documents and documents[who]["marks"]]
    newest = max(drawn, key=lambda who: (marked[who].at, marked[who].id), default=None)
    marks = () if newest is None or not damaged else documents[newest]["marks"]
    return Truth(damaged, tuple(map(_told, marks)), tuple(sorted(said)))


def _words(said: Mapping[str, bool | None]) -> dict[str, bool]:
    """Without those who cannot tell."""
    return {who: word for who, word in said.items() if word is not None}


def _majority(said: Mapping[str, bool]) -> bool | None:
    """What more people say than say the opposite; None where as many do."""
    damaged = sum(said.values())
    return None if 2 * damaged == len(said) else 2 * damaged > len(said)


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
