"""Takes captures of simulated items, in the form in which the data set's writer wants them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from amiss.dataset.labels import ItemMask, Labels, Masks
from amiss.domain.capture import Capture, RgbArray, View
from amiss.simulate.item import Item
from amiss.simulate.render.backend import Backend
from amiss.simulate.scene import Scene
from amiss.simulate.shoot import EmptyTray, Shot, shoot, stage
from amiss.simulate.streams import stream

_APART = 4.0  # milliseconds between trigger and shutter, at most


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A capture and the truth about it. masks: one per view: the item, and its visible damage."""

    capture: Capture
    labels: Labels
    masks: tuple[Masks, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A pristine view of a product. name: its own in a data set. mask: H×W bool, the item."""

    name: str
    view: View
    labels: Labels
    mask: ItemMask


def take(
    item: Item, booth: Scene, backend: Backend, empty: EmptyTray | None, *, close: bool = True
) -> Taken:
    """One capture of an item by all cameras of a booth; equal arguments give equal pixels.

    empty: the same booth without an item, as `look_at_empty` saw it; None: views come without
    their empty tray. close: see `stage`.

    Raises:
        SimulationError: the harms remove everything, or the backend failed.
    """
    scene = stage(booth, item.product, item.harms, item.seed, placement=item.placement, close=close)
    shots = shoot(scene, backend, item.seed)
    views = []
    for number, shot in enumerate(shots):
        late = float(stream("capture", item.seed, 3, number + 1).uniform(0, _APART))
        tray = empty.seen_by(shot.eye, item.seed) if empty else None
        views.append(view_of(shot, item.sequence, item.taken + timedelta(milliseconds=late), tray))
    capture = Capture(
        views=tuple(views),
        product=item.taken_for,
        step=item.step,
        id=item.id,
        taken=item.taken,
        sequence=item.sequence,
        barcode=item.barcode,
    )
    labels = replace(item.labels(), lies=scene.lies)
    return Taken(capture, labels, masks_of(shots))


def refer(
    item: Item, booth: Scene, backend: Backend, empty: EmptyTray | None
) -> tuple[Reference, ...]:
    """References of a product: the views of one pristine item, named `<id>-<view>`.

    Raises:
        ValueError: the item is harmed.
        SimulationError: the backend failed.
    """
    if item.harms:
        raise ValueError(f"Item {item.id} is harmed, and no reference; leave its harms out.")
    taken = take(item, booth, backend, empty)
    return tuple(
        Reference(f"{item.id}-{number}", view, taken.labels, mask.item)
        for number, (view, mask) in enumerate(zip(taken.capture.views, taken.masks, strict=True))
        if mask.item is not None
    )


def view_of(
    shot: Shot,
    trigger: int | None = None,
    taken: datetime | None = None,
    empty_tray: RgbArray | None = None,
) -> View:
    """What the camera saw; the truth stays behind."""
    return View(
        rgb=shot.rgb,
        source="simulated",
        depth=shot.depth,
        empty_tray=empty_tray,
        camera=shot.eye.name,
        intrinsics=shot.eye.intrinsics,
        pose=shot.eye.pose,
        taken=taken,
        trigger=trigger,
    )


def masks_of(shots: Sequence[Shot]) -> tuple[Masks, ...]:
    """Silhouette and damage of every view."""
    return tuple(Masks(shot.truth.item, shot.truth.damage) for shot in shots)
