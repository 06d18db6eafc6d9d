"""Makes a feature cache from a data set: the frozen encoder looks at each view once."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from amiss.dataset.collection import Dataset, Split
from amiss.dataset.records import CaptureRecord, ViewRecord
from amiss.detect.preprocessing import fingerprint
from amiss.domain.capture import Matrix
from amiss.domain.errors import DatasetError
from amiss.train.cache.see import Features, see
from amiss.train.cache.sight import TYPES, to_parts
from amiss.train.cache.squeeze import Squeezers
from amiss.train.cache.store import (
    SETTINGS,
    Kept,
    KeptItem,
    ShardWriter,
    write_squeezers,
)
from amiss.train.cache.twist import Twist
from amiss.vision.decode import decode

PRODUCTS_PER_SHARD = 16

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Lot:
    """What goes into one shard. number: its own."""

    number: int
    split: Split
    products: tuple[str, ...]
    captures: tuple[int, ...]


def build_cache(
    data: Dataset,
    root: Path,
    features: Features,
    squeezers: Squeezers,
    tell: Progress = lambda _done, _all: None,
    look: int = 0,
) -> int:
    """Brings a cache to where it holds all of a data set; what it holds already stays.

    Returns how many shards were made. squeezers: alike for all that is trained on together, since
    what they leave out is never learnt. tell: gets shards done, and of how many. look: 0 is the
    pictures as they are; from 1 on the splits that are learnt from, looked at anew, see `Twist`.

    Raises:
        DatasetError: the cache was made of something else, or a file of a view cannot be read.
        ImageError: a picture cannot be read.
    """
    root.mkdir(parents=True, exist_ok=True)
    lots = [lot for lot in _lots(data) if look == 0 or lot.split.name != "validation"]
    _begin(root, lots, features, squeezers, look)
    made = 0
    for done, lot in enumerate(lots):
        tell(done, len(lots))
        path = root / f"shard-{lot.number:05d}.npz"
        if not path.exists():
            _written(lot, features, squeezers, look).write(path)
            made += 1
    tell(len(lots), len(lots))
    return made


def _lots(data: Dataset) -> Iterator[_Lot]:
    """Products by the dozen, split by split."""
    number = 0
    for split in data:
        of: dict[str, list[int]] = {item: [] for item in split.items}
        for place, record in enumerate(split):
            of.setdefault(record.item, []).append(place)
        names = list(of)
        for first in range(0, len(names), PRODUCTS_PER_SHARD):
            some = tuple(names[first : first + PRODUCTS_PER_SHARD])
            yield _Lot(number, split, some, tuple(place for name in some for place in of[name]))
            number += 1


def _begin(
    root: Path, lots: list[_Lot], features: Features, squeezers: Squeezers, look: int
) -> None:
    """Notes what the cache is of; refuses one that is of something else."""
    digest = hashlib.sha256()
    for lot in lots:
        names = [lot.split[place].id for place in lot.captures]
        digest.update(json.dumps([lot.split.name, lot.products, names]).encode())
    settings = {
        "data": digest.hexdigest(),
        "features": features.name,
        "preprocessing": fingerprint(),
        "squeezers": {name: one.digest for name, one in squeezers.items()},
        "products_per_shard": PRODUCTS_PER_SHARD,
        **({"look": look} if look else {}),
    }
    file = root / SETTINGS
    if file.exists():
        try:
            before = json.loads(file.read_text())
        except ValueError:
            before = None
        if before != settings:
            raise DatasetError(
                f"The feature cache {root} was made of another data set, or in another way; "
                "delete it, or name another folder."
            )
        return
    draft = file.with_suffix(".draft")
    write_squeezers(root, squeezers)
    draft.write_text(json.dumps(settings, indent=2) + "\n")
    draft.rename(file)


def _written(lot: _Lot, features: Features, squeezers: Squeezers, look: int) -> ShardWriter:
    writer = ShardWriter()

    def keep(view: ViewRecord, lies: Matrix | None, design: str | None, product: str) -> Kept:
        twist = Twist.of(look, product, view.id) if look else None
        sight = see(view.load(decode), view, lies, features, twist)
        return Kept(
            id=view.id,
            camera=view.camera,
            design=design,
            fine=(sight.item.shape[0], sight.item.shape[1]),
            coarse=sight.grid,
            pixels=_pixels(view),
            parts=writer.place(to_parts(sight, squeezers)),
            outlined=view.load_item_mask() is not None,
            any=None if view.defects is None else view.defects.any,
            major=None if view.defects is None else view.defects.major,
            words=() if view.defects is None else tuple(map(str, view.defects.types)),
        )

    for place in lot.captures:
        record = lot.split[place]
        design = record.labels.design if record.labels else None
        lies, item = _lies(record), record.item
        views = tuple(keep(view, lies, design, item) for view in record.views)
        writer.add_item(_item(record, lot.split.name, views))
    for product in lot.products:
        for reference in lot.split.references(product):
            kept = keep(reference.view, reference.lies, reference.design, product)
            writer.add_reference(product, kept)
    return writer


def _item(record: CaptureRecord, split: str, views: tuple[Kept, ...]) -> KeptItem:
    labels = record.labels
    return KeptItem(
        id=record.id,
        split=split,
        taken_for=record.item,
        product=labels.product if labels else record.product,
        design=labels.design if labels else None,
        material=record.material,
        tags=labels.tags if labels else (),
        damages=_damages(record),
        views=views,
    )


def _damages(record: CaptureRecord) -> tuple[tuple[str, str | None, str | None], ...] | None:
    """Type, severity and locus of each; of a data set without our labels nothing is known."""
    if record.labels is None or record.labels.damages is None:
        return None
    return tuple((one.type, one.severity, one.locus) for one in record.labels.damages)


def _pixels(view: ViewRecord) -> tuple[int, ...] | None:
    mask = view.load_damage_mask()
    if mask is None or mask.max(initial=0) > len(TYPES):
        return None  # there is none, or it shows damage of a type that nobody told
    counts = np.bincount(mask.ravel(), minlength=len(TYPES) + 1)
    return tuple(int(count) for count in counts[1 : len(TYPES) + 1])


def _lies(record: CaptureRecord) -> Matrix | None:
    return record.labels.lies if record.labels else None
