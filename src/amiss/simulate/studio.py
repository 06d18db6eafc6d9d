"""Where planned items are put before the cameras and packed for the data set."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType

from amiss.dataset.pack import Packed, pack_capture, pack_reference
from amiss.dataset.pack_picture import Encoding
from amiss.simulate.capture import refer, take
from amiss.simulate.item import Item
from amiss.simulate.plan import Plan
from amiss.simulate.render.backend import Backend
from amiss.simulate.rig import empty_booth
from amiss.simulate.scene import Scene
from amiss.simulate.shoot import EmptyTray, look_at_empty


@dataclass(frozen=True, slots=True)
class Outfit:
    """How a data set's pictures are made; with its plan it settles every byte.

    views: cameras, 1 to 5. size: pixels of a side. empty_trays: whether each view comes with the
    empty tray as its camera sees it. encoding: how pictures are stored.
    """

    views: int = 3
    size: int = 640
    empty_trays: bool = True
    encoding: Encoding = field(default_factory=Encoding)


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be made of one product. group: the product. references: their numbers.

    items: the indexes of items to be captured; twins: of those to be captured intact.
    """

    group: int
    references: tuple[int, ...]
    items: tuple[int, ...]
    twins: tuple[int, ...]

    @property
    def captures(self) -> int:
        """How many there are to take."""
        return len(self.references) + len(self.items) + len(self.twins)


class _Noted:
    """Says in the traceback of an error what was being made: there may be a hundred thousand."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: object, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            error.add_note(f"That was while {self._what} was being made.")


class Studio:
    """Makes what a plan says, task by task. Equal tasks give equal bytes."""

    def __init__(self, plan: Plan, outfit: Outfit, backend: Backend) -> None:
        self._plan, self._outfit, self._backend = plan, outfit, backend
        self._booth: tuple[int, Scene, EmptyTray | None] | None = None

    def work(self, task: Task) -> Iterator[list[Packed]]:
        """One list for each capture: its own, or that of each view of a reference.

        Raises:
            SimulationError: an item cannot be made, or the backend failed.
        """
        for number in task.references:
            with _Noted(self._plan.reference_id(task.group, number)):
                made = self._reference(task.group, number)
            yield made
        for index in sorted({*task.items, *task.twins}):
            with _Noted(self._plan.id(index)):
                item = self._plan.item(index)
                wanted = [item] if index in task.items else []
                twins = [item.intact()] if index in task.twins else []
                captures = [self._capture(task.group, one) for one in (*wanted, *twins)]
            for capture in captures:
                yield [capture]

    def _capture(self, group: int, item: Item) -> Packed:
        taken = take(item, *self._before(group))
        split, encoding = self._plan.split(group), self._outfit.encoding
        return pack_capture(taken.capture, taken.labels, taken.masks, split, encoding)

    def _reference(self, group: int, number: int) -> list[Packed]:
        shown = refer(self._plan.reference(group, number), *self._before(group))
        split, encoding = self._plan.split(group), self._outfit.encoding
        return [
            pack_reference(one.name, one.view, one.mask, one.labels, split, encoding)
            for one in shown
        ]

    def _before(self, group: int) -> tuple[Scene, Backend, EmptyTray | None]:
        """The booth of a product; the last one is kept, with its empty tray."""
        seed = self._plan.booth(group)
        if self._booth is None or self._booth[0] != seed:
            scene = empty_booth(seed, self._outfit.views, self._outfit.size)
            wanted = self._outfit.empty_trays
            empty = look_at_empty(scene, self._backend, seed) if wanted else None
            self._booth = seed, scene, empty
        _, scene, empty = self._booth
        return scene, self._backend, empty
