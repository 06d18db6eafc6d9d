"""The captures beside the recording: further sound items, and its stories told with other seeds."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from amiss.dataset.writer import writing
from amiss.domain.words import ProcessStep
from amiss.simulate.capture import take
from amiss.simulate.item import Item
from amiss.simulate.record import ENCODING, SIZE, SPLIT, Telling, record, shown_for_reference
from amiss.simulate.render.backend import Backend
from amiss.simulate.seeds import RECORDED, told
from amiss.simulate.shoot import look_at_empty, lying
from amiss.simulate.stories.booths import Day, booth_on
from amiss.simulate.stories.catalogue import CATALOGUE

Progress = Callable[[int, int], None]

MOST_TELLINGS = 98
FURTHER_SEEDS = told(MOST_TELLINGS + 1)
TRIES = 5
"""Seeds tried for a damage until a camera sees 100 pixels of it."""


def telling(time: int) -> Telling:
    """The stories alone, told once more."""
    return Telling(told(time), tries=TRIES, stories=True)


def tell(root: Path, time: int, backend: Backend, progress: Progress) -> None:
    """Renders a telling with references of its own; what is there already stays.

    Raises:
        DatasetError: the disk refuses.
        SimulationError: the backend failed, or no seed shows a damage.
    """
    again = telling(time)
    total = sum(1 for _ in shown_for_reference(again)) + sum(1 for _ in again.entries())
    done = 0

    def moved(_sentence: str) -> None:
        nonlocal done
        done += 1
        progress(done, total)

    record(root, backend, moved, again)


def further_items() -> Iterator[Item]:
    """Sound items without a story: every product in turn, on each side that references show."""
    seeds = iter(FURTHER_SEEDS)
    number = 0
    while True:
        for name, spec in CATALOGUE.items():
            product, seed = spec.make(), next(seeds)
            number += 1
            side = spec.sides[(number - 1) // len(CATALOGUE) % len(spec.sides)]
            yield Item(
                id=f"{name}-further-{number}",
                seed=seed,
                product=product,
                placement=lying(product, seed, side),
                sequence=number,
                step=ProcessStep.PICK,
                barcode=product.gtin,
                taken_for=product.name,
            )


def render_further(root: Path, count: int, backend: Backend, progress: Progress) -> None:
    """Renders so many further items in the recorded booth; what is there already stays."""
    booth = booth_on(Day.USUAL, SIZE)
    empty = look_at_empty(booth, backend, RECORDED[0])
    with writing(root, ENCODING) as writer:
        for done, item in enumerate(islice(further_items(), count), start=1):
            if item.id not in writer:
                taken = take(item, booth, backend, empty)
                writer.add(taken.capture, taken.labels, taken.masks, split=SPLIT)
            progress(done, count)
