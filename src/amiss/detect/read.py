"""Looks at views, and reads them with the damage model, each once."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

import numpy as np

from amiss.detect.cues import cues
from amiss.detect.damage import DamageModel, Floats, Reading
from amiss.domain.capture import RgbArray, View
from amiss.gallery.reference import Reference, see_reference
from amiss.vision.aside import aside
from amiss.vision.engine.protocol import Features
from amiss.vision.look import Eye
from amiss.vision.seen import Seen

TOGETHER = 6
"""Views that the damage model reads at once, at most: memory grows with them, speed hardly."""

Coming = Callable[[], View]
"""Gives a view when called: a file that is decoded while other views are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A view, looked at.

    features: the encoder's outputs C×h×w. reading: None without a model. seen: what it is compared
    and recognised by; None until it is described.
    """

    view: View
    features: Features
    reading: Reading | None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A view that went through the encoder. cues: coming; None without a model."""

    view: View
    features: Features
    grid: tuple[int, int]
    cues: Future[Floats] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads views with the encoder and, where the bundle has one, the damage model."""

    eye: Eye
    model: DamageModel | None

    def read(self, views: Sequence[View | Coming], *, describes: bool = False) -> list[Sight]:
        """All views of an item, or of many: those of one size together.

        describes: what views are compared and recognised by, too.

        Raises:
            EngineError: the encoder or the model failed.
            ImageError: a view that was coming cannot be read.
        """
        seen = self._look(views)
        found: dict[int, Sight] = {}
        for group in _groups([one.grid for one in seen]):
            found.update(zip(group, self._read([seen[place] for place in group]), strict=True))
        sights = [found[place] for place in range(len(views))]
        return described(self.model, sights) if describes and self.model else sights

    def reference(self, name: str, view: View) -> Reference:
        """A view as a reference.

        Raises:
            EngineError: the encoder or the model failed.
        """
        (sight,) = self.read([view], describes=True)
        reference = see_reference(name, view.rgb, self.eye, sight.features)
        return replace(reference, seen=sight.seen)

    def _look(self, views: Sequence[View | Coming]) -> list[_Look]:
        """Through the encoder, one after the other, which is as fast as together.

        What is small is done meanwhile, and so are later views decoded.
        """
        found = []
        for coming in [aside(self._framed, view) for view in views]:
            view, frame = coming.result()
            rows, columns = (side // self.eye.facts.cell for side in frame.shape[:2])
            beside = aside(cues, view, (rows, columns)) if self.model else None
            found.append(_Look(view, self.eye.features(frame), (rows, columns), beside))
        return found

    def _framed(self, given: View | Coming) -> tuple[View, RgbArray]:
        view = given if isinstance(given, View) else given()
        return view, self.eye.frame(view.rgb)

    def _read(self, some: Sequence[_Look]) -> list[Sight]:
        """Views of one grid."""
        if self.model is None:
            return [Sight(one.view, one.features, None) for one in some]
        names = some[0].features
        together = {name: np.stack([one.features[name] for one in some]) for name in names}
        told = np.stack([one.cues.result() for one in some if one.cues is not None])
        readings = self.model.read(together, told)
        return [
            Sight(one.view, one.features, reading)
            for one, reading in zip(some, readings, strict=True)
        ]


def described(model: DamageModel, sights: Sequence[Sight]) -> list[Sight]:
    """The same sights, described where they were read and not described yet.

    Raises:
        EngineError: the model failed.
    """
    found = list(sights)
    able = [
        (place, one.reading)
        for place, one in enumerate(sights)
        if one.reading is not None and one.seen is None
    ]
    for group in _groups([reading.maps.coarse.shape for _, reading in able]):
        seen = model.describe([able[at][1] for at in group])
        for at, one in zip(group, seen, strict=True):
            place, _ = able[at]
            found[place] = replace(sights[place], seen=one)
    return found


def _groups(grids: Sequence[Hashable]) -> Iterator[list[int]]:
    """Places of equal grids, at most TOGETHER at a time."""
    of: dict[Hashable, list[int]] = {}
    for place, grid in enumerate(grids):
        of.setdefault(grid, []).append(place)
    for places in of.values():
        yield from (places[at : at + TOGETHER] for at in range(0, len(places), TOGETHER))
