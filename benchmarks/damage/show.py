"""The figures of a test set as Markdown."""

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.damage.gains import LEAST_AUROC, LEAST_RECALL

Document = dict[str, Any]
NONE = "–"


def markdown(name: str, what: str, found: Document) -> str:
    """Everything of one test set."""
    parts = [
        f"## {name}: {what}",
        _counts(found),
        _table(("what is asked", "target", "figure [95 %]", "n", "met"), _must(found)),
        "### By type, against all pristine items",
        _table(
            ("type", "n", "arm", "AP at 1 %", "AUROC", "recall at 1 % FPR", "recall at the budget"),
            _types(found["types"]),
        ),
    ]
    for pair, gains in found["gains"].items():
        held = sum(one["held"] for one in gains)
        recall, auroc = _share(LEAST_RECALL), _share(LEAST_AUROC)
        bounds = f"lower bounds ≥ {recall} of recall at the budget, ≥ {auroc} of AUROC"
        parts += [
            f"### With references against without: {pair}",
            f"{held} of {len(gains)} slices hold: {bounds}.",
            _table(
                (
                    "slice",
                    "n",
                    "recall",
                    "gain [95 %]",
                    "gain at 0.5 % of these sound items",
                    "AUROC",
                    "gain [95 %]",
                    "holds",
                ),
                (_gain(one) for one in gains),
            ),
        ]
    parts += [
        "### New designs, apart",
        "Packagings that no reference shows; and all items, when those take from the budget, too.",
        _table(("items", "figure", "all", "depth", "alone"), _apart(found)),
    ]
    return "\n\n".join(parts)


def _counts(found: Document) -> str:
    counts = found["counts"]
    held = (
        f"{counts['captures']} captures of {counts['products']} products: {counts['pristine']} "
        f"pristine, of which {counts['pristine_with_deceptive_prints']} with deceptive prints and "
        f"{counts['pristine_on_dirty_or_coloured_trays']} on dirty or coloured trays; "
        f"{counts['damaged']} damaged to be seen, {counts['unseen']} more unseen "
        f"({_share(counts['unseen_share'])} of the damaged); {counts['new_designs']} in a new "
        f"design, apart; not inspected: {counts['not_inspected']} with everything, "
        f"{counts['not_inspected_alone']} alone."
    )
    at = ", ".join(f"{arm} {one:.3f}" for arm, one in found["thresholds"].items())
    fixed = (
        f"Thresholds at {found['budget']:.1%} of {found['calibration_items']} sound items of "
        f"other products: {at}."
    )
    lacking = found.get("short", [])
    notes = [f"**Too few**: {', '.join(lacking)}."] if lacking else []
    return "\n\n".join([held, fixed, *notes])


def _must(found: Document) -> Iterator[Sequence[str]]:
    for row in found["must_show"]:
        yield (
            row["what"].replace("   ", "&nbsp;&nbsp;"),
            _target(row["least"], row["most"]),
            _with_interval(row["value"], row["interval"]),
            str(row["n"]),
            {True: "yes", False: "**no**", None: NONE}[row["met"]],
        )
    for pair, gains in found["gains"].items():
        yield _worst(pair, gains)


def _worst(pair: str, gains: Sequence[Document]) -> Sequence[str]:
    """The slices with the lowest bounds."""
    words = []
    for figure in ("recall", "auroc"):
        bounded = [one for one in gains if one[figure] is not None]
        if bounded:
            worst = min(bounded, key=lambda one, key=figure: float(one[key]["low"]))
            words.append(f"{figure} {_share(worst[figure]['low'])} ({' '.join(worst['slice'])})")
    held = all(one["held"] for one in gains)
    return (
        f"with against without references, {pair}: lowest bounds over slices",
        f"≥ {_share(LEAST_RECALL)}, ≥ {_share(LEAST_AUROC)}",
        "; ".join(words) or NONE,
        str(len(gains)),
        ("yes" if held else "**no**") if words else NONE,
    )


def _types(types: Document) -> Iterator[Sequence[str]]:
    for name, own in types.items():
        arms = {arm: figures for arm, figures in own.items() if arm != "n"}
        for arm, figures in arms.items():
            cells = (_with_interval(one["value"], one["interval"]) for one in figures.values())
            yield name, str(own["n"]), arm, *cells


def _gain(one: Document) -> Sequence[str]:
    gains, values = {}, {}
    for figure in ("recall", "recall_here", "auroc"):
        own = one[figure]
        values[figure] = NONE if own is None else f"{_share(own['a'])} → {_share(own['b'])}"
        gains[figure] = (
            NONE if own is None else _with_interval(own["difference"], [own["low"], own["high"]])
        )
    cells = [
        values["recall"],
        gains["recall"],
        gains["recall_here"],
        values["auroc"],
        gains["auroc"],
    ]
    return " ".join(one["slice"]), str(one["n"]), *cells, "yes" if one["held"] else "**no**"


def _apart(found: Document) -> Iterator[Sequence[str]]:
    for key, words in (("new_designs", "new designs"), ("with_new_designs", "all items")):
        own = found[key]
        for figure in ("sidelined", "recall", "recall_of_major"):
            cells = [own.get(f"{arm}/{figure}") for arm in ("all", "depth", "alone")]
            name = "sound items sidelined" if figure == "sidelined" else figure.replace("_", " ")
            n = cells[0]["n"] if cells[0] else 0
            yield (
                f"{words}, {n}",
                name,
                *(NONE if c is None else _with_interval(c["value"], c["interval"]) for c in cells),
            )


def _target(least: float | None, most: float | None) -> str:
    words = [f"≥ {_share(least)}"] if least is not None else []
    return ", ".join(words + ([f"≤ {_share(most)}"] if most is not None else [])) or NONE


def _share(value: float | None) -> str:
    """.123, as all figures of the documentation are written."""
    if value is None:
        return NONE
    whole = f"{value:.3f}".replace("-", "−")
    return whole.replace("0.", ".", 1) if abs(value) < 1 else whole


def _with_interval(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None:
        return NONE
    return _share(value) + (
        "" if interval is None else f" [{_share(interval[0])}, {_share(interval[1])}]"
    )


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
