"""Makes the recorded booth that comes with the package: python -m amiss.simulate.record OUT.

Path-traced, some minutes on two cores; `… OUT fast` makes a draft. Equal versions of Amiss, Mitsuba
and Pillow make equal bytes; a run that was cut off goes on where it was.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from amiss.dataset.pack_picture import Encoding
from amiss.dataset.words import SplitName
from amiss.dataset.writer import Writer, writing
from amiss.domain.errors import SimulationError
from amiss.simulate.capture import Taken, refer, take
from amiss.simulate.item import Item
from amiss.simulate.render.backend import Backend
from amiss.simulate.scene import Scene
from amiss.simulate.seeds import RECORDED
from amiss.simulate.shoot import EmptyTray, look_at_empty, lying
from amiss.simulate.stories.booths import Day, booth_on
from amiss.simulate.stories.catalogue import CATALOGUE, Spec
from amiss.simulate.stories.script import SCRIPT, Entry, entries, item_of

SIZE = 512  # pixels of a side
SPLIT: SplitName = "test"  # whatever `split_of` says: nobody trains on any of it
ENCODING = Encoding(quality=82, depth_step=2, crops=False)
LEAST_SEEN = 100  # pixels of a damage in some view: from there on figures count it
PER_SIDE = 1  # times that a product is shown on each of its sides, for reference
_FIRST_REFERENCE = 5_000  # among the seeds of a telling
_STRIDE = 1_000  # from the seed of an item to the next one that is tried; all items lie below it


@dataclass(frozen=True, slots=True)
class Telling:
    """How the script is told.

    seeds: by which items lie, are harmed, lit and seen; booths and products stay those of the
    recording. tries: seeds that are tried for a damage until a camera sees it. stories: leaves out
    what is only one more item, and the products of which nothing else is told.
    """

    seeds: Sequence[int] = RECORDED
    tries: int = 1
    stories: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.tries <= _FIRST_REFERENCE // _STRIDE:
            raise ValueError(f"{self.tries} tries would run into the seeds of references.")

    def entries(self) -> Iterator[tuple[str, int, Entry]]:
        """What is told; see `script.entries`."""
        return (told for told in entries() if told[2].tells or not self.stories)


AS_RECORDED = Telling()


def record(
    root: Path,
    backend: Backend,
    tell: Callable[[str], None] = lambda _: None,
    telling: Telling = AS_RECORDED,
) -> None:
    """Writes all references and captures into a data set; what is there already stays.

    tell: gets a sentence for each capture.

    Raises:
        DatasetError: the disk refuses.
        SimulationError: the backend failed, or no camera sees the damage of an item.
    """
    booths = _Booths(backend)
    told = list(telling.entries())
    with writing(root, ENCODING) as writer:
        for item in shown_for_reference(telling):
            _add_references(writer, item, booths)
            tell(f"reference {item.id}")
        for name, number, entry in told:
            if name not in writer:
                taken = _taken(name, number, entry, booths, telling)
                writer.add(taken.capture, taken.labels, taken.masks, split=SPLIT)
            tell(f"capture {number} of {len(SCRIPT)}: {name}")


def shown_for_reference(telling: Telling = AS_RECORDED) -> Iterator[Item]:
    """Pristine items that show every product of the telling on each of its sides."""
    place = _FIRST_REFERENCE
    wanted = {entry.spec for _, _, entry in telling.entries()}
    wanted |= {entry.taken_for for _, _, entry in telling.entries() if entry.taken_for}
    for name, spec in CATALOGUE.items():
        for side in spec.sides:
            for time in range(1, PER_SIDE + 1):
                if name in wanted:
                    yield _shown(name, spec, side, time, telling.seeds[place])
                place += 1


def _shown(name: str, spec: Spec, side: int, time: int, seed: int) -> Item:
    product = spec.make()
    return Item(
        id=f"{name}-side{side}-{time}",
        seed=seed,
        product=product,
        placement=lying(product, seed, side),
    )


def _taken(name: str, number: int, entry: Entry, booths: "_Booths", telling: Telling) -> Taken:
    """The capture of an entry, by the first seed with which its damage is seen."""
    for attempt in range(telling.tries):
        seed = telling.seeds[entry.place + attempt * _STRIDE]
        item = item_of(entry, name, number, seed)
        taken = take(item, booths.scene(entry.day), booths.backend, booths.empty(entry.day))
        if not item.harms or _most_seen(taken) >= LEAST_SEEN:
            return taken
    # A damage that nobody can see is no story.
    raise SimulationError(
        f"Hardly a pixel shows what befell {name}; give its line of the script another seed."
    )


class _Booths:
    """The booth on each of its days, made when it is asked for."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._made: dict[Day, tuple[Scene, EmptyTray]] = {}

    def scene(self, day: Day) -> Scene:
        return self._on(day)[0]

    def empty(self, day: Day) -> EmptyTray:
        return self._on(day)[1]

    def _on(self, day: Day) -> tuple[Scene, EmptyTray]:
        if day not in self._made:
            scene = booth_on(day, SIZE)
            seed = RECORDED[list(Day).index(day)]
            self._made[day] = scene, look_at_empty(scene, self.backend, seed)
        return self._made[day]


def _most_seen(taken: Taken) -> int:
    """Pixels of damage in the view that shows most of it."""
    seen = [int(np.count_nonzero(mask.damage)) for mask in taken.masks if mask.damage is not None]
    return max(seen, default=0)


def _add_references(writer: Writer, item: Item, booths: _Booths) -> None:
    """Colour alone: depth and empty trays of references are not compared with anything yet."""
    if writer.has_reference(f"{item.id}-0"):
        return
    for one in refer(item, booths.scene(Day.USUAL), booths.backend, None):
        view = replace(one.view, depth=None)
        writer.add_reference(one.name, view, one.labels, one.mask, split=SPLIT)


def _backend(name: str) -> Backend:
    """The path tracer for what ships, the fast renderer for a draft."""
    if name == "fast":
        from amiss.simulate.render.fast import FastBackend

        return FastBackend()
    from amiss.simulate.render.path import PathBackend

    return PathBackend()


def _main(folder: str, backend: str = "path") -> None:
    record(Path(folder), _backend(backend), lambda line: print(line, flush=True))  # noqa: T201


if __name__ == "__main__":
    _main(*sys.argv[1:])
