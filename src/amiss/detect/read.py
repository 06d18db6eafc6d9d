"""Looks at views, and reads them with the damage model, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from amiss.detect.cues import cues
from amiss.detect.damage import CELL, DamageModel, Reading
from amiss.domain.capture import View
from amiss.gallery.reference import Reference, see_reference
from amiss.vision.aside import aside
from amiss.vision.look import Eye, Look


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A view, looked at. reading: what the damage model says of it; None without one."""

    look: Look
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
        reference = see_reference(name, view.rgb, self.eye, sight.look)
        return replace(reference, seen=None if sight.reading is None else sight.reading.seen)

    def _read(self, view: View) -> Sight:
        if self.model is None:
            return Sight(self.eye.look(view.rgb), None)
        grid = self.eye.grid(view.rgb, CELL)
        beside = aside(cues, view, grid)
        look = self.eye.look(view.rgb)
        features = {name: one[None] for name, one in look.features.items()}
        (reading,) = self.model.read(features, np.asarray(beside.result()[None], np.float32))
        return Sight(look, reading)
