"""`amiss site`: the record of a site."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amiss.cli.options import CONTEXT, AsJson, SiteFolder
from amiss.cli.output import console, print_json, progress, say, table

if TYPE_CHECKING:
    from amiss.record.site import Site

ACTOR = "amiss site"
DAYS = "days that are kept; left out, all are"

app = typer.Typer(
    help="Keep the record of a site: what was seen, decided and said.",
    rich_markup_mode=None,
    context_settings=CONTEXT,
)


@app.command()
def create(site: SiteFolder, as_json: AsJson = False) -> None:
    """Make the record of a site: in its folder, or where its site.toml says."""
    from amiss.record.site import Site

    with Site.create(site) as made:
        _tell(
            {"database": made.database.shown, "images": made.images.shown},
            f"The record of {made.settings.name} begins in {made.database.shown}.",
            as_json=as_json,
        )


@app.command()
def upgrade(
    site: SiteFolder,
    to: Annotated[
        str, typer.Option(metavar="VERSION", help="Which version; an older one loses what is new.")
    ] = "head",
    as_json: AsJson = False,
) -> None:
    """Bring a record to the version of this Amiss; copy the database before."""
    from amiss.record.database import Database
    from amiss.record.migrate import migrate, version
    from amiss.record.settings import read_settings

    database = Database(read_settings(site).database)
    try:
        before = version(database)
        migrate(database, to)
        after = version(database)
    finally:
        database.close()
    told = {"before": before, "after": after}
    _tell(told, f"{database.shown} is of version {after} now.", as_json=as_json)


@app.command()
def sweep(
    site: SiteFolder,
    hours: Annotated[
        float, typer.Option(min=0, help="Pictures that are younger than so many hours stay.")
    ] = 1.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take away pictures that nothing in the record names, as killed processes leave them."""
    from dataclasses import asdict

    from amiss.record.sweep import sweep as sweep_away

    with _opened(site) as opened:
        done = sweep_away(opened.database, opened.images, timedelta(hours=hours), dry=dry_run)
    would = " would be" if dry_run else ""
    _tell(
        {"dry": dry_run, **asdict(done)},
        f"{done.pictures} pictures ({done.bytes >> 10} KiB){would} taken away.",
        as_json=as_json,
    )


@app.command()
def retain(
    site: SiteFolder,
    passed: Annotated[
        int | None, typer.Option(min=1, metavar="DAYS", help=f"Of what passed: {DAYS}.")
    ] = None,
    others: Annotated[
        int | None,
        typer.Option(min=1, metavar="DAYS", help=f"Of all other inspections and captures: {DAYS}."),
    ] = None,
    requests: Annotated[
        int, typer.Option(min=1, metavar="DAYS", help="Of idempotency keys: days that are kept.")
    ] = 30,
    messages: Annotated[
        int, typer.Option(min=1, metavar="DAYS", help="Of delivered messages: days that are kept.")
    ] = 30,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete; without, only say what would go.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a policy would delete, or delete it; the audit log proves what went."""
    from amiss.record.retention import Policy
    from amiss.record.retention import retain as keep_only

    policy = Policy(passed, others, requests, messages)
    with _opened(site) as opened:
        done = keep_only(opened, policy, actor=ACTOR, dry=not delete)
    if as_json:
        print_json(done.export())
        return
    shown = table("what", ">went" if delete else ">would go")
    for name, n in done.facts.items():
        shown.add_row(name, str(n))
    console().print(shown)
    say(f"Pictures of {done.bytes >> 20} MiB; the audit log ends with entry {done.head[0]}.")


def examine_site(folder: Path, head: str | None) -> dict[str, Any]:
    """What `amiss doctor --site` looks at: every row and picture.

    Raises:
        RecordError: there is no record, or it cannot be read at all.
    """
    from amiss.domain.errors import RecordError
    from amiss.record.examine.site import examine

    noted = None
    if head is not None:
        seq, _, hashed = head.partition(":")
        if not seq.isdecimal() or not hashed:
            raise RecordError(f"{head!r} is no head of an audit log; give NUMBER:HASH.")
        noted = int(seq), hashed
    with _opened(folder) as opened, progress("Examining") as moved:
        report = examine(opened, lambda _what, done, total: moved(done, total), noted)
    return report.export()


def _opened(folder: Path) -> "Site":
    from amiss.record.site import Site

    return Site.open(folder)


def _tell(document: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        say(sentence)
