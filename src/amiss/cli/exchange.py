"""`amiss import` and `amiss export`: files into a site's record, and out of it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amiss.cli.options import AsJson, SiteOption
from amiss.cli.output import print_json, progress, say
from amiss.domain.errors import InputError
from amiss.domain.words import DamageType, Decision

if TYPE_CHECKING:
    from amiss.record.queries.inspections import Wanted
    from amiss.record.site import Site

ACTOR = "amiss import"
Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", show_default=False)
]


class Kind(StrEnum):
    """What comes in."""

    DATASET = "dataset"
    CATALOGUE = "catalogue"
    ITEMS = "items"
    OUTCOMES = "outcomes"
    LABEL_STUDIO = "label-studio"


class Format(StrEnum):
    """What goes out."""

    DATASET = "dataset"
    COCO = "coco"
    LABEL_STUDIO = "label-studio"
    CSV = "csv"


def import_(
    source: Annotated[Path, typer.Argument(metavar="WHAT", help="A folder, archive or file.")],
    site: SiteOption,
    kind: Annotated[Kind, typer.Option("--kind", help="What it is.")] = Kind.DATASET,
    layout: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a data set; left out, Amiss looks.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of a data set on this site; by default its folder's."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring data sets, the catalogue, items, outcomes or annotations into a site's record."""
    from amiss.record.site import Site

    called = name or (source.resolve().name if source.is_dir() else source.stem)
    with Site.open(site) as opened, _unpacked(source) as path:
        if kind is Kind.DATASET:
            document = _import_dataset(opened, path, layout, called)
        elif kind is Kind.LABEL_STUDIO:
            from amiss.record.exchange.label_studio import bring_label_studio

            document = bring_label_studio(opened, _tasks(path), called).export()
        else:
            document = _import_table(opened, path, kind)
    if as_json:
        print_json(document)
        return
    refused = document.get("refused") or document.get("left_out") or ()
    told = ", ".join(f"{n} {word}" for word, n in document.items() if isinstance(n, int))
    say(f"{told}; {len(refused)} refused or left out.")
    for line in _reasons(refused):
        say(f"  {line}")


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder, or the file of a CSV.")],
    site: SiteOption,
    form: Annotated[Format, typer.Option("--format", help="What is written.")] = Format.DATASET,
    since: Day = None,
    until: Day = None,
    product: Annotated[
        str | None, typer.Option(metavar="SKU", help="Of this product only.")
    ] = None,
    decision: Annotated[Decision | None, typer.Option(help="With this decision only.")] = None,
    damage: Annotated[DamageType | None, typer.Option(help="With a finding of this type.")] = None,
    everything: Annotated[
        bool,
        typer.Option("--everything", help="Also what nobody said is damaged or sound."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write what a site recorded: a data set to train on, COCO, Label Studio, or a table."""
    from amiss.record.queries.inspections import Wanted
    from amiss.record.site import Site

    wanted = Wanted(
        since=None if since is None else since.replace(tzinfo=UTC),
        until=None if until is None else until.replace(tzinfo=UTC),
        product=product,
        decision=decision,
        kind=None if damage is None else damage.value,
    )
    with Site.open(site) as opened:
        document = _export(opened, out, form, wanted, everything=everything)
    if as_json:
        print_json(document)
    else:
        told = ", ".join(f"{n} {word}" for word, n in document.items() if isinstance(n, int))
        say(f"{told} in {out}.")
        for line in _reasons(document.get("left_out") or ()):
            say(f"  {line}")


def _export(
    site: "Site", out: Path, form: Format, wanted: "Wanted", *, everything: bool
) -> dict[str, Any]:
    if form is Format.DATASET:
        from amiss.record.exchange.give import give

        with progress("Writing") as moved:
            given = give(site, out, wanted, everything=everything, tell=lambda done: moved(done, 0))
        return given.export()
    if form is Format.COCO:
        from amiss.record.exchange.coco import give_coco

        left_out: dict[str, str] = {}
        return {"pictures": give_coco(site, out, wanted, left_out), "left_out": left_out}
    if form is Format.LABEL_STUDIO:
        from amiss.record.exchange.label_studio import give_label_studio

        skipped: dict[str, str] = {}
        n = give_label_studio(site, out, wanted, skipped)
        return {"pictures": n, "left_out": skipped}
    from amiss.record.exchange.list import give_csv

    return {"rows": give_csv(site, out, wanted)}


def _import_dataset(site: "Site", path: Path, layout: str | None, name: str) -> dict[str, Any]:
    from amiss.dataset.reader import LAYOUTS, open_dataset
    from amiss.record.exchange.bring import bring

    known = next((one for one in LAYOUTS if one == layout), None)
    if layout is not None and known is None:
        raise InputError(f"There is no layout {layout!r}; choose from {', '.join(LAYOUTS)}.")
    with progress("Importing") as moved:
        return bring(site, open_dataset(path, layout=known), name, moved).export()


def _import_table(site: "Site", path: Path, kind: Kind) -> dict[str, Any]:
    if kind is Kind.CATALOGUE:
        from amiss.record.catalogue.upsert import Catalogue

        return Catalogue(site.database).read(path, actor=ACTOR).export()
    from amiss.record.exchange.tables import read_items, read_outcomes

    read = read_items if kind is Kind.ITEMS else read_outcomes
    return read(site.database, path, actor=ACTOR)


def _tasks(path: Path) -> Path:
    """The file of tasks, where an archive was unpacked."""
    if path.is_file():
        return path
    found = sorted(path.rglob("*.json"))
    if len(found) != 1:
        raise InputError(f"{path} holds {len(found)} JSON files; name the one of the tasks.")
    return found[0]


def _reasons(refused: Any) -> Iterator[str]:  # noqa: ANN401 - a list or reasons by name
    if isinstance(refused, dict):
        yield from (f"{name}: {reason}" for name, reason in refused.items())
        return
    for one in refused:
        told = one if isinstance(one, dict) else {"reason": one}
        yield ", ".join(f"{name} {value}" for name, value in told.items() if value != "")


@contextmanager
def _unpacked(source: Path) -> Iterator[Path]:
    """What is in an archive, for as long as it is read; anything else as it is."""
    if source.suffix.lower() != ".zip":
        yield source
        return
    from amiss.record.exchange.unzip import unzip

    with tempfile.TemporaryDirectory() as scratch:
        unzip(source, Path(scratch))
        inside = list(Path(scratch).iterdir())
        yield inside[0] if len(inside) == 1 and inside[0].is_dir() else Path(scratch)
