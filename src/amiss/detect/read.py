"""Looks at views, and reads them with the damage model, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from amiss.detect.cues import cues
from amiss.detect.damage import DamageModel, Reading
from amiss.domain.capture import View
from amiss.gallery.reference import Reference, see_reference
from amiss.vision.aside import aside
from amiss.vision.engine.protocol import Features
from amiss.vision.look import Eye


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
        """All views of an item, or any others.

        Raises:
            EngineError: the encoder or the model failed.
        """
        return [self._read(view) for view in views]

    def reference(self, name: str, view: View) -> Reference:
        """A view as a reference.

        Raises:
            EngineError: the encoder or the model failed.
        """
        sight = self._read(view)
        reference = see_reference(name, view.rgb, self.eye, sight.features)
        return replace(reference, seen=None if sight.reading is None else sight.reading.seen)

    def _read(self, view: View) -> Sight:
        frame = self.eye.frame(view.rgb)
        if self.model is None:
            return Sight(self.eye.features(frame), None)
        cell = self.eye.facts.cell
        beside = aside(cues, view, (frame.shape[0] // cell, frame.shape[1] // cell))
        features = self.eye.features(frame)
        (reading,) = self.model.read(
            {name: one[None] for name, one in features.items()}, beside.result()[None]
        )
        return Sight(features, reading)
