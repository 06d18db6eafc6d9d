"""Makes the recorded booth that comes with the package: python -m amiss.simulate.record OUT.

Path-traced, some minutes on two cores; `… OUT fast` makes a draft. Equal versions of Amiss, Mitsuba
and Pillow make equal bytes; a run that was cut off goes on where it was.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
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
from amiss.simulate.stories.catalogue import CATALOGUE
from amiss.simulate.stories.script import SCRIPT, items

SIZE = 512  # pixels of a side
SPLIT: SplitName = "test"  # whatever `split_of` says: nobody trains on any of it
ENCODING = Encoding(quality=82, depth_step=2, crops=False)
LEAST_SEEN = 60  # pixels of a damage, in the view that shows it best
PER_SIDE = 1  # times that a product is shown on each of its sides, for reference
_FIRST_REFERENCE = 5_000  # among the seeds of the recording


def record(root: Path, backend: Backend, tell: Callable[[str], None] = lambda _: None) -> None:
    """Writes all references and captures into a data set; what is there already stays.

    tell: gets a sentence for each capture.

    Raises:
        DatasetError: the disk refuses.
        SimulationError: the backend failed, or no camera sees the damage of an item.
    """
    booths = _Booths(backend)
    with writing(root, ENCODING) as writer:
        for item in shown_for_reference():
            _add_references(writer, item, booths)
            tell(f"reference {item.id}")
        for number, (item, day) in enumerate(items(), start=1):
            if item.id not in writer:
                taken = take(item, booths.scene(day), backend, booths.empty(day))
                _refuse_unseen(item, taken)
                writer.add(taken.capture, taken.labels, taken.masks, split=SPLIT)
            tell(f"capture {number} of {len(SCRIPT)}: {item.id}")


def shown_for_reference() -> Iterator[Item]:
    """Pristine items that show every product on each of its sides."""
    place = _FIRST_REFERENCE
    for name, spec in CATALOGUE.items():
        product = spec.make()
        for side in spec.sides:
            for time in range(1, PER_SIDE + 1):
                seed = RECORDED[place]
                yield Item(
                    id=f"{name}-side{side}-{time}",
                    seed=seed,
                    product=product,
                    placement=lying(product, seed, side),
                )
                place += 1


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


def _refuse_unseen(item: Item, taken: Taken) -> None:
    """A damage that nobody can see is no story."""
    seen = [int(np.count_nonzero(mask.damage)) for mask in taken.masks if mask.damage is not None]
    if item.harms and max(seen) < LEAST_SEEN:
        raise SimulationError(
            f"Hardly a pixel shows what befell {item.id}; give its line of the script another seed."
        )


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
