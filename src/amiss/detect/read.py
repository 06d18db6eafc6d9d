"""Looks at views, and reads them with the damage model, each once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from amiss.detect.cues import cues
from amiss.detect.damage import DamageModel, Reading
from amiss.domain.capture import RgbArray, View
from amiss.gallery.reference import Reference, see_reference
from amiss.vision.aside import aside
from amiss.vision.engine.protocol import Features
from amiss.vision.look import Eye

TOGETHER = 6
"""Views that go through the networks at once, at most: memory grows with them, speed hardly."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A view, looked at. features: the encoder's outputs C×h×w. reading: None without a model."""

    features: Features
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads views with the encoder and, where the bundle has one, the damage model."""

    eye: Eye
    model: DamageModel | None

    def read(self, views: Sequence[View]) -> list[Sight]:
        """All views of an item, or of many: those of one size together.

        Raises:
            EngineError: the encoder or the model failed.
        """
        frames = [self.eye.frame(view.rgb) for view in views]
        found: dict[int, Sight] = {}
        for group in _groups(frames):
            some = [(views[place], frames[place]) for place in group]
            found.update(zip(group, self._read(some), strict=True))
        return [found[place] for place in range(len(views))]

    def reference(self, name: str, view: View) -> Reference:
        """A view as a reference.

        Raises:
            EngineError: the encoder or the model failed.
        """
        (sight,) = self.read([view])
        reference = see_reference(name, view.rgb, self.eye, sight.features)
        return replace(reference, seen=None if sight.reading is None else sight.reading.seen)

    def _read(self, some: Sequence[tuple[View, RgbArray]]) -> list[Sight]:
        """Views whose frames are of one size."""
        rows, columns = (side // self.eye.facts.cell for side in some[0][1].shape[:2])
        beside = [aside(cues, view, (rows, columns)) for view, _ in some] if self.model else []
        features = self.eye.engine.run(np.stack([frame for _, frame in some]))
        readings: list[Reading | None] = [None] * len(some)
        if self.model is not None:
            told = np.stack([one.result() for one in beside])
            readings[:] = self.model.read(features, told)
        return [
            Sight({name: value[place] for name, value in features.items()}, reading)
            for place, reading in enumerate(readings)
        ]


def _groups(frames: Sequence[RgbArray]) -> Iterator[list[int]]:
    """Places of frames of one size, at most TOGETHER at a time."""
    of: dict[tuple[int, ...], list[int]] = {}
    for place, frame in enumerate(frames):
        of.setdefault(frame.shape, []).append(place)
    for places in of.values():
        yield from (places[at : at + TOGETHER] for at in range(0, len(places), TOGETHER))
