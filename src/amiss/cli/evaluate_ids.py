"""`amiss evaluate` of identification."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from amiss.cli.output import console, number, progress, table
from amiss.domain.errors import InputError

if TYPE_CHECKING:
    from amiss.dataset.ids import IdsDataset
    from amiss.inspector import Inspector


@dataclass(frozen=True, slots=True)
class AskedIds:
    """What to identify. titles: a CSV file of cards; with it, text on items is read."""

    path: Path
    layout: Literal["ids", "armbench-ids"]
    gallery: Literal["iconic", "gallery"]
    split: Literal["train", "validation", "test"]
    titles: Path | None
    expected: bool


def identified(
    asked: AskedIds,
    load: Callable[[], "Inspector"],
    references: int,
    seed: int,
    *,
    details: bool,
) -> dict[str, Any]:
    """The figures.

    Raises:
        InputError: an option does not go with the layout, or the data set cannot be read.
    """
    from amiss.evaluate.ids import evaluate_ids
    from amiss.gallery.card import read_cards

    data = _opened(asked)
    named = None
    if asked.titles is not None:
        named = {card.product: card.title for card in read_cards(asked.titles)}
    inspector = load()
    with progress("Identifying") as moved:
        found = evaluate_ids(
            inspector,
            data,
            references=references,
            titles=named,
            expected=asked.expected,
            reads=named is not None,
            seed=seed,
            progress=moved,
        )
    return {
        **found.export(details=details),
        "layout": asked.layout,
        "gallery": asked.gallery if asked.layout == "ids" else None,
        "reads_text": named is not None,
        "bundle": inspector.bundle.id,
        "engine": inspector.eye.engine.name,
    }


def _opened(asked: AskedIds) -> "IdsDataset":
    from amiss.dataset.ids import open_armbench_ids, open_ids

    if asked.layout == "ids":
        if asked.expected or asked.split != "test":
            raise InputError("The layout ids takes no --expected and no --split; leave them out.")
        return open_ids(asked.path, asked.gallery)
    if asked.split == "validation":
        raise InputError("The layout armbench-ids has the splits train and test; choose one.")
    return open_armbench_ids(asked.path, asked.split)


def show_ids(document: dict[str, Any]) -> None:
    """The figures for people."""
    to = console()
    figures = table("figure", ">value", ">95 % interval", title=_title(document))
    for key, name in (("recall_at_1", "first"), ("recall_at_5", "among five")):
        span = document["intervals"][key]
        words = "" if span is None else f"{number(span[0])} – {number(span[1])}"
        figures.add_row(f"right product {name}", number(document[key]), words)
    figures.add_row("named, without a person", number(document["named"]), "")
    figures.add_row("of these rightly", number(document["named_rightly"]), "")
    figures.add_row("calibration error", number(document["ece"]), "")
    to.print(figures)
    curve = table(">surest share", ">right", ">probability from")
    for point in document["coverage_accuracy"]:
        curve.add_row(*(number(point[key]) for key in ("coverage", "accuracy", "probability")))
    to.print(curve)
    if document["n_without_reference"]:
        to.print(
            f"{document['n_without_reference']} queries are of products without a reference and "
            "count as not found."
        )
    to.print(f"{document['bundle']}, {document['engine']}")


def _title(document: dict[str, Any]) -> str:
    return (
        f"{document['n_queries']} queries among {document['n_products']} products, "
        f"{document['references']} references of each"
    )
