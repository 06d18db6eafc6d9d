"""The figures, with 95 % intervals from a bootstrap over products."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from benchmarks.familiarity import distribution
from benchmarks.journal import Document
from benchmarks.photographs.score import ALIKE, ALONE, ARMS, OTHER, OWN
from numpy.typing import NDArray

from amiss.domain.words import DamageType, Decision, Severity
from amiss.evaluate.intervals import gains, intervals, measured
from amiss.evaluate.metrics import rank_scores
from amiss.evaluate.ranking import Ranking

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Figures = dict[tuple[str, ...], Array]

CAUGHT = 0.8
"""Share of major damage that the threshold has to catch at which sound ones are counted."""
FLAGGED = "flagged_where_most_major_damage_is_caught"
PAIRS = ((ALONE, OWN), (ALIKE, OWN), (OTHER, OWN), (ALONE, ALIKE))
"""What is gained from the first to the second."""


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """n pictures.

    damages: whose are which, by name: `damaged`, each severity and each type. scores: by arm; no
    opinion counts against Amiss, and is a false alarm on pasted pictures, too. These are in `own`
    and `alone` only, those of `aside` in `own`.
    """

    rows: tuple[Document, ...]
    products: tuple[str, ...]
    sound: Flags
    pasted: Flags
    aside: Flags
    damages: Mapping[str, Flags]
    scores: Mapping[str, Array]

    @classmethod
    def of(cls, lines: Sequence[Document]) -> "Pictures":
        """Of the lines that `score` writes."""
        pairs = [(line["product"], row) for line in lines for row in line["items"]]
        rows = tuple(row for _, row in pairs)

        def flags(read: Callable[[Document], bool]) -> Flags:
            return np.array([read(row) for row in rows], np.bool_)

        sound = flags(lambda row: row["kind"] == "sound")
        damages = {"damaged": flags(lambda row: row["kind"] == "damaged")}
        for key, words in (("severity", Severity), ("type", DamageType)):
            for word in words:
                damages[word.value] = flags(lambda row, k=key, w=word: row[k] == w.value)
        return cls(
            rows=rows,
            products=tuple(product for product, _ in pairs),
            sound=sound,
            pasted=flags(lambda row: row["kind"] == "pasted"),
            aside=flags(lambda row: row["kind"] == "aside"),
            damages=damages,
            scores={
                arm: rank_scores(
                    damages["damaged"], [row["arms"].get(arm, {}).get("score") for row in rows]
                )
                for arm in ARMS
            },
        )


def figures(lines: Sequence[Document]) -> dict[str, Any]:
    """One document: counts, figures by arm, gains, what must be shown, familiarity."""
    pictures = Pictures.of(lines)
    by_arm = {arm: _arm(pictures, arm) for arm in ARMS}
    gained = {f"{after} - {before}": _gains(pictures, before, after) for before, after in PAIRS}
    return {
        "counts": {"products": len(lines), **_counts(pictures)},
        "look_alikes": {line["product"]: line["alike"] for line in lines},
        "by_arm": by_arm,
        "gains": gained,
        "must_show": _must_show(by_arm, gained),
        "familiarity": {
            kind: distribution(row["familiarity"] for row in pictures.rows if row["kind"] == kind)
            for kind in ("sound", "damaged", "pasted", "aside")
        },
    }


def _counts(pictures: Pictures) -> dict[str, int]:
    named = {"sound": pictures.sound, **pictures.damages}
    named |= {"pasted": pictures.pasted, "aside": pictures.aside}
    return {name: int(which.sum()) for name, which in named.items()}


def _arm(pictures: Pictures, arm: str) -> dict[str, Any]:
    """All figures of an arm, each with its interval."""

    def measure(times: Array) -> Figures:
        return {
            **_aurocs(pictures, arm, times),
            **_shares(pictures, arm, times),
        }

    found = measured(measure, len(pictures.rows))
    spans = intervals(pictures.products, measure)
    return {
        "/".join(key): {"value": value, "interval": spans[key]}
        for key, value in found.items()
        if value is not None
    }


def _aurocs(pictures: Pictures, arm: str, times: Array) -> Figures:
    """Of all damage, of each severity and type, and of pastes, against what is sound."""
    found: Figures = {}
    for name, which in {**pictures.damages, "pasted": pictures.pasted}.items():
        if which.any() and (name != "pasted" or arm in (OWN, ALONE)):
            found["auroc", name] = _ranking(pictures, arm, which, pictures.sound, times).auroc()
    return found


def _ranking(pictures: Pictures, arm: str, which: Flags, against: Flags, times: Array) -> Ranking:
    kept = which | against
    return Ranking.of(which[kept], pictures.scores[arm][kept], times[..., kept])


def _shares(pictures: Pictures, arm: str, times: Array) -> Figures:
    """Flagged at the threshold that catches most major damage, and at the operating point."""
    damaged, major = pictures.damages["damaged"], pictures.damages[Severity.MAJOR.value]
    found: Figures = {}
    for name, which in (("sound", pictures.sound), ("aside", pictures.aside)):
        if major.any() and which.any() and (name == "sound" or arm == OWN):
            ranking = _ranking(pictures, arm, major, which, times)
            found[name, FLAGGED] = _flagged(ranking)
    for name, which in (("sound", pictures.sound), ("damaged", damaged), ("major", major)):
        for decision in (Decision.SIDELINE, Decision.NOT_INSPECTED):
            decided = [
                row["arms"].get(arm, {}).get("decision") == decision for row in pictures.rows
            ]
            found[name, str(decision)] = _share(np.array(decided), which, times)
    on_place = [bool(row["arms"].get(arm, {}).get("on_place")) for row in pictures.rows]
    found["damaged", "on_place"] = _share(np.array(on_place), damaged, times)
    named = [row["arms"].get(arm, {}).get("finding") == row["type"] for row in pictures.rows]
    found["damaged", "named"] = _share(np.array(named), damaged, times)
    return found


def _flagged(ranking: Ranking) -> Array:
    """Share of what is not damaged that lies above the score at which CAUGHT of the rest does."""
    at = np.argmax(ranking.recall >= CAUGHT - 1e-9, axis=-1)  # 4 of 5, whatever the last digit says
    flagged = np.take_along_axis(ranking.fpr, at[..., None], axis=-1)[..., 0]
    return np.asarray(np.where(np.isnan(ranking.auroc()), np.nan, flagged))


def _share(flags: Flags, among: Flags, times: Array) -> Array:
    part, whole = times @ (flags & among), times @ among.astype(np.float64)
    return np.asarray(np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0))


def _gains(pictures: Pictures, before: str, after: str) -> dict[str, Any]:
    """Of AUROC, paired."""

    def of(arm: str) -> Callable[[Array], Figures]:
        return lambda times: {
            key: value for key, value in _aurocs(pictures, arm, times).items() if key[1] != "pasted"
        }

    found = gains(pictures.products, of(before), of(after))
    return {key[1]: None if one is None else asdict(one) for key, one in found.items()}


def _must_show(
    by_arm: Mapping[str, Mapping[str, Any]], gained: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What is asked for, and what came of it; met: None where it cannot be told."""
    flagged = by_arm[OWN].get(f"sound/{FLAGGED}")
    pasted = by_arm[OWN].get("auroc/pasted")
    return [
        _line("AUROC with references − without", "≥ .05", _gain(gained, ALONE)),
        _line("sound flagged where 80 % of major damage is caught", "≤ .05", flagged),
        _line("AUROC with own references − with a look-alike's", "≥ 0", _gain(gained, ALIKE)),
        _line("AUROC with own references − with another product's", "≥ 0", _gain(gained, OTHER)),
        _line("identity paste against untouched, AUROC", "≤ .55", pasted),
    ]


def _gain(gained: Mapping[str, Mapping[str, Any]], before: str) -> dict[str, Any] | None:
    found = gained[f"{OWN} - {before}"].get("damaged")
    if found is None:
        return None
    return {"value": found["difference"], "interval": [found["low"], found["high"]]}


def _line(what: str, target: str, found: Mapping[str, Any] | None) -> dict[str, Any]:
    if found is None:
        return {"what": what, "target": target, "value": None, "interval": None, "met": None}
    limit = float(target[2:])
    value = found["value"]
    met = value >= limit if target[0] == "≥" else value <= limit
    return {"what": what, "target": target, **found, "met": bool(met)}
