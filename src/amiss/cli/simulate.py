"""`amiss simulate`."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from amiss.cli.options import AsJson
from amiss.cli.output import console, print_json, progress
from amiss.domain.errors import InputError

if TYPE_CHECKING:
    from amiss.simulate.products.product import Kind


def simulate(
    out: Annotated[Path, typer.Argument(help="Folder of the data set: new, or to go on with.")],
    items: Annotated[int, typer.Option(min=1, metavar="N", help="How many items.")],
    seed: Annotated[int, typer.Option(min=0, metavar="S", help="Which data set.")],
    views: Annotated[int, typer.Option(min=1, max=5, metavar="V", help="Cameras.")] = 3,
    size: Annotated[
        int, typer.Option(min=16, max=4096, metavar="PX", help="Pixels of a side of the pictures.")
    ] = 640,
    backend: Annotated[
        Literal["path", "fast"], typer.Option(help="The renderer: path-traced, or fast.")
    ] = "path",
    variant: Annotated[
        Literal["auto", "llvm", "cuda", "scalar"],
        typer.Option(help="How the path tracer computes; auto is llvm, without LLVM scalar."),
    ] = "auto",
    first: Annotated[
        int, typer.Option(min=0, metavar="I", help="Index of the first item, to share the work.")
    ] = 0,
    damaged: Annotated[
        float, typer.Option(min=0, max=1, metavar="SHARE", help="Share of items that are damaged.")
    ] = 0.5,
    references: Annotated[
        int, typer.Option(min=0, max=8, metavar="K", help="Pristine captures of each product.")
    ] = 2,
    kinds: Annotated[
        str, typer.Option(metavar="KIND,…", help="Kinds of products; by default all.")
    ] = "",
    twins: Annotated[
        bool, typer.Option("--twins", help="Capture every damaged item once more, intact.")
    ] = False,
    even: Annotated[
        bool,
        typer.Option("--even", help="Rare damages as often as common ones, and more major ones."),
    ] = False,
    deceptive: Annotated[
        float,
        typer.Option(
            min=0, max=1, metavar="SHARE", help="Share of products whose print pretends a damage."
        ),
    ] = 0.12,
    per_product: Annotated[
        int, typer.Option(min=1, max=40, metavar="N", help="Items that show one product.")
    ] = 4,
    siblings: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            metavar="SHARE",
            help="Share of products with a sibling: another colour, flavour, size or edition.",
        ),
    ] = 0.0,
    no_crops: Annotated[
        bool, typer.Option("--no-crops", help="Do not also cut the items out.")
    ] = False,
    no_empty_trays: Annotated[
        bool, typer.Option("--no-empty-trays", help="Leave out pictures of the empty tray.")
    ] = False,
    parts: Annotated[
        list[Path] | None,
        typer.Option(
            "--from", metavar="DIR", help="Take over what was simulated there; may be repeated."
        ),
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, max=256, metavar="P", help="How many processes draw.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Write a simulated data set: products that do not exist, sound and damaged."""
    from amiss.dataset.pack_picture import Encoding
    from amiss.simulate.bulk import Bulk
    from amiss.simulate.plan import Plan
    from amiss.simulate.render.choose import open_backend
    from amiss.simulate.studio import Outfit
    from amiss.vision.engine.threads import default_threads

    plan = Plan(
        seed,
        damaged,
        references,
        _kinds(kinds),
        twins,
        even,
        deceptive,
        per_product,
        siblings,
    )
    outfit = Outfit(views, size, not no_empty_trays, Encoding(crops=not no_crops))
    threads = None if processes == 1 else max(1, default_threads() // processes)
    opener = partial(open_backend, backend, threads, variant)
    opened = opener()
    bulk = Bulk(out, plan, outfit, opened, opener, processes)
    indexes = range(first, first + items)
    with progress("Simulating") as moved:
        made = bulk.make(indexes, parts or (), moved)
    frames = made.drawn * views
    document = {
        "out": str(out),
        "first": first,
        "items": items,
        "damaged": sum(map(plan.is_damaged, indexes)),
        "captures": made.captures,
        "drawn": made.drawn,
        "taken_over": made.taken_over,
        "frames": frames,
        "seconds": made.seconds,
        "seconds_per_frame": made.seconds / frames if frames else None,
        "backend": opened.name,
        "note": getattr(opened, "note", ""),
    }
    if as_json:
        print_json(document)
    else:
        _show(document)


def _kinds(words: str) -> "tuple[Kind, ...]":
    """The kinds asked for, in the order of the enum, so that theirs does not matter."""
    from amiss.simulate.products.product import Kind

    asked = {word.strip() for word in words.split(",") if word.strip()}
    unknown = sorted(asked - set(Kind))
    if unknown:
        raise InputError(
            f"There is no kind of product {unknown[0]!r}: choose from {', '.join(Kind)}."
        )
    return tuple(kind for kind in Kind if not asked or kind in asked)


def _show(document: dict[str, Any]) -> None:
    """What stands now, for people."""
    to = console()
    to.print(
        f"{document['items']} items, {document['damaged']} of them damaged, in {document['out']}: "
        f"{document['captures']} captures with references and twins."
    )
    if document["taken_over"]:
        to.print(f"{document['taken_over']} captures and references were taken over.")
    if document["drawn"]:
        to.print(
            f"{document['drawn']} were drawn, {document['frames']} frames at "
            f"{document['seconds_per_frame']:.2f} s, {document['backend']}."
        )
    else:
        to.print("Nothing was left to draw.")
