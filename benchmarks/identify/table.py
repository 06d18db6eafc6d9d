"""The figures of simulated identification, with 95 % intervals over products."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy.stats import beta

from amiss.evaluate.intervals import Figures, intervals

Document = dict[str, Any]
Test = Callable[[Document], bool | None]
TOP = 5

LINES: tuple[tuple[str, str, str, Test], ...] = (
    ("recall_at_1", "right product first, in the open", "≥ .97", lambda one: _first(one, "open")),
    ("recall_at_5", "among five, in the open", "", lambda one: _within(one, "open", TOP)),
    ("expected_recall_at_1", "first, within an expected set of 24", "≥ .995",
     lambda one: _first(one, "expected")),
    ("unknown_rejected", "products that are not in the gallery: nobody named", "≥ .95",
     lambda one: None if one["known"] else one["open"]["named"] is None),
    ("named", "known products: named without a person", "",
     lambda one: one["open"]["named"] is not None if one["known"] else None),
    ("named_rightly", "of those, rightly", "",
     lambda one: _rightly(one, "open")),
    ("false_rejection", "known products held to be in no gallery", "≤ .01",
     lambda one: one["open"]["unknown"] > 0.5 if one["known"] else None),
    ("wrong_found", "wrong item under a right barcode: found", "≥ .97",
     lambda one: one["claims"]["wrong"]["contradicted"]),
    ("wrong_sibling_found", "the same where it is a look-alike", "",
     lambda one: _claim(one, "sibling")),
    ("false_alarms", "right items held to be wrong", "≤ .002",
     lambda one: _claim(one, "right")),
    ("alike_open", "look-alikes: right, or a person is asked, in the open", "≥ .90",
     lambda one: _apart(one, "open")),
    ("alike_expected", "the same within an expected set that holds both", "≥ .97",
     lambda one: _apart(one, "expected")),
)  # fmt: skip


def table(rows: Sequence[Document]) -> list[Document]:
    """One line for each figure: name, words, target, value, interval, n."""
    return [_line(rows, *line) for line in LINES] + list(_by_difference(rows))


def _line(rows: Sequence[Document], name: str, words: str, target: str, test: Test) -> Document:
    told = [(row, answer) for row in rows if (answer := test(row)) is not None]
    if not told:
        return {"name": name, "words": words, "target": target, "value": None, "n": 0}
    right = np.array([float(answer) for _, answer in told])

    def share(times: np.ndarray[Any, np.dtype[np.float64]]) -> Figures:
        return {(name,): times @ right / times.sum(axis=1)}

    span = intervals([row["product"] for row, _ in told], share)[(name,)]
    return {
        "name": name,
        "words": words,
        "target": target,
        "value": float(right.mean()),
        "interval": span,
        "upper": upper(int(right.sum()), len(right)),
        "n": len(right),
    }


def upper(count: int, n: int) -> float:
    """One-sided 95 % limit of a share (Clopper and Pearson 1934)."""
    return 1.0 if count == n else float(beta.ppf(0.95, count + 1, n - count))


def _by_difference(rows: Sequence[Document]) -> Iterator[Document]:
    kinds = sorted({row["differs"] for row in rows if row["differs"]})
    for kind in kinds:
        some = [row for row in rows if row["differs"] == kind]
        yield _line(
            some,
            f"first_{kind}",
            f"first in the open, siblings by {kind}",
            "",
            lambda one: _first(one, "open"),
        )
        yield _line(
            some,
            f"apart_{kind}",
            f"right or asked, siblings by {kind}",
            "",
            lambda one: _apart(one, "open"),
        )


def _first(one: Document, how: str) -> bool | None:
    return one[how]["rank"] == 0 if one["known"] else None


def _within(one: Document, how: str, count: int) -> bool | None:
    rank = one[how]["rank"]
    return rank is not None and rank < count if one["known"] else None


def _rightly(one: Document, how: str) -> bool | None:
    named = one[how]["named"]
    return named == one["product"] if one["known"] and named is not None else None


def _apart(one: Document, how: str) -> bool | None:
    if not one["known"] or one["differs"] is None:
        return None
    return one[how]["named"] in (None, one["product"])


def _claim(one: Document, which: str) -> bool | None:
    told = one["claims"][which]
    return None if told is None else bool(told["contradicted"])
