"""The record as a data set of ours: what came as one goes out byte for byte, the rest is packed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from amiss.dataset.pack_picture import Encoding
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.split import SHARES
from amiss.dataset.writer import Writer, writing
from amiss.domain.errors import DatasetError, ImageError, RecordError
from amiss.record.exchange.packed import Shares, as_it_came, as_people_say
from amiss.record.exchange.truth import Truth, truths
from amiss.record.queries.inspections import MOST, Recorded, Wanted, page
from amiss.record.site import Site
from amiss.record.tables import REFERENCES

Tell = Callable[[int], None]
"""Is told how many captures were looked at."""
AT_ONCE = 200


@dataclass(slots=True)
class Given:
    """What went out. unknown: captures of which nobody said whether they are damaged.

    left_out: captures that could not be read, with the reason.
    """

    captures: int = 0
    references: int = 0
    unknown: int = 0
    left_out: dict[str, str] = field(default_factory=dict)

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "captures": self.captures,
            "references": self.references,
            "unknown": self.unknown,
            "left_out": self.left_out,
        }


def give(
    site: Site,
    out: Path,
    wanted: Wanted | None = None,
    *,
    everything: bool = False,
    shares: Shares = SHARES,
    tell: Tell = lambda _done: None,
) -> Given:
    """Writes a data set that `amiss train` and `amiss evaluate` read; repeated, it goes on.

    Args:
        site: the site.
        out: the folder.
        wanted: which captures; None is all.
        everything: also captures of which nobody said whether they are damaged.
        shares: how large splits become, of what did not come with a split of its own.
        tell: is told how far it is.

    Raises:
        DatasetError: the folder holds something else, or the disk refuses.
        RecordError: the record cannot be read.
    """
    done = Given()
    looked = 0
    with writing(out, Encoding(crops=False)) as writer:
        for one, truth in with_truths(site, wanted or Wanted()):
            looked += 1
            tell(looked)
            dataset = one.document["capture"].get("dataset")
            if truth is None and dataset is None and not everything:
                done.unknown += 1
                continue
            try:
                if dataset is not None and truth is None:
                    views = one.document["views"]
                    packed = as_it_came(site.images, dataset, views, QueryRow)
                else:
                    packed = as_people_say(site.images, one, truth, shares)
                if _name(packed.rows[0]) not in writer:
                    writer.place(packed)
            except (RecordError, DatasetError, ImageError) as error:
                done.left_out[one.id] = str(error)
                continue
            done.captures += 1
        done.references = _give_references(site, writer, done)
        writer.publish()
    return done


def _name(row: Any) -> str:  # noqa: ANN401 - of a query
    return str(row.capture or row.capture_id)


def _give_references(site: Site, writer: Writer, done: Given) -> int:
    with site.database.reading() as connection:
        rows = connection.execute(select(REFERENCES).order_by(REFERENCES.c.name)).all()
    given = 0
    for row in rows:
        document = json.loads(row.document)
        try:
            packed = as_it_came(site.images, document["dataset"], document["views"], ReferenceRow)
            (reference,) = packed.rows
            if not writer.has_reference(str(getattr(reference, "reference_id", ""))):
                writer.place(packed)
        except (RecordError, DatasetError) as error:
            done.left_out[row.name] = str(error)
            continue
        given += 1
    return given


def with_truths(site: Site, wanted: Wanted) -> Iterator[tuple[Recorded, Truth | None]]:
    """All captures, the newest first, with what people say of each."""
    after = None
    while True:
        some = page(site.database, wanted, after, min(AT_ONCE, MOST))
        with site.database.reading() as connection:
            said = truths(connection, [one.id for one in some.inspections])
        for one in some.inspections:
            yield one, said.get(one.id)
        after = some.after
        if after is None:
            return
