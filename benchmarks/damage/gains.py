"""With references against without, in every slice that has items enough: a paired bootstrap."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from benchmarks.damage.items import BUDGET, Array, Flags, Items
from benchmarks.damage.lines import Thresholds, flagged, share

from amiss.evaluate.bootstrap import Difference
from amiss.evaluate.intervals import gains
from amiss.evaluate.ranking import Ranking, places
from amiss.evaluate.tables import LEAST_ITEMS

PAIRS = (("depth", "all"), ("alone", "references"))
"""Without and with references: beside depth and the empty tray, and without those."""
LEAST_RECALL, LEAST_AUROC = -0.01, -0.005
"""Where the lower bounds of what is gained must lie."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Gain:
    """What a slice gains. n: its items; of damage, those that have it. None where undefined.

    recall: at the threshold of each arm, fixed on other products. recall_here: where each arm
    sidelines BUDGET of the sound items of this very set, so that chance in the calibration set
    favours neither.
    """

    slice: Key
    n: int
    recall: Difference | None
    recall_here: Difference | None
    auroc: Difference | None

    @property
    def held(self) -> bool:
        """Whether the bounds of recall and AUROC are as asked; what is undefined holds."""
        return all(
            one is None or one.low >= least
            for one, least in ((self.recall, LEAST_RECALL), (self.auroc, LEAST_AUROC))
        )


def gained(items: Items, pair: tuple[str, str], at: Thresholds) -> list[Gain]:
    """What items gain from the first arm to the second."""
    slices = {key: judged for key, judged, n in slices_of(items) if n >= LEAST_ITEMS}
    counts = {key: n for key, _, n in slices_of(items)}

    def measure(arm: str, times: Array) -> dict[tuple[str, ...], Array]:
        hit = flagged(items, arm, at)
        flagged_here = times * _here(items, arm, times)
        found: dict[tuple[str, ...], Array] = {}
        for key, judged in slices.items():
            damaged = items.damaged & judged
            found[(*key, "recall")] = share(hit, damaged, times)
            found[(*key, "recall_here")] = _ratio(flagged_here, times, damaged)
            kept = judged & (items.damaged | items.sound)
            found[(*key, "auroc")] = Ranking.of(
                items.damaged[kept], items.scores[arm][kept], times[:, kept]
            ).auroc()
        return found

    before, after = pair
    found = gains(
        items.products, lambda times: measure(before, times), lambda times: measure(after, times)
    )
    return [
        Gain(
            key, counts[key], *(found[(*key, name)] for name in ("recall", "recall_here", "auroc"))
        )
        for key in slices
    ]


def _here(items: Items, arm: str, times: Array) -> Flags:
    """draws×n: what is sidelined when at most BUDGET of the sound items drawn may be."""
    scores = items.scores[arm]
    whole = Ranking.of(~items.sound, scores, times)
    return np.asarray(places(scores) <= whole.within_budget(BUDGET, 0.0)[:, None])


def _ratio(part: Array, times: Array, among: Flags) -> Array:
    chosen = among.astype(np.float64)
    found, whole = part @ chosen, times @ chosen
    return np.asarray(np.divide(found, whole, out=np.full_like(whole, np.nan), where=whole > 0))


def slices_of(items: Items) -> Iterator[tuple[Key, Flags, int]]:
    """Name, the items that a slice is judged by, and how many are in it.

    Damage of a type or severity is judged against all sound items; any other slice by itself.
    """
    everything = np.ones(len(items), np.bool_)
    yield ("all", "all"), everything, len(items)
    of_damage = [
        *((("type", name), shows) for name, shows in items.shows.items()),
        (("severity", "major"), items.major),
        (("severity", "minor"), items.damaged & ~items.major),
    ]
    for key, damage in of_damage:
        yield key, damage | items.sound, int(damage.sum())
    by_word: dict[Key, list[int]] = {}
    for place, row in enumerate(items.rows):
        print_ = "deceptive" if items.deceptive[place] else "plain"
        words = [("kind", row["kind"]), ("material", row["material"]), ("print", print_)]
        for key in [*words, *(("tray", word) for word in row["tray"])]:
            by_word.setdefault(key, []).append(place)
    for key, members in sorted(by_word.items()):
        mask = np.zeros(len(items), np.bool_)
        mask[members] = True
        yield key, mask, len(members)
