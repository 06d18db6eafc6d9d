"""A bent corner of something thin: a card, a padded envelope."""

import math

import numpy as np

from amiss.simulate.damages.local import Local, Look, blend
from amiss.simulate.damages.noise import Values, smooth, speckle
from amiss.simulate.damages.place import Place
from amiss.simulate.damages.stuff import Stuff, raw
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Patch, Points

_SIDES = 1.6  # times the length of the bent tip: what belongs to the same corner


class Fold(Local):
    """Bends what lies beyond a line out of the surface, in an arc of `curl` metres radius.

    The place is at the tip and its `along` points from the tip inwards; the line crosses it after
    `length` metres. turn: radians by which the tip turns up at the end.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        length: float,
        turn: float,
        made_of: Stuff,
    ) -> None:
        super().__init__(place, _SIDES * length)
        self.length, self.turn, self.made_of = length, turn, made_of
        self.curl: float = min(length / turn, float(rng.uniform(0.1, 0.7)) * length)
        self._wave = Waves.drawn(rng, length)
        self._broken = Waves.drawn(rng, 0.008)
        self._grain = speckle(rng, 0.0007)

    @property
    def lift(self) -> float:
        """Metres by which the tip is raised."""
        straight = max(0.0, self.length - self.curl * self.turn)
        return self.curl * (1 - math.cos(self.turn)) + straight * math.sin(self.turn)

    def beyond(self, rest: Points) -> Values:
        """Metres beyond the line, towards the tip; negative before it."""
        along, _, _ = self.place.local(rest)
        line = self.length * (1 + 0.012 * self._wave(rest))
        return np.asarray(line - along, np.float64)

    def move(self, patch: Patch, rest: Points, normal: Points) -> Points:  # noqa: ARG002
        """Rolled up along the arc, straight after it; what lies deeper rolls with it."""
        below = self.place.local(rest)[2]
        beyond = np.maximum(self.beyond(rest), 0)
        angle = np.minimum(beyond / self.curl, self.turn)
        rest_of_it = np.maximum(beyond - self.curl * self.turn, 0)
        radius = self.curl + below  # the outer side of a roll is longer
        forward = radius * np.sin(angle) + rest_of_it * np.cos(angle)
        up = self.curl - radius * np.cos(angle) + below + rest_of_it * np.sin(angle)
        back = (beyond - forward)[:, None] * self.place.along
        return np.asarray(back + up[:, None] * self.place.out, np.float64)

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:
        """The line of the fold whitens where it is sharp."""
        beyond = self.beyond(rest)
        middle = 0.5 * min(self.curl * self.turn, self.length)
        width = 0.0006 + 0.15 * self.curl
        line = np.exp(-(((beyond - middle) / width) ** 2)) * min(1.0, 0.004 / self.curl)
        broken = smooth(self._broken(rest) + self._grain(rest) - 0.5, -0.8, 0.8)
        return blend(base, raw(patch, self.made_of), 0.8 * line * broken)

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Above ½ beyond the line."""
        return np.where(self.beyond(rest) > 0, 1.0, 0.0)
