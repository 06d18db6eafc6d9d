"""What `amiss evaluate` prints for people."""

from typing import TYPE_CHECKING, Any

from amiss.cli.output import console, number, table

if TYPE_CHECKING:
    from rich.table import Table

Document = dict[str, Any]

FIGURES = {
    "auroc": "AUROC",
    "ap": "average precision",
    "ap_major": "average precision, major only",
    "recall_at_fpr_1pct": "recall at 1 % false positives",
    "recall_at_50p": "recall at 50 % precision",
    "pixel_auroc": "pixel AUROC",
    "aupro": "AUPRO",
}
COUNTS = (
    *("n_good", "n_damaged", "n_products", "n_wrong_item", "n_unknown_product", "n_unlabelled"),
    *("n_simulated", "n_no_opinion", "n_unmasked", "n_ignored_files"),
)


def show(document: Document) -> None:
    """The figures for people; nothing that was tested is left out without a word."""
    to = console()
    to.print(_figures(document))
    if "with" in document:
        to.print(_without_and_with(document))
    if "classes" in document:
        to.print(_classes(document["classes"]))
    if document["by_type"]:
        to.print(_by_type(document["by_type"]))
    for kind, slices in document.get("by_slice", {}).items():
        if len(slices) > 1 or kind == "tag":
            to.print(_by_slice(kind, slices))
    for image in document.get("images", ()):
        to.print(f"{number(image['score'])}  {image['decision']:13}  {image['name']}")
    for item in document.get("items", ()):
        types = ", ".join(item["types"])
        to.print(f"{number(item['score'])}  {item['decision']:13}  {item['id']}  {types}")
    if "report" in document:
        to.print(f"Report: {document['report']}")
    to.print(f"{document['bundle']}, {document['engine']}")


def _figures(document: Document) -> "Table":
    figures = table("figure", ">value", title=_title(document))
    for key, name in FIGURES.items():
        if key in document:
            figures.add_row(name, number(document[key]))
    for budget, recall in document.get("recall_at_budget", {}).items():
        figures.add_row(f"recall, {float(budget):.1%} of all sidelined", number(recall))
    figures.add_row("ms per picture", number(document["ms_per_image"], 0))
    for key in COUNTS:
        if key in document:
            figures.add_row(key.replace("_", " "), str(document[key]))
    for key in ("not_inspected", "sidelined"):
        for label, share in document.get(key, {}).items():
            figures.add_row(f"{label} {key.replace('_', ' ')}", f"{share:.1%}")
    return figures


def _title(document: Document) -> str:
    ending = f"{document['references']} references, seed {document['seed']}"
    if document["layout"] != "folder":
        what = "cut out" if document["picture"] == "crop" else "whole pictures"
        return f"split {document['split']}, {what}, {ending}"
    turned = ", turned" if document["rotate"] else ""
    half = "all pictures" if document["half"] == "all" else f"the half to {document['half']}"
    return f"{half}{turned}, {ending}"


def _without_and_with(document: Document) -> "Table":
    both = table("figure", ">without references", ">with")
    with_references = document["with"] or {}
    for key, name in FIGURES.items():
        if key in document["without"]:
            both.add_row(name, number(document["without"][key]), number(with_references.get(key)))
    return both


def _classes(figures: dict[str, Document | None]) -> "Table":
    labels = table("label", ">n", ">recall", ">false positive rate")
    for name, own in figures.items():
        if own is None:
            labels.add_row(name, "", "not expressible", "")
        else:
            labels.add_row(name, str(own["n"]), number(own["recall"]), number(own["fpr"]))
    return labels


def _by_type(figures: dict[str, Document]) -> "Table":
    types = table("type", ">n", ">AUROC", ">recall at 1 %")
    for name, own in figures.items():
        types.add_row(name, str(own["n"]), number(own["auroc"]), number(own["recall_at_fpr_1pct"]))
    return types


def _by_slice(kind: str, slices: dict[str, Document]) -> "Table":
    rows = table(kind, ">good", ">damaged", ">AUROC", ">recall at 1 %")
    for name, own in slices.items():
        rows.add_row(
            name,
            str(own["n_good"]),
            str(own["n_damaged"]),
            number(own["auroc"]),
            number(own["recall_at_fpr_1pct"]),
        )
    return rows
