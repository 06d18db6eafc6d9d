"""Runs the inspector over items that were not trained on, to learn how to weigh what it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from amiss.dataset.collection import Split
from amiss.dataset.records import CaptureRecord
from amiss.detect.fuse import Numbers, numbers, was_compared
from amiss.domain.errors import DatasetError
from amiss.domain.words import Severity
from amiss.evaluate.draw import draw_of_each_camera
from amiss.inspector import Inspector
from amiss.train.damage.samples import VISIBLE
from amiss.train.damage.weigh import Item
from amiss.vision.decode import decode

REFERENCES = 2
"""Of each camera, beside which items are looked at."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Items without references and, as far as there are any, with them.

    discrepancies: of sound items with references.
    """

    alone: list[Item]
    beside: list[Item]
    discrepancies: list[float]


def gather(
    inspector: Inspector,
    split: Split,
    most: int,
    seed: int,
    tell: Progress = lambda _done, _all: None,
) -> Gathered:
    """Looks at `most` items at most of a split, drawn product by product from the seed.

    Raises:
        DatasetError: a file is missing or broken.
        ImageError: a picture cannot be read.
    """
    records = list(_drawn(split, most, seed))
    gathered = Gathered([], [], [])
    done = 0
    for item, group in groupby(records, key=lambda record: record.item):
        drawn = draw_of_each_camera(split.references(item), REFERENCES, seed)
        references = [inspector.see(one.view.load(decode)) for one in drawn]
        for record in group:
            done += 1
            tell(done, len(records))
            if _hidden(record):
                continue
            capture = record.load(decode)
            for into, beside in ((gathered.alone, []), (gathered.beside, references)):
                judged = inspector.judge(capture, beside)
                found = numbers(judged)
                differs = [one.discrepancy.score for one in judged if one.discrepancy is not None]
                if differs and not _is_damaged(record):
                    gathered.discrepancies.append(max(differs))
                if found is not None and (into is gathered.alone or was_compared(judged)):
                    into.append(_item(record, found))
    return gathered


def _hidden(record: CaptureRecord) -> bool:
    """Whether it is damaged where no view shows it, which teaches nothing about evidence."""
    if record.labels is None or not record.labels.damages:
        return False
    masks = [view.load_damage_mask() for view in record.views]
    known = [mask for mask in masks if mask is not None]
    return len(known) == len(masks) and all(int((mask > 0).sum()) < VISIBLE for mask in known)


def _drawn(split: Split, most: int, seed: int) -> Iterator[CaptureRecord]:
    """Labelled items of products in random order, products kept together."""
    of: dict[str, list[CaptureRecord]] = {}
    for record in split:
        if record.labels is not None and record.labels.damages is not None:
            of.setdefault(record.item, []).append(record)
    names = sorted(of)
    left = most
    for place in np.random.default_rng(seed).permutation(len(names)):
        some = of[names[place]][:left]
        left -= len(some)
        yield from some


def _is_damaged(record: CaptureRecord) -> bool:
    return record.labels is None or record.labels.damages != ()


def _item(record: CaptureRecord, found: Numbers) -> Item:
    if record.labels is None or record.labels.damages is None:
        raise DatasetError(f"{record.id} has no labels.")
    damages = record.labels.damages
    major = any(one.severity is Severity.MAJOR for one in damages)
    return Item(found, bool(damages), major)
