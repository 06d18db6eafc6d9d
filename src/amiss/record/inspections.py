"""What was seen of an item and what was decided, as it is recorded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from amiss.domain.errors import RecordError
from amiss.domain.words import Decision, ProcessStep
from amiss.record.canonical import canonical, digest
from amiss.record.counts import count
from amiss.record.facts import Act, Fact
from amiss.record.outbox import Message
from amiss.record.tables import FINDINGS, INSPECTIONS, PICTURES
from amiss.record.times import believed, new_id, now
from amiss.record.write import Writing

LOOSE = "command line"
"""The station of what no station saw."""
KINDS = ("rgb", "crop", "mask", "depth", "empty_tray", "heatmap")
"""Pictures of a view, each by its key in the store."""


@dataclass(frozen=True, slots=True)
class ViewPictures:
    """The files of one view: as a camera or a user gave them, or encoded without loss.

    rgb: None only where a data set holds nothing but crops.
    crop, mask: the item cut out, and its silhouette, where a data set has them. camera: its name.
    facts: of the camera, as plain JSON values: pose, lens, trigger.
    """

    rgb: bytes | None
    crop: bytes | None = None
    mask: bytes | None = None
    depth: bytes | None = None
    empty_tray: bytes | None = None
    heatmap: bytes | None = None
    camera: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Those that are there, by kind."""
        for kind in KINDS:
            data = getattr(self, kind)
            if data is not None:
                yield kind, data


@dataclass(frozen=True, slots=True)
class Inspected:
    """An inspection to be recorded, or a capture that nobody judged.

    result: what `Result.export` gives; None of what was collected or brought in. views: its
    pictures, in the same order. taken: when, with its time zone; None is now. station: who saw it.
    item: the one thing, by the site's own name. product: what it is; None takes the result's.
    capture: the name and whatever else the capture says, as plain JSON values.
    """

    result: Mapping[str, Any] | None
    views: Sequence[ViewPictures] = ()
    taken: datetime | None = None
    station: str = LOOSE
    step: ProcessStep | None = None
    item: str | None = None
    order_id: str | None = None
    lot: str | None = None
    design: str | None = None
    product: str | None = None
    capture: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Checks what everything later reads.

        Raises:
            RecordError: the result is none.
        """
        if self.result is None:
            return
        missing = {"decision", "score", "bundle", "operating_point", "findings"} - set(self.result)
        if missing or self.result["decision"] not in set(Decision):
            raise RecordError(
                f"This is no result of an inspection (without {', '.join(sorted(missing))}); "
                "record what Result.export gives."
            )


def inspection(one: Inspected, messages: Sequence[Message] = ()) -> Writing:
    """What is written of an inspection.

    Raises:
        RecordError: it holds what cannot be recorded.
    """
    files = [{kind: (digest(data), data) for kind, data in view.files()} for view in one.views]
    document = {
        "result": None if one.result is None else dict(one.result),
        "views": [
            {
                **view.facts,
                "camera": view.camera,
                "pictures": {kind: key for kind, (key, _) in some.items()},
            }
            for view, some in zip(one.views, files, strict=True)
        ],
        "capture": dict(one.capture),
    }
    row = _row(one, document)
    return Writing(
        row["id"],
        Act(one.station, "collect" if one.result is None else "inspect"),
        [Fact(INSPECTIONS, row)],
        {key: data for some in files for key, data in some.values()},
        messages,
        lambda connection: derive(connection, row, document),
    )


def _row(one: Inspected, document: Mapping[str, Any]) -> dict[str, Any]:
    recorded = now()
    claimed = {} if one.taken is None else {"taken": one.taken.isoformat()}
    result = one.result or {}
    return {
        "id": new_id(),
        "at": believed(one.taken, recorded),
        "recorded": recorded,
        "station": one.station,
        "step": None if one.step is None else one.step.value,
        "item": one.item,
        "order_id": one.order_id,
        "lot": one.lot,
        "product": one.product or result.get("product"),
        "design": one.design,
        "decision": _text(result.get("decision")),
        "score": result.get("score"),
        "bundle": _text(result.get("bundle")),
        "operating_point": _text(result.get("operating_point")),
        "document": canonical({**document, **claimed}),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def derive(connection: Connection, row: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """Writes what is derived from an inspection: its pictures, findings and counts."""
    if pictures := list(pictures_of(row["id"], document["views"])):
        connection.execute(insert(PICTURES), pictures)
    if findings := list(findings_of(row, document)):
        connection.execute(insert(FINDINGS), findings)
    if row["decision"] is not None:
        count(connection, row, findings)


def pictures_of(owner: str, views: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of `pictures`."""
    for place, view in enumerate(views):
        for kind, image in view["pictures"].items():
            yield {"owner": owner, "place": place, "kind": kind, "image": image}


def findings_of(row: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of `findings`."""
    result = document["result"] or {"findings": ()}
    for place, finding in enumerate(result["findings"]):
        yield {
            "inspection": row["id"],
            "place": place,
            "kind": str(finding["kind"]),
            "severity": _text(finding.get("severity")),
            "locus": _text(finding.get("locus")),
            "at": row["at"],
        }
