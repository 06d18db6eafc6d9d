"""A data set of any layout into the record: captures, references and what is true of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from amiss.dataset.cells import time_of
from amiss.dataset.collection import Dataset, Split
from amiss.domain.words import ProcessStep
from amiss.record.canonical import digest, digest_of
from amiss.record.exchange.packs import Held, captures_in, references_in
from amiss.record.inspections import Inspected, ViewPictures
from amiss.record.references import Pristine
from amiss.record.requests import Request
from amiss.record.site import Site

Tell = Callable[[int, int], None]
"""Is told how many captures are done, and of how many."""


@dataclass(slots=True)
class Brought:
    """What came in. again: what was there already, from the same data set."""

    captures: int = 0
    references: int = 0
    again: int = 0
    left_out: list[str] = field(default_factory=list)

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "captures": self.captures,
            "references": self.references,
            "again": self.again,
            "left_out": self.left_out,
        }


def bring(site: Site, data: Dataset, name: str, tell: Tell = lambda _done, _total: None) -> Brought:
    """Records a data set; cut off and repeated, it goes on.

    Args:
        site: the site.
        data: an opened data set.
        name: of the data set on this site; the same captures under it are recorded once.
        tell: is told how far it is.

    Raises:
        DatasetError: something in the data set cannot be read; what came before stands.
        ConflictError: this name stands for another data set, or it has changed.
        RecordError: the record cannot be written.
    """
    done = Brought()
    splits = list(data)
    total = sum(map(len, splits))
    for split in splits:
        _bring_split(site, split, name, done, lambda: tell(done.captures + done.again, total))
    return done


def _bring_split(
    site: Site, split: Split, name: str, done: Brought, tell: Callable[[], None]
) -> None:
    done.left_out += split.left_out
    for held in captures_in(split):
        receipt = site.record(_inspected(held, name), key=_request(held, name, "capture"))
        done.again += receipt.again
        done.captures += not receipt.again
        tell()
    for held in references_in(split):
        one = Pristine(
            f"{name}/{held.name}",
            held.product,
            _views(held),
            held.rows[0].get("design"),
            {"dataset": _told(held, name)},
        )
        receipt = site.refer(one, actor=f"import {name}", key=_request(held, name, "reference"))
        done.again += receipt.again
        done.references += not receipt.again


def _request(held: Held, name: str, kind: str) -> Request:
    files = [{what: digest(data) for what, data in some.items()} for some in held.pictures]
    body = digest_of([held.split, list(held.rows), files])
    return Request(f"import {digest_of([name, kind, held.name])}", body)


def _inspected(held: Held, name: str) -> Inspected:
    first = held.rows[0]
    return Inspected(
        None,
        _views(held),
        taken=time_of(first.get("taken")),
        station=f"import {name}",
        step=ProcessStep(first["process_step"]) if first.get("process_step") else None,
        product=held.product or None,
        design=first.get("design"),
        capture={
            "id": held.name,
            "sequence": first.get("sequence"),
            "barcode": first.get("barcode"),
            "dataset": _told(held, name),
        },
    )


def _views(held: Held) -> list[ViewPictures]:
    return [
        ViewPictures(
            some.get("rgb"),
            some.get("crop"),
            some.get("mask"),
            some.get("depth"),
            some.get("empty_tray"),
            camera=row.get("camera", ""),
        )
        for some, row in zip(held.pictures, _padded(held.rows, len(held.pictures)), strict=True)
    ]


def _padded(rows: tuple[dict[str, Any], ...], length: int) -> list[dict[str, Any]]:
    """A row for each view; the several pictures of a reference share one."""
    return [*rows, *rows[-1:] * (length - len(rows))]


def _told(held: Held, name: str) -> dict[str, Any]:
    """What is kept to give the same out again."""
    paths = [dict(some) for some in held.paths]
    return {
        "name": name,
        "held": held.name,
        "split": held.split,
        "rows": list(held.rows),
        "paths": paths,
    }
