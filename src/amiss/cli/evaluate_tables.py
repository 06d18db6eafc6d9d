"""What `amiss evaluate` prints for people."""

from typing import TYPE_CHECKING, Any

from amiss.cli.output import console, number, table
from amiss.evaluate.charts import arm_in_words
from amiss.evaluate.page_tables import MIDDLE, gain_cells

if TYPE_CHECKING:
    from rich.table import Table

Document = dict[str, Any]

FIGURES = {
    "auroc": "AUROC",
    "ap": "average precision",
    "ap_major": "average precision, major only",
    "recall_at_fpr_1pct": "recall at 1 % false positives",
    "recall_at_50p": "recall at 50 % precision",
    "ece": "calibration error, as measured",
    "ece_in_production": "calibration error, in production",
    "pixel_auroc": "pixel AUROC",
    "aupro": "AUPRO",
}
COUNTS = (
    *("n_good", "n_damaged", "n_products", "n_wrong_item", "n_unknown_product", "n_unlabelled"),
    *("n_simulated", "n_unseen", "n_no_opinion", "n_unmasked", "n_ignored_files"),
)


def show(document: Document) -> None:
    """The figures for people; nothing that was tested is left out without a word."""
    to = console()
    to.print(_figures(document))
    if "arms" in document:
        to.print(_arms(document["arms"]))
        _say_what_is_absent(document["n_with"])
        for what, gains in document["gains"].items():
            to.print(_gains(what.replace("_", " "), gains))
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


def _arms(arms: dict[str, Document]) -> "Table":
    beside = table("figure", *(f">{arm_in_words(name)}" for name in arms))
    for key, name in FIGURES.items():
        if all(key in own for own in arms.values()):
            beside.add_row(name, *(number(own[key]) for own in arms.values()))
    for budget in next(iter(arms.values()))["recall_at_budget"]:
        recalls = (number(own["recall_at_budget"][budget]) for own in arms.values())
        beside.add_row(f"recall, {float(budget):.1%} of all sidelined", *recalls)
    return beside


def _say_what_is_absent(n_with: dict[str, int]) -> None:
    absent = [part.replace("_", " ") for part, n in n_with.items() if not n]
    if absent:
        console().print(f"No item came with: {', '.join(absent)}; there is no arm with it.")


def _gains(what: str, gains: Document) -> "Table":
    rows = table(
        *("slice", ">items", ">AUROC", ">95 % interval"),
        *(f">recall, {float(MIDDLE):.1%}", ">95 % interval"),
        title=f"what {what} add",
    )
    rows.add_row("all", "", *gain_cells(gains["all"]))
    for kind, members in gains["by_slice"].items():
        for name, own in members.items():
            rows.add_row(f"{kind}: {name}", str(own["n"]), *gain_cells(own))
    return rows


def _classes(figures: dict[str, Document | None]) -> "Table":
    labels = table("label", ">n", ">recall", ">false positive rate")
    for name, own in figures.items():
        if own is None:
            labels.add_row(name, "", "not expressible", "")
        else:
            labels.add_row(name, str(own["n"]), number(own["recall"]), number(own["fpr"]))
    return labels


def _by_type(figures: dict[str, Document]) -> "Table":
    """Of captures also average precision at 1 % of the type, and recall at the budget."""
    of_captures = all("ap_1pct" in own for own in figures.values())
    more = (">AP at 1 %", f">recall, {float(MIDDLE):.1%}") if of_captures else ()
    types = table("type", ">n", ">AUROC", ">recall at 1 %", *more)
    for name, own in figures.items():
        shown = [own["auroc"], own["recall_at_fpr_1pct"]]
        if of_captures:
            shown += [own["ap_1pct"], own["recall_at_budget"][MIDDLE]]
        types.add_row(name, str(own["n"]), *map(number, shown))
    return types


def _by_slice(kind: str, slices: dict[str, Document]) -> "Table":
    head = (">good", ">damaged", ">AUROC", ">recall at 1 %", f">recall, {float(MIDDLE):.1%}")
    rows = table(kind, *head)
    for name, own in slices.items():
        rows.add_row(
            name,
            str(own["n_good"]),
            str(own["n_damaged"]),
            number(own["auroc"]),
            number(own["recall_at_fpr_1pct"]),
            number(own["recall_at_budget"][MIDDLE]),
        )
    return rows
