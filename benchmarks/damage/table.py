"""All figures of one test set, as one document."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from benchmarks.damage import sets
from benchmarks.damage.arms import ARMS
from benchmarks.damage.gains import PAIRS, Gain, gained
from benchmarks.damage.items import BUDGET, Flags, Items, is_inspected, thresholds
from benchmarks.damage.lines import (
    Line,
    Shown,
    Thresholds,
    ap_1pct,
    auroc,
    flagged,
    measured_lines,
    must_show,
    recall_1pct,
    share,
)

Document = dict[str, Any]


def table(items: Items, calibration: Items) -> Document:
    """Everything that is printed of a test set, as plain JSON values.

    The threshold of each arm is that of the calibration set. Items in a packaging that no reference
    shows stand apart; everything else is of the others.
    """
    at = thresholds(calibration)
    known = items.where(~items.new)
    return {
        "budget": BUDGET,
        "thresholds": at,
        "calibration_items": int((calibration.sound & ~calibration.new).sum()),
        "counts": counts(items),
        "must_show": [_row(one) for one in measured_lines(known, must_show(known, at))],
        "types": _types(known, at),
        "gains": {
            f"{before} to {after}": [_gain(one) for one in gained(known, (before, after), at)]
            for before, after in PAIRS
        },
        "new_designs": _apart(items.where(items.new), at),
        "with_new_designs": _apart(items, thresholds(calibration, new=True)),
    }


def counts(items: Items) -> Document:
    """How many there are of what the benchmark asks for. damaged: to be seen in some view."""
    on_trays = items.flags(lambda row: row["tray"] != ["neither"])
    harmed = int((~items.sound).sum())
    return {
        "captures": len(items),
        "products": len(set(items.products)),
        "pristine": int(items.sound.sum()),
        "pristine_with_deceptive_prints": int((items.sound & items.deceptive).sum()),
        "pristine_on_dirty_or_coloured_trays": int((items.sound & on_trays).sum()),
        "damaged": int(items.damaged.sum()),
        "unseen": int(items.unseen.sum()),
        "unseen_share": float(items.unseen.sum() / harmed) if harmed else None,
        "spillage_beside": int(items.beside.sum()),
        "new_designs": int(items.new.sum()),
        "not_inspected": _not_inspected(items, "all"),
        "not_inspected_alone": _not_inspected(items, "alone"),
        "types": {name: int(shows.sum()) for name, shows in items.shows.items()},
    }


def _not_inspected(items: Items, arm: str) -> int:
    return int(items.flags(lambda row: not is_inspected(row, arm)).sum())


def short(found: Document) -> list[str]:
    """What a whole test set lacks, in words."""
    asked = {
        "pristine": sets.LEAST_PRISTINE,
        "products": sets.LEAST_PRODUCTS,
        "pristine_with_deceptive_prints": sets.LEAST_DECEPTIVE,
        "pristine_on_dirty_or_coloured_trays": sets.LEAST_ON_TRAYS,
    }
    lacking = [
        f"{key.replace('_', ' ')}: {found[key]} of {least}"
        for key, least in asked.items()
        if found[key] < least
    ]
    return lacking + [
        f"{name}: {n} of {sets.LEAST_OF_A_TYPE}"
        for name, n in found["types"].items()
        if n < sets.LEAST_OF_A_TYPE
    ]


def _row(shown: Shown) -> Document:
    line = shown.line
    return {
        "key": line.key,
        "what": line.words,
        "least": line.least,
        "most": line.most,
        "n": line.n,
        "value": shown.value,
        "interval": shown.interval,
        "met": shown.met,
    }


def _types(items: Items, at: Thresholds) -> Document:
    """Of each type and arm: AP at 1 %, AUROC, recall at 1 % false positives and at the budget."""
    damages: dict[str, Flags] = {"any": items.damaged, "major": items.major, **items.shows}
    damages["spillage beside"] = items.beside
    lines = [line for name, damage in damages.items() for line in _of_type(items, name, damage, at)]
    values = {shown.line.key: shown for shown in measured_lines(items, lines)}
    return {
        name: {
            "n": int(damage.sum()),
            **{
                arm: {
                    figure: {"value": one.value, "interval": one.interval}
                    for figure in ("ap_1pct", "auroc", "recall_at_fpr_1pct", "recall_at_budget")
                    for one in [values[f"{name}/{arm}/{figure}"]]
                }
                for arm in ARMS
            },
        }
        for name, damage in damages.items()
    }


def _of_type(items: Items, name: str, damage: Flags, at: Thresholds) -> Iterator[Line]:
    n = int(damage.sum())
    for arm in ARMS:
        for figure, measure in (
            ("ap_1pct", ap_1pct),
            ("auroc", auroc),
            ("recall_at_fpr_1pct", recall_1pct),
        ):
            yield Line(f"{name}/{arm}/{figure}", "", partial(measure, items, arm, damage), n)
        hit = flagged(items, arm, at)
        yield Line(f"{name}/{arm}/recall_at_budget", "", partial(share, hit, damage), n)


def _gain(gain: Gain) -> Document:
    return {
        "slice": list(gain.slice),
        "n": gain.n,
        **{
            name: None if own is None else asdict(own)
            for name in ("recall", "recall_here", "auroc")
            for own in [getattr(gain, name)]
        },
        "held": gain.held,
    }


def _apart(items: Items, at: Thresholds) -> Document:
    """In the arms with and without references: what is sidelined of sound and of damaged items."""
    lines = [
        Line(f"{arm}/{key}", "", partial(share, flagged(items, arm, at), among), int(among.sum()))
        for arm in ("all", "depth", "alone")
        for key, among in (
            ("sidelined", items.sound),
            ("recall", items.damaged),
            ("recall_of_major", items.major),
        )
    ]
    found = measured_lines(items, lines) if len(items) else []
    return {
        "n": len(items),
        "sound": int(items.sound.sum()),
        "damaged": int(items.damaged.sum()),
        **{
            one.line.key: {"n": one.line.n, "value": one.value, "interval": one.interval}
            for one in found
        },
    }
