"""The report of an evaluation as one page that needs nothing beside itself."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from amiss.dataset.reader import Split
from amiss.domain.errors import InputError
from amiss.evaluate import page_tables
from amiss.evaluate.capture_report import CaptureReport
from amiss.evaluate.charts import budget_chart, precision_chart, reliability_chart
from amiss.evaluate.html import STYLE, number
from amiss.evaluate.inspection import InspectCaptures
from amiss.evaluate.ranking import PREVALENCE
from amiss.evaluate.worst import Exhibit, data_urls, worst_errors

Document = Mapping[str, Any]


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
        page_tables.arms(document),
        f"<p>{escape(page_tables.absent(document))}</p>",
        page_tables.decided(document),
        "<h2>What it finds, and what that costs</h2>",
        budget_chart(report),
        f"<p>Dotted: budgets of 0.1 %, 0.5 % and 1 %. {_least_share(document['n_good'])}</p>",
        '<div class="pair">',
        precision_chart(report),
        precision_chart(report, PREVALENCE),
        "</div>",
        "<h2>What a confidence is worth</h2>",
        reliability_chart(document["calibration"]),
        f"<p>{_calibration(document)}</p>",
        *page_tables.gains(document),
        "<h2>By type</h2>",
        page_tables.types(document),
        *page_tables.slices(document),
        "<h2>By camera, picture by picture</h2>",
        page_tables.cameras(document),
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


def _least_share(n_good: int) -> str:
    return (
        f"With {n_good} good items, a share below {1 / n_good:.2%} cannot be told from none: there "
        "the curve shows the damage that ranks above every good item."
    )


def _calibration(document: Document) -> str:
    """How to read the picture, and how many items are not in it."""
    silent = document["calibration"]["measured"]["n_no_opinion"]
    left_out = f" {silent} items without an opinion are in no bin." if silent else ""
    return (
        "Each dot is a bin, and all bins hold as many of these items; both axes are stretched "
        "towards 0 and 100 %, and shares beyond their ends lie on them. On the dotted line a "
        f"confidence is what it says.{left_out}"
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
