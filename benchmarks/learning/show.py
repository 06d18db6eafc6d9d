"""Learning curves, scarcity and squeezed features as Markdown."""

from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]
_SHOWN = ("any", "any_r1", "major", "major_r1")


def curve_table(lines: Sequence[Document]) -> str:
    """A row for each run."""
    told = "AUROC any, recall at 1 %, major, recall at 1 %"
    rows = [
        f"| items | epochs | seed | without references: {told} | with references: the same |",
        "|---|---|---|---|---|",
    ]
    for line in lines:
        told = " | ".join(_sides(line["validation"]))
        rows.append(f"| {line['items']} | {line['epochs']} | {line['seed']} | {told} |")
    return "\n".join(rows)


def scarcity_table(document: Document) -> str:
    """The runs of both sides, and what references add."""
    rows = [
        "| references | recipe | seed | AP | AP at 1 % | AUROC |",
        "|---|---|---|---|---|---|",
    ]
    for side, words in (("alone", "none"), ("beside", "two captures")):
        found = document["sides"][side]
        rows += [
            f"| {words} | {found['recipe']} | {run['seed']} | {run['ap']:.3f} | "
            f"{run['ap_rare']:.3f} | {run['auroc']:.3f} |"
            for run in found["runs"]
        ]
        tried = ", ".join(
            f"{name} {figures[f'{side}_any_ap']:.3f}" for name, figures in found["tried"].items()
        )
        rows.append(f"| {words} | tried, on validation: {tried} | | | | |")
    gains = ", ".join(f"{gain:+.3f}" for gain in document["gain"])
    rows.append("")
    rows.append(
        f"References add {document['gain_mean']:+.3f} AP ({gains}); "
        f"{document['asked']:.3f} is asked."
    )
    return "\n".join(rows)


def squeezed_table(document: Document) -> str:
    """A row for each, and how large its cache is."""
    told = "AUROC any, recall at 1 %, major, recall at 1 %"
    rows = [
        f"| features | KiB a view | without references: {told} | with references: the same |",
        "|---|---|---|---|",
    ]
    for name, found in document.items():
        size = found["bytes_per_view"] / 1024
        rows.append(f"| {name} | {size:.1f} | {' | '.join(_sides(found['validation']))} |")
    items = next(iter(document.values()))["validation"]["items"]
    return "\n".join([*rows, "", f"{items:.0f} items of the validation splits."])


def _sides(told: Document) -> list[str]:
    return [
        ", ".join(f"{told[f'{side}_{name}']:.3f}" for name in _SHOWN)
        for side in ("alone", "beside")
    ]
