"""What must be shown, line by line: each a figure of items, or of any number of draws from them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from benchmarks.damage.items import BUDGET, Array, Document, Flags, Items, said
from scipy.stats import beta

from amiss.domain.words import DamageType
from amiss.evaluate.intervals import intervals, measured
from amiss.evaluate.ranking import TYPE_PREVALENCE, Ranking
from amiss.evaluate.truth import LEAST_VISIBLE_PX

Thresholds = Mapping[str, float]
Figure = Callable[[Array], Array]
"""Of draws×n, how often each item was drawn: one number for each draw; NaN where undefined."""
WITH, WITHOUT = "all", "alone"
FPR = 0.01
LIMIT = 0.95
"""Of the one-sided limit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure.

    n: items it rests on. least, most: what is asked for; neither: it is reported. varies: whether
    an interval says anything of it.
    """

    key: str
    words: str
    figure: Figure
    n: int
    least: float | None = None
    most: float | None = None
    varies: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with its value and its 95 % interval over products; None where undefined."""

    line: Line
    value: float | None
    interval: list[float] | None

    @property
    def met(self) -> bool | None:
        """Whether the figure is as asked; None where nothing is, or there is no figure."""
        if self.value is None or (self.line.least is None and self.line.most is None):
            return None
        above = self.line.least is None or self.value >= self.line.least
        return above and (self.line.most is None or self.value <= self.line.most)


def measured_lines(items: Items, lines: list[Line]) -> list[Shown]:
    """All lines over the same draws of products."""

    def measure(times: Array) -> dict[tuple[str, ...], Array]:
        return {(line.key,): line.figure(times) for line in lines}

    values = measured(measure, len(items))
    spans = intervals(items.products, measure)
    return [
        Shown(line, values[line.key,], spans[line.key,] if line.varies else None) for line in lines
    ]


def must_show(items: Items, at: Thresholds) -> list[Line]:
    """Everything that is asked of items in a packaging that references show."""
    return [*_found(items, at), *_ranked(items), *_prints(items, at), *_wrong(items, at),
            *_named(items, at)]  # fmt: skip


def share(of: Flags, among: Flags, times: Array) -> Array:
    """Of the items `among`, how many are `of`."""
    whole = times @ among.astype(np.float64)
    part = times @ (of & among).astype(np.float64)
    return np.asarray(np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0))


def flagged(items: Items, arm: str, at: Thresholds) -> Flags:
    """Which are sidelined; arms with replaced references keep the threshold of `all`."""
    return items.scores[arm] > at.get(arm, at[WITH])


def ranking(items: Items, arm: str, damage: Flags, times: Array) -> Ranking:
    """Damage against all sound items."""
    kept = damage | items.sound
    return Ranking.of(damage[kept], items.scores[arm][kept], times[:, kept])


def above(flags: int, of: int) -> float | None:
    """One-sided 95 % limit above a share of items (Clopper and Pearson 1934)."""
    if not of:
        return None
    return 1.0 if flags >= of else float(beta.ppf(LIMIT, flags + 1, of - flags))


def _found(items: Items, at: Thresholds) -> Iterator[Line]:
    n = int(items.major.sum())
    for arm, words, least in (
        (WITH, "recall of major damage, with references + depth", 0.95),
        (WITHOUT, "the same without references and depth", 0.80),
    ):
        hit = flagged(items, arm, at)
        yield Line(f"major_{arm}", words, partial(share, hit, items.major), n, least)
        yield Line(
            f"sidelined_{arm}",
            "   sound items sidelined there",
            partial(share, hit, items.sound),
            int(items.sound.sum()),
        )


def _ranked(items: Items) -> Iterator[Line]:
    gap, puddle = items.shows[DamageType.MISSING_UNIT], items.beside
    for key, words, damage, ap, recall in (
        ("missing_unit", "missing unit, a view showing the gap", gap, 0.9, 0.9),
        ("spillage", "spillage beside the item", puddle, 0.9, 0.95),
    ):
        n = int(damage.sum())
        yield Line(f"{key}_ap", f"{words}: AP at 1 %", partial(ap_1pct, items, WITH, damage), n, ap)
        yield Line(
            f"{key}_recall",
            f"{words}: recall at 1 % false positives",
            partial(recall_1pct, items, WITH, damage),
            n,
            recall,
        )


def ap_1pct(items: Items, arm: str, damage: Flags, times: Array) -> Array:
    """Average precision where 1 % of items have this damage."""
    return ranking(items, arm, damage, times).average_precision(TYPE_PREVALENCE)


def recall_1pct(items: Items, arm: str, damage: Flags, times: Array) -> Array:
    """Recall at 1 % false positives."""
    return ranking(items, arm, damage, times).recall_at_fpr(FPR)


def auroc(items: Items, arm: str, damage: Flags, times: Array) -> Array:
    """Chance that this damage scores above a sound item."""
    return ranking(items, arm, damage, times).auroc()


