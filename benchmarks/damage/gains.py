"""With references against without, in every slice that has items enough: a paired bootstrap."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from benchmarks.damage.items import Array, Flags, Items
from benchmarks.damage.lines import Thresholds, flagged, share

from amiss.evaluate.bootstrap import Difference
from amiss.evaluate.intervals import gains
from amiss.evaluate.ranking import Ranking
from amiss.evaluate.tables import LEAST_ITEMS

PAIRS = (("depth", "all"), ("alone", "references"))
"""Without and with references: beside depth and the empty tray, and without those."""
LEAST_RECALL, LEAST_AUROC = -0.01, -0.005
"""Where the lower bounds of what is gained must lie."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Gain:
    """What a slice gains. n: its items; of damage, those that have it. None where undefined."""

    slice: Key
    n: int
    recall: Difference | None
    auroc: Difference | None

    @property
    def held(self) -> bool:
        """Whether both lower bounds are where they must be; what is undefined holds."""
        return all(
            one is None or one.low >= least
            for one, least in ((self.recall, LEAST_RECALL), (self.auroc, LEAST_AUROC))
        )


def gained(items: Items, pair: tuple[str, str], at: Thresholds) -> list[Gain]:
    """What items gain from the first arm to the second, each at its own threshold."""
    slices = {key: judged for key, judged, n in slices_of(items) if n >= LEAST_ITEMS}
    counts = {key: n for key, _, n in slices_of(items)}

    def measure(arm: str, times: Array) -> dict[tuple[str, ...], Array]:
        hit = flagged(items, arm, at)
        found: dict[tuple[str, ...], Array] = {}
        for key, judged in slices.items():
            found[(*key, "recall")] = share(hit, items.damaged & judged, times)
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
        Gain(key, counts[key], found[(*key, "recall")], found[(*key, "auroc")]) for key in slices
    ]


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
    for key, places in sorted(by_word.items()):
        mask = np.zeros(len(items), np.bool_)
        mask[places] = True
        yield key, mask, len(places)
