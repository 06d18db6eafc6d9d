"""What a spill leaves on the item itself: wet places that run down, powder dusted over it."""

import numpy as np

from amiss.simulate.damages.local import Look, blend
from amiss.simulate.damages.noise import Values, smooth, speckle
from amiss.simulate.damages.place import Place, Vector
from amiss.simulate.damages.pools import Substance
from amiss.simulate.damages.stuff import Stuff
from amiss.simulate.damages.superficial import Blot
from amiss.simulate.shapes.patch import Patch, Points


def running(place: Place, down: Vector) -> Place:
    """The place with its frame turned so that `along` runs down the surface; as it is on a flat."""
    fall = down - (down @ place.out) * place.out
    steep = float(np.linalg.norm(fall))
    if steep < 0.2:
        return place
    along = fall / steep
    return Place(place.point, along, np.cross(place.out, along), place.out, place.patch)


class Wet(Blot):
    """Liquid soaked into board, or standing on film and metal as a stain with runs."""

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        radius: float,
        names: frozenset[str],
        of: Substance,
        made_of: Stuff,
    ) -> None:
        super().__init__(rng, place, radius, names)
        self.long = float(rng.uniform(1.1, 1.7))
        self.colour = np.array(of.colour, np.float32)
        self.soaks = made_of is Stuff.BOARD

    def density(self, rest: Points) -> Values:
        """Full within, a darker line at the rim, runs at the lower end."""
        out = self.out(rest)
        line = 0.35 * np.exp(-(((out - 0.95) * self.radius / 0.0016) ** 2))
        body = smooth(-out, -1.0, -0.93)
        return np.clip(body * (0.62 + 0.1 * self._fine(rest)) + line, 0, 1)

    def out(self, rest: Points) -> Values:
        """As of any blot, but drawn out downwards in fingers."""
        along, across, _ = self.place.local(rest)
        fingers = self._edge(across[:, None] * self.place.across)
        below = np.maximum(along, 0) / self.radius
        return super().out(rest) - 0.3 * below * np.clip(fingers, -0.3, 1.5)

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:  # noqa: ARG002
        """Soaked print darkens and takes the colour; on film the liquid covers it."""
        tinted = base * (0.25 + 0.75 * self.colour) if self.soaks else self.colour + 0.0 * base
        return blend(base, tinted, self.density(rest))


class Dusting(Blot):
    """Powder on the item: fine grains, thinning out from where it comes."""

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        radius: float,
        names: frozenset[str],
        of: Substance,
    ) -> None:
        super().__init__(rng, place, radius, names)
        self.colour = np.array(of.colour, np.float32)
        self._clumps = speckle(rng, 0.0018)

    def density(self, rest: Points) -> Values:
        """The chance of a grain falls off; clumps and a thin veil between."""
        out = self.out(rest)
        chance = smooth(-out, -1.25, -0.1)
        grains = (self._grain(rest) < 0.9 * chance) | (self._clumps(rest) < 0.35 * chance**2)
        return np.clip(0.85 * grains + 0.45 * chance**2, 0, 1)

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:  # noqa: ARG002
        """Grains of two tones."""
        tone = (0.85 + 0.3 * self._clumps(rest))[:, None]
        return blend(base, self.colour * tone, self.density(rest))
