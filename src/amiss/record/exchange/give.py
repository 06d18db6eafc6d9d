"""The record as a data set of ours: what came as one goes out byte for byte, the rest is packed."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from amiss.dataset.pack import Packed
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.schema import QueryRow, ReferenceRow
from amiss.dataset.split import SHARES, split_of
from amiss.dataset.words import SplitName
from amiss.dataset.writer import Writer, writing
from amiss.domain.errors import DatasetError, ImageError, RecordError
from amiss.record.exchange.packed import as_it_came, as_people_say
from amiss.record.exchange.truth import Truth, truths
from amiss.record.queries.inspections import MOST, Recorded, Wanted, page
from amiss.record.site import Site
from amiss.record.tables import INSPECTIONS, REFERENCES

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
    shares: Mapping[SplitName, float] = SHARES,
    tell: Tell = lambda _done: None,
) -> Given:
    """Writes a data set that `amiss train` and `amiss evaluate` read.

    Repeated, it goes on: captures that stand stay as they are, whatever people said since.

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
    splits = _splits(site)
    claims = _Claims()
    with writing(out, Encoding(crops=False)) as writer:
        for looked, (one, truth) in enumerate(with_truths(site, wanted or Wanted()), start=1):
            tell(looked)
            if truth is None and not everything and "dataset" not in one.document["capture"]:
                done.unknown += 1
                continue
            split = splits.get(one.product or "") or split_of(one.product or one.id, shares)
            try:
                packed = as_people_say(site.images, one, truth, split)
                _place(writer, claims, packed, one.id)
            except (RecordError, DatasetError, ImageError) as error:
                done.left_out[one.id] = str(error)
                continue
            done.captures += 1
        _give_references(site, writer, claims, done, None if wanted is None else wanted.product)
        writer.publish()
    return done


@dataclass(slots=True)
class _Claims:
    """Whose names and files are whose: two data sets may call different things the same."""

    names: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def refuse_others(self, packed: Packed, owner: str) -> str:
        """The name of what is packed.

        Raises:
            RecordError: something else has its name, or a file of the same name.
        """
        (name, *_) = {_name(row) for row in packed.rows}
        taken = self.names.setdefault(f"{type(packed.rows[0]).__name__} {name}", owner) != owner
        for path, data in packed.files.items():
            taken |= self.files.setdefault(path, _short(data)) != _short(data)
        if taken:
            raise RecordError(
                f"Another data set calls something else {name}; export them one by one."
            )
        return name


def _short(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:16]


def _place(writer: Writer, claims: _Claims, packed: Packed, owner: str) -> None:
    name = claims.refuse_others(packed, owner)
    is_reference = isinstance(packed.rows[0], ReferenceRow)
    if not (writer.has_reference(name) if is_reference else name in writer):
        writer.place(packed)


def _name(row: QueryRow | ReferenceRow) -> str:
    if isinstance(row, ReferenceRow):
        return str(row.reference_id)
    return str(row.capture or row.capture_id)


def _splits(site: Site) -> dict[str, SplitName]:
    """Splits that data sets brought along: what else is known of a product must go there, too."""
    imported = select(INSPECTIONS.c.product, INSPECTIONS.c.document).where(
        INSPECTIONS.c.decision.is_(None), INSPECTIONS.c.product.is_not(None)
    )
    found: dict[str, SplitName] = {}
    with site.database.reading() as connection:
        for row in connection.execute(imported.execution_options(yield_per=1000)):
            dataset = json.loads(row.document)["capture"].get("dataset")
            if dataset is not None:
                found.setdefault(row.product, dataset["split"])
    return found


def _give_references(
    site: Site, writer: Writer, claims: _Claims, done: Given, product: str | None
) -> None:
    wanted = select(REFERENCES).order_by(REFERENCES.c.name)
    if product is not None:
        wanted = wanted.where(REFERENCES.c.product == product)
    with site.database.reading() as connection:
        rows = connection.execute(wanted).all()
    for row in rows:
        document = json.loads(row.document)
        try:
            packed = as_it_came(site.images, document["dataset"], document["views"], ReferenceRow)
            _place(writer, claims, packed, row.name)
        except (RecordError, DatasetError) as error:
            done.left_out[row.name] = str(error)
            continue
        done.references += 1


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
