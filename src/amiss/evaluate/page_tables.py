"""The tables of a page."""

from collections.abc import Iterable, Mapping
from typing import Any

from amiss.evaluate.charts import arm_in_words
from amiss.evaluate.html import number, span, table
from amiss.evaluate.tables import LEAST_ITEMS

Document = Mapping[str, Any]

HEADLINES = {
    "auroc": "AUROC",
    "ap": "Average precision, any damage",
    "ap_major": "Average precision, major damage only",
    "recall_at_fpr_1pct": "Recall at 1 % false positives",
    "recall_at_50p": "Recall at 50 % precision",
    "ece": "Calibration error, as measured",
    "ece_in_production": "Calibration error, in production",
}
PIXELS = {"pixel_auroc": "Pixel AUROC", "aupro": "AUPRO"}
COUNTS = {
    "n_good": "good items",
    "n_damaged": "items that are amiss",
    "n_products": "products",
    "n_wrong_item": "of them wrong items",
    "n_unknown_product": "of an unknown product",
    "n_unseen": "damaged, and hardly to be seen in any view",
    "n_no_opinion": "without an opinion",
    "n_unlabelled": "left out: nobody has looked at them",
}
SLICES = {
    "type": "Type",
    "severity": "Severity",
    "visible": "Damage to be seen in some view",
    "tag": "Tag",
    "material": "Material",
    "step": "Process step",
    "design": "Design",
    "references": "References",
    "coverage": "Share of the item that references show",
    "views": "Views",
}
ADDED = {
    "references": "What references add",
    "depth_and_tray": "What depth and the empty tray add",
}
MIDDLE = "0.005"
"""The budget at which slices are told; the document has all."""


def arms(document: Document) -> str:
    """The figures of every arm beside each other, and the interval of the fullest."""
    all_arms, spans = document["arms"], document["intervals"]
    rows = [
        [name, *(number(own[key]) for own in all_arms.values()), span(spans.get(key))]
        for key, name in HEADLINES.items()
    ]
    rows += [
        [
            f"Recall, {float(budget):.1%} of all items sidelined",
            *(number(own["recall_at_budget"][budget]) for own in all_arms.values()),
            span(spans["recall_at_budget"][budget]),
        ]
        for budget in document["recall_at_budget"]
    ]
    rows += [
        [name, *[""] * (len(all_arms) - 1), number(document[key]), ""]
        for key, name in PIXELS.items()
        if key in document
    ]
    return table(
        [
            "",
            *(f">{arm_in_words(name)}" for name in all_arms),
            ">95 % interval (products drawn anew)",
        ],
        rows,
    )


def absent(document: Document) -> str:
    """One sentence for each thing that no item, or not every item, came with."""
    n = document["n_good"] + document["n_damaged"]
    words = {"references": "references", "depth": "depth", "empty_tray": "an empty tray"}
    sentences = []
    for part, count in document["n_with"].items():
        if count == 0:
            sentences.append(f"No item came with {words[part]}, so there is no such arm.")
        elif count < n:
            sentences.append(
                f"{n - count} of {n} items came without {words[part]}, and count as they are."
            )
    return " ".join(sentences)


def decided(document: Document) -> str:
    """What was decided at the operating point, and how many items of what kind there are."""
    shares = [
        [f"{name} items {key.replace('_', ' ')}", "–" if share is None else f"{share:.1%}"]
        for key in ("sidelined", "not_inspected")
        for name, share in document[key].items()
    ]
    counts = [[name, str(document[key])] for key, name in COUNTS.items()]
    return table(["At the operating point", ">"], [*shares, *counts])


def gains(document: Document) -> Iterable[str]:
    """What references, and depth with the empty tray, add; slice by slice."""
    for what, own in document["gains"].items():
        yield f"<h2>{ADDED[what]}</h2>"
        pair = f"{arm_in_words(own['after'])} against {arm_in_words(own['before'])}"
        yield (
            f"<p>{pair.capitalize()}, the same items in both: gain and its 95 % interval. Recall "
            f"is that at a budget of {float(MIDDLE):.1%} of all items; slices of at least "
            f"{LEAST_ITEMS} items.</p>"
        )
        rows = [["all", "", "", *gain_cells(own["all"])]]
        rows += [
            [SLICES[kind], name, str(figures["n"]), *gain_cells(figures)]
            for kind, members in own["by_slice"].items()
            for name, figures in members.items()
        ]
        head = ("slice", "", ">items", ">AUROC", ">95 % interval", ">recall", ">95 % interval")
        yield table(head, rows)


def gain_cells(figures: Document) -> list[str]:
    """AUROC's gain and its interval, and those of recall at the budget."""
    pair = (figures.get("auroc"), figures.get("recall_at_budget", {}).get(MIDDLE))
    return [cell for one in pair for cell in _signed(one)]


def _signed(one: Document | None) -> tuple[str, str]:
    if one is None:
        return "", ""
    return f"{one['gain']:+.3f}", f"{one['low']:+.3f} to {one['high']:+.3f}"


def types(document: Document) -> str:
    """Each type against all good items, as if it were one item in a hundred."""
    return table(
        [
            *("type", ">items", f">AP at {document['type_prevalence']:.0%}", ">95 % interval"),
            *(">AUROC", ">recall at 1 % false positives", ">recall at the budget"),
            ">not inspected",
        ],
        [
            [
                name,
                str(own["n"]),
                number(own["ap_1pct"]),
                span(own["intervals"]["ap_1pct"]),
                number(own["auroc"]),
                number(own["recall_at_fpr_1pct"]),
                number(own["recall_at_budget"][MIDDLE]),
                number(own["not_inspected"]),
            ]
            for name, own in document["by_type"].items()
        ],
    )


def slices(document: Document) -> Iterable[str]:
    """A table for each thing that figures are sliced by, where that makes a difference."""
    for kind, members in document["by_slice"].items():
        if len(members) > 1 or kind == "tag":
            yield f"<h2>{SLICES[kind]}</h2>"
            yield table(
                [
                    *(kind, ">good", ">damaged", ">AUROC", ">recall at 1 % false positives"),
                    *(">recall at the budget", ">95 % interval", ">good ones flagged by it"),
                ],
                [
                    [
                        name,
                        str(own["n_good"]),
                        str(own["n_damaged"]),
                        number(own["auroc"]),
                        number(own["recall_at_fpr_1pct"]),
                        number(own["recall_at_budget"][MIDDLE]),
                        span(own["intervals"]["recall_at_budget"][MIDDLE]),
                        number(own["good_flagged_at_budget"][MIDDLE]),
                    ]
                    for name, own in members.items()
                ],
            )


def cameras(document: Document) -> str:
    """Each camera, picture by picture."""
    return table(
        ["camera", ">views without damage", ">views with damage", ">not seen", ">AUROC"],
        [
            [
                name or "not named",
                str(own["n_good"]),
                str(own["n_damaged"]),
                str(own["n_no_opinion"]),
                number(own["auroc"]),
            ]
            for name, own in document["by_camera"].items()
        ],
    )
