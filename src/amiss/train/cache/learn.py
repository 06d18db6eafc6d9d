"""How the features of some data sets are squeezed best, learnt from views all over them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amiss.dataset.collection import Dataset
from amiss.dataset.records import CaptureRecord, ViewRecord
from amiss.domain.errors import DatasetError
from amiss.train.cache.matter import Cells, cells_of, matter_of
from amiss.train.cache.see import Features, see
from amiss.train.cache.sight import Sight
from amiss.train.cache.squeeze import Map, Squeezer, Squeezers
from amiss.vision.decode import decode

VIEW_BYTES = 28_000
"""Of a view's features, in the mean; with cues, masks and places some 37 KB."""
_LEARNT_FROM = 600  # views
_PLACES = 200  # of each of them
_WEIGHED = 24  # views whose bytes are counted
# Steps, in the channels' deviations; with finer ones the largest components would not fit 8 bits.
_FINEST, _COARSEST = 0.25, 20.0
_HALVINGS = 10


@dataclass(slots=True)
class _Looked:
    """What was seen of the views that are learnt from."""

    rng: np.random.Generator
    places: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)
    whole: list[dict[str, Map]] = field(default_factory=list)
    cells: list[Cells] = field(default_factory=list)

    def take(self, sight: Sight, *, told: bool) -> None:
        """A view. told: whether it is known which of its cells show damage."""
        for name, value in sight.features.items():
            flat = value.reshape(len(value), -1)
            some = self.rng.integers(flat.shape[1], size=_PLACES)
            self.places.setdefault(name, []).append(flat[:, some].T)
        if told:
            self.cells.append(cells_of(sight, self.rng))


def learn_squeezers(
    sets: Sequence[Dataset], features: Features, view_bytes: int = VIEW_BYTES
) -> Squeezers:
    """Squeezers for all of these data sets together.

    view_bytes: what a view's features take, in the mean, squeezed as finely as that allows.

    Raises:
        DatasetError: there is no view to learn from, or a file of one cannot be read.
        ImageError: a picture cannot be read.
    """
    looked = _looked(sets, features)
    if not looked.places:
        raise DatasetError(f"{_names(sets)}: there is no view to learn from.")
    places = {name: np.concatenate(some) for name, some in looked.places.items()}
    spread = {name: np.maximum(some.std(axis=0), 1e-6) for name, some in places.items()}
    matter = matter_of(looked.cells, spread) or {}

    def squeezers(step: float) -> Squeezers:
        return {name: Squeezer.fit(one, step, matter.get(name)) for name, one in places.items()}

    return _finest(squeezers, looked.whole, view_bytes)


def _looked(sets: Sequence[Dataset], features: Features) -> _Looked:
    looked = _Looked(np.random.default_rng(0))
    for data in sets:
        for number, (record, view) in enumerate(_spread(data, max(1, _LEARNT_FROM // len(sets)))):
            lies = record.labels.lies if record.labels else None
            sight = see(view.load(decode), view, lies, features)
            looked.take(sight, told=_is_told(record, view))
            if number < max(1, _WEIGHED // len(sets)):
                looked.whole.append(sight.features)
    return looked


def _spread(data: Dataset, most: int) -> Iterator[tuple[CaptureRecord, ViewRecord]]:
    """Views of captures all over the training split, or over whatever there is."""
    name = "train" if "train" in data.splits else data.splits[0]
    split = data.split(name)
    # Drawn, not evenly spaced: kinds of products take turns, and the first views are weighed.
    for place in np.random.default_rng(1).permutation(len(split))[:most].tolist():
        record = split[place]
        yield record, record.views[place % len(record.views)]


def _is_told(record: CaptureRecord, view: ViewRecord) -> bool:
    if record.labels is None or record.labels.damages is None:
        return False
    return not record.labels.damages or view.load_damage_mask() is not None


def _finest(
    squeezers: Callable[[float], Squeezers], views: Sequence[dict[str, Map]], view_bytes: int
) -> Squeezers:
    """Those of the finest step at which views take no more than that, in the mean."""
    fine, coarse = _FINEST, _COARSEST
    for _ in range(_HALVINGS):
        step = float(np.sqrt(fine * coarse))
        if _size(squeezers(step), views) > view_bytes:
            fine = step
        else:
            coarse = step
    return squeezers(coarse)


def _size(squeezers: Squeezers, views: Sequence[dict[str, Map]]) -> float:
    sizes = [len(squeezers[name].squeeze(one)) for view in views for name, one in view.items()]
    return sum(sizes) / len(views)


def _names(sets: Sequence[Dataset]) -> str:
    return ", ".join(data.root.name for data in sets) or "No data sets"
