"""Pristine pictures that come with data sets, kept to be given out with them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert

from amiss.record.canonical import canonical, digest
from amiss.record.facts import Act, Fact
from amiss.record.inspections import ViewPictures, pictures_of
from amiss.record.tables import PICTURES, REFERENCES
from amiss.record.times import now
from amiss.record.write import Writing


@dataclass(frozen=True, slots=True)
class Pristine:
    """A reference, of one picture or several. name: its own on the site.

    facts: whatever else is known, as plain JSON values.
    """

    name: str
    product: str
    views: Sequence[ViewPictures]
    design: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def reference(one: Pristine, actor: str) -> Writing:
    """What is written of a reference."""
    files = [dict(view.files()) for view in one.views]
    views = [
        {"camera": view.camera, "pictures": {kind: digest(data) for kind, data in some.items()}}
        for view, some in zip(one.views, files, strict=True)
    ]
    document = {**one.facts, "views": views}
    row = {
        "name": one.name,
        "at": now(),
        "product": one.product,
        "design": one.design,
        "document": canonical(document),
    }

    def beside(connection: Connection) -> None:
        if pictures := list(pictures_of(one.name, views)):
            connection.execute(insert(PICTURES), pictures)

    stored = {digest(data): data for some in files for data in some.values()}
    return Writing(one.name, Act(actor, "refer"), [Fact(REFERENCES, row)], stored, beside=beside)