def _prints(items: Items, at: Thresholds) -> Iterator[Line]:
    hit, marked = flagged(items, WITH, at), items.deceptive
    fooled = items.sound & marked
    yield Line(
        "deceptive_sidelined",
        "sound items with deceptive prints sidelined",
        partial(share, hit, fooled),
        int(fooled.sum()),
        most=0.01,
    )
    limit = above(int((hit & fooled).sum()), int(fooled.sum()))
    yield Line(
        "deceptive_limit",
        "   one-sided 95 % limit, by item",
        lambda times: np.full(len(times), np.nan if limit is None else limit),
        int(fooled.sum()),
        most=0.02,
        varies=False,
    )

    for word in ("dirty", "coloured"):
        on_tray = items.sound & items.flags(lambda row, word=word: word in row["tray"])
        yield Line(
            f"{word}_tray_sidelined",
            f"   sound items on {word} trays sidelined",
            partial(share, hit, on_tray),
            int(on_tray.sum()),
        )

    def lost(times: Array) -> Array:
        others = share(hit, items.damaged & ~marked, times)
        return others - share(hit, items.damaged & marked, times)

    n = int((items.damaged & marked).sum())
    yield Line(
        "deceptive_lost", "recall lost on items with deceptive prints", lost, n, most=0.03
    )  # fmt: skip


def _wrong(items: Items, at: Thresholds) -> Iterator[Line]:
    clean = flagged(items, WITH, at)
    for arm, words in (
        ("damaged-references", "10 % of reference captures damaged"),
        ("wrong-references", "10 % of reference captures of another product"),
    ):
        hit, hurt = flagged(items, arm, at), items.changed[arm]
        n = int((items.major & hurt).sum())
        yield Line(
            f"{arm}_lost",
            f"{words}: recall of major damage lost",
            partial(_difference, clean, hit, items.major),
            int(items.major.sum()),
            most=0.03,
        )
        yield Line(
            f"{arm}_lost_where",
            "   on those items whose references changed",
            partial(_difference, clean, hit, items.major & hurt),
            n,
        )
        yield Line(
            f"{arm}_sidelined",
            "   sound items sidelined then, at the same threshold",
            partial(share, hit, items.sound),
            int(items.sound.sum()),
        )
        yield Line(
            f"{arm}_lost_ranked",
            "   recall lost where each sidelines 0.5 % of these sound items",
            partial(_lost_at_budget, items, arm),
            int(items.major.sum()),
        )


def _difference(before: Flags, after: Flags, among: Flags, times: Array) -> Array:
    return share(before, among, times) - share(after, among, times)


def _lost_at_budget(items: Items, arm: str, times: Array) -> Array:
    clean, hurt = (ranking(items, one, items.major, times) for one in (WITH, arm))
    return clean.recall_at_fpr(BUDGET) - hurt.recall_at_fpr(BUDGET)


def _named(items: Items, at: Thresholds) -> Iterator[Line]:
    true = items.damaged & flagged(items, WITH, at)
    right = items.flags(lambda row: _is_shown(row, said(row, WITH).get("finding")))
    unnamed = items.flags(lambda row: said(row, WITH).get("finding") is None)
    by_view = items.flags(lambda row: _is_shown(row, _likeliest(row, "types")))
    by_place = items.flags(lambda row: _is_shown(row, _likeliest(row, "hottest")))
    n = int(true.sum())
    yield Line(
        "type_accuracy", "type of true positives right (best finding)",
        partial(share, right, true), n, 0.85,
    )  # fmt: skip
    yield Line("no_finding", "   without a finding", partial(share, unnamed, true), n)
    yield Line(
        "type_accuracy_of_view", "   type right by the logits of the views",
        partial(share, by_view, true), n,
    )  # fmt: skip
    yield Line(
        "type_accuracy_of_place",
        "   type right by the hottest place of their maps",
        partial(share, by_place, true),
        n,
    )
    overlap = np.array([_iou(row) for row in items.rows])

    def iou(times: Array) -> Array:
        whole = times @ true.astype(np.float64)
        total = times @ np.where(true, overlap, 0.0)
        return np.asarray(np.divide(total, whole, out=np.full_like(whole, np.nan), where=whole > 0))

    yield Line("mask_iou", "mask IoU of true positives, over all views", iou, n, 0.45)


def _is_shown(row: Document, kind: str | None) -> bool:
    return kind is not None and row["pixels"].get(kind, 0) >= LEAST_VISIBLE_PX


def _likeliest(row: Document, what: str) -> str | None:
    logits = said(row, WITH)[what]
    return None if logits is None else list(DamageType)[int(np.argmax(logits))].value


def _iou(row: Document) -> float:
    both, either = said(row, WITH).get("overlap", (0, 0))
    return both / either if either else 0.0
