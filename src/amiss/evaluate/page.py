"""The report of an evaluation as one page that needs nothing beside itself."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from amiss.dataset.reader import Split
from amiss.domain.errors import InputError
from amiss.evaluate.capture_report import CaptureReport
from amiss.evaluate.captures import InspectCaptures
from amiss.evaluate.curve import budget_curve, draw
from amiss.evaluate.html import STYLE, number, span, table
from amiss.evaluate.worst import Exhibit, data_urls, worst_errors

Document = Mapping[str, Any]

HEADLINES = {
    "auroc": "AUROC",
    "ap": "Average precision, any damage",
    "ap_major": "Average precision, major damage only",
    "recall_at_fpr_1pct": "Recall at 1 % false positives",
    "recall_at_50p": "Recall at 50 % precision",
}
PIXELS = {"pixel_auroc": "Pixel AUROC", "aupro": "AUPRO"}
COUNTS = {
    "n_good": "good items",
    "n_damaged": "items that are amiss",
    "n_products": "products",
    "n_wrong_item": "of them wrong items",
    "n_unknown_product": "of an unknown product",
    "n_no_opinion": "without an opinion",
    "n_unlabelled": "left out: nobody has looked at them",
}
SLICES = {
    "tag": "Tag",
    "material": "Material",
    "step": "Process step",
    "design": "Design",
    "references": "References",
    "views": "Views",
}


def write_page(
    path: Path, report: CaptureReport, document: Document, split: Split, inspect: InspectCaptures
) -> None:
    """Writes the page; the worst errors are inspected once more to be shown.

    document: what `report.export()` gives, and which bundle, operating point and engine it was.

    Raises:
        InputError: the file cannot be written.
    """
    text = page(report, document, worst_errors(report, split, inspect))
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written ({error.strerror or error}).") from error


def page(
    report: CaptureReport, document: Document, exhibits: Mapping[str, Sequence[Exhibit]]
) -> str:
    """The whole page."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Amiss: evaluation</title><style>{STYLE}</style></head><body>",
        "<h1>How good Amiss is on these captures</h1>",
        f'<p class="what">{escape(_what(report, document))}</p>',
        "<h2>Figures</h2>",
        _figures(document),
        "<h2>What it finds, and what that costs</h2>",
        _curve(report),
        f"<p>Dotted: budgets of 0.1 %, 0.5 % and 1 %. {_least_share(document['n_good'])}</p>",
        "<h2>By type</h2>",
        _by_type(document["by_type"]),
        *_slices(document["by_slice"]),
        "<h2>By camera, picture by picture</h2>",
        _by_camera(document["by_camera"]),
        "<h2>Good items that look most damaged</h2>",
        *map(_figure, exhibits["alarms"]),
        "<h2>Damaged items that look most sound</h2>",
        "<p>What is amiss is outlined where it is known.</p>",
        *map(_figure, exhibits["misses"]),
        "</body></html>",
    ]
    return "\n".join(parts)


def _what(report: CaptureReport, document: Document) -> str:
    simulated = report.n_simulated == len(report.rows)
    pictures = "Simulated captures" if simulated else "Captures"
    if 0 < report.n_simulated < len(report.rows):
        pictures = f"Captures, {report.n_simulated} of {len(report.rows)} simulated"
    return (
        f"{pictures}; split {report.split}, {report.references} references of each camera, "
        f"seed {report.seed}; {document['bundle']}, operating point {document['operating_point']}, "
        f"{document['engine']}."
    )


def _figures(document: Document) -> str:
    intervals = document["intervals"]
    rows = [
        [name, *_compared(document, key), span(intervals.get(key))]
        for key, name in HEADLINES.items()
    ]
    rows += [
        [
            f"Recall, {float(budget):.1%} of all items sidelined",
            *_compared(document, "recall_at_budget", budget),
            span(intervals["recall_at_budget"][budget]),
        ]
        for budget in document["recall_at_budget"]
    ]
    rows += [
        [name, "", number(document[key]), ""] for key, name in PIXELS.items() if key in document
    ]
    shares = [
        [
            f"{name} items {key.replace('_', ' ')}",
            "–" if share is None else f"{share:.1%}",
        ]
        for key in ("sidelined", "not_inspected")
        for name, share in document[key].items()
    ]
    counts = [[name, str(document[key])] for key, name in COUNTS.items()]
    return table(
        ["", ">without references", ">with", ">95 % interval (products drawn anew)"], rows
    ) + table(["At the operating point", ">"], [*shares, *counts])


def _least_share(n_good: int) -> str:
    return (
        f"With {n_good} good items, a share below {1 / n_good:.2%} cannot be told from none: there "
        "the curve shows the damage that ranks above every good item."
    )


def _compared(document: Document, key: str, inner: str | None = None) -> list[str]:
    """A figure without and with references."""
    found = []
    for side in (document["without"], document["with"]):
        value = None if side is None else side[key]
        found.append(number(value[inner] if inner is not None and value is not None else value))
    return found


def _curve(report: CaptureReport) -> str:
    labels = [row.truth.amiss for row in report.rows]
    curves = {}
    if report.references:
        curves["with references"] = budget_curve(labels, [r.found.score for r in report.rows])
    curves["without"] = budget_curve(labels, [row.without.score for row in report.rows])
    return draw(curves)


def _by_type(figures: Document) -> str:
    return table(
        ["type", ">items", ">AUROC", ">recall at 1 % false positives", ">not inspected"],
        [
            [
                name,
                str(own["n"]),
                number(own["auroc"]),
                number(own["recall_at_fpr_1pct"]),
                number(own["not_inspected"]),
            ]
            for name, own in figures.items()
        ],
    )


def _slices(slices: Document) -> Iterable[str]:
    for kind, members in slices.items():
        if len(members) > 1 or kind == "tag":
            yield f"<h2>{SLICES[kind]}</h2>"
            yield table(
                [kind, ">good", ">damaged", ">AUROC", ">recall at 1 % false positives"],
                [
                    [
                        name,
                        str(own["n_good"]),
                        str(own["n_damaged"]),
                        number(own["auroc"]),
                        number(own["recall_at_fpr_1pct"]),
                    ]
                    for name, own in members.items()
                ],
            )


def _by_camera(figures: Document) -> str:
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
            for name, own in figures.items()
        ],
    )


def _figure(exhibit: Exhibit) -> str:
    row = exhibit.row
    what = ", ".join(row.truth.types) or "sound"
    caption = f"{row.id}, {row.product}: {what}; score {number(row.found.score)}"
    views = "".join(f'<img alt="view" src="{url}">' for url in data_urls(exhibit.views))
    references = "".join(
        f'<img alt="reference" src="{url}">' for url in data_urls(exhibit.references)
    )
    return (
        f"<figure><div>{views}</div>"
        + (f'<div class="ref">{references}</div>' if references else "")
        + f"<figcaption>{escape(caption)}, {row.found.decision.replace('_', ' ')}. "
        f"{escape(exhibit.story)}</figcaption></figure>"
    )
