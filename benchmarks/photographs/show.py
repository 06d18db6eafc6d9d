"""The figures as Markdown."""

from collections.abc import Mapping
from typing import Any

from benchmarks.familiarity import in_words
from benchmarks.photographs.figures import FLAGGED, PAIRS
from benchmarks.photographs.score import ARMS

from amiss.domain.words import DamageType, Severity

MET = {True: "yes", False: "**no**", None: "–"}
SHARES = {
    f"sound/{FLAGGED}": "sound, flagged where 80 % of major damage is caught",
    f"aside/{FLAGGED}": "of those in which no item stands out, flagged there",
    "sound/sideline": "sound, sidelined at the operating point",
    "damaged/sideline": "damaged, sidelined at the operating point",
    "major/sideline": "major damage, sidelined at the operating point",
    "sound/not_inspected": "sound, not inspected",
    "damaged/not_inspected": "damaged, not inspected",
    "damaged/on_place": "damaged, hottest place on the damage",
    "damaged/named": "damaged, surest finding called by its type",
}


def markdown(document: Mapping[str, Any]) -> str:
    """All of it."""
    return "\n\n".join(
        [_counts(document["counts"]), _must_show(document), _arms(document), _gains(document)]
        + [
            f"Familiarity, {kind}: {in_words(one)}."
            for kind, one in document["familiarity"].items()
        ]
    )


def _counts(counts: Mapping[str, Any]) -> str:
    return (
        f"{counts['products']} products: {counts['sound']} photographs left as they are, "
        f"{counts['damaged']} painted on ({counts['major']} major), {counts['pasted']} seamed; "
        f"in {counts['aside']} more no item stands out."
    )


def _must_show(document: Mapping[str, Any]) -> str:
    rows = [
        [one["what"], one["target"], _signed(one) if "−" in one["what"] else _figure(one),
         MET[one["met"]]]
        for one in document["must_show"]
    ]  # fmt: skip
    return _table(["what", "target", "figure", "met"], rows)


def _arms(document: Mapping[str, Any]) -> str:
    counts, by_arm = document["counts"], document["by_arm"]
    names = ["damaged", *Severity, *DamageType, "pasted"]
    rows = [
        [f"AUROC, {str(name).replace('_', ' ')}", str(counts[str(name)])]
        + [_figure(by_arm[arm].get(f"auroc/{name}")) for arm in ARMS]
        for name in names
        if counts[str(name)]
    ]
    rows += [
        [words, str(counts[key.split("/")[0]]), *(_figure(by_arm[arm].get(key)) for arm in ARMS)]
        for key, words in SHARES.items()
    ]
    return _table(["figure", "n", *ARMS], rows)


def _gains(document: Mapping[str, Any]) -> str:
    gained = document["gains"]
    columns = [f"{after} - {before}" for before, after in PAIRS]
    rows = [
        [name.replace("_", " "), *(_difference(gained[column].get(name)) for column in columns)]
        for name in gained[columns[0]]
    ]
    return _table(["AUROC gained", *columns], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _figure(one: Mapping[str, Any] | None) -> str:
    if one is None or one["value"] is None:
        return "–"
    if one["interval"] is None:
        return f"{one['value']:.3f}"
    low, high = one["interval"]
    return f"{one['value']:.3f} [{low:.3f}, {high:.3f}]"


def _signed(one: Mapping[str, Any]) -> str:
    if one["value"] is None:
        return "–"
    low, high = one["interval"]
    return f"{one['value']:+.3f} [{low:+.3f}, {high:+.3f}]"


def _difference(one: Mapping[str, Any] | None) -> str:
    if one is None:
        return "–"
    return f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"
