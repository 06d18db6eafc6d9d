"""What spoils the look only: scratches, scuffs, dirt, dried water, what a label left behind.

Paint without displacement. It stays on the patches that look the way the place does.
"""

import math
from abc import ABC, abstractmethod

import numpy as np

from amiss.simulate.damages.local import Local, Look, blend
from amiss.simulate.damages.noise import Values, smooth, speckle
from amiss.simulate.damages.place import Place
from amiss.simulate.damages.stuff import Stuff, raw
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Patch, Points

_SEEN = 0.3  # density of paint from which people call it damage
_TELLS = 0.2  # difference of sRGB, mean of the channels, from which a mark shows well
_DARK = 0.3  # sRGB; on darker print dried water leaves a pale film of lime
_SIDE_MARGIN = 0.0008  # metres to both sides of a scratch that belong to it


def _telling(colour: Look, base: Look, dense: Values) -> Look:
    """The colour, or where it would not show on what it lies on, its dark or pale opposite.

    colour: (3,). What nobody can see nobody calls damage.
    """
    if not (dense > 0).any():
        return colour
    under = np.average(base, axis=0, weights=dense)
    if float(np.abs(colour - under).mean()) >= _TELLS:
        return colour
    return np.asarray(under * 0.45 if float(under.mean()) > 0.4 else 0.5 * under + 0.38, np.float32)


class Scratches(Local):
    """Strokes of one scrape, mostly in one direction, deep here and skipping there."""

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        radius: float,
        made_of: Stuff,
        names: frozenset[str],
    ) -> None:
        super().__init__(place, 3.2 * radius + 0.01, names)
        self.made_of = made_of
        count = 1 + int(rng.poisson(2.0))
        self.turns = rng.normal(0, 0.25, count)
        self.starts = rng.normal(0, 0.4 * radius, (count, 2))
        self.halves = np.minimum(rng.gamma(3, 0.6, count), 2.5) * radius
        self.bends = rng.normal(0, 0.1, count) / radius
        self.widths = np.exp(rng.normal(math.log(0.00035), 0.5, count))
        self.deep = rng.uniform(0.45, 1.0, count)
        self._skips = Waves.drawn(rng, 0.01)
        self._grain = speckle(rng, 0.0006)

    def strokes(self, rest: Points, wider: float) -> Values:
        """Density in [0, 1] of all strokes, each `wider` metres wider to both sides."""
        along, across, _ = self.place.local(rest)
        dense = np.zeros(len(rest))
        for turn, start, half, bend, width, deep in zip(
            self.turns, self.starts, self.halves, self.bends, self.widths, self.deep, strict=True
        ):
            x, y = along - start[0], across - start[1]
            way = x * math.cos(turn) + y * math.sin(turn)
            aside = np.abs(y * math.cos(turn) - x * math.sin(turn) - bend * way**2)
            thin = 1 - (way / half) ** 2
            wide = width * (0.4 + 0.6 * np.clip(thin, 0, 1)) + wider
            line = smooth(wide + 0.0004 - aside, 0, 0.0005) * (thin > 0)
            dense = np.maximum(dense, deep * line)
        return dense

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:
        """The bare material shows, or only a pale or dark trace."""
        skips = smooth(self._skips(rest) + self._grain(rest), -0.9, 0.3)
        dense = self.strokes(rest, 0.0) * skips
        return blend(base, _telling(raw(patch, self.made_of), base, dense), dense)

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Above ½ on the strokes and a hair beside them."""
        return np.where(self.strokes(rest, _SIDE_MARGIN) > _SEEN, 1.0, 0.0)


class Blot(Local, ABC):
    """A patch of something: its density falls off raggedly. Subclasses give density and colour."""

    def __init__(
        self, rng: np.random.Generator, place: Place, radius: float, names: frozenset[str]
    ) -> None:
        super().__init__(place, 2.4 * radius + 0.004, names)
        self.radius = radius
        self.long = float(rng.uniform(1.0, 1.6))
        self._lobes = Waves.drawn(rng, 1.6 * radius)
        self._edge = Waves.drawn(rng, max(0.35 * radius, 0.003))
        self._fine = Waves.drawn(rng, 0.004)
        self._grain = speckle(rng, 0.0009)

    def out(self, rest: Points) -> Values:
        """Distance from the middle in radii, ragged; 1 is the rim."""
        along, across, below = self.place.local(rest)
        round_ = np.sqrt((along / self.long) ** 2 + (across * self.long) ** 2 + below**2)
        return round_ / self.radius + 0.22 * self._lobes(rest) + 0.1 * self._edge(rest)

    @abstractmethod
    def density(self, rest: Points) -> Values:
        """N in [0, 1]."""

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Above ½ on all of it, its gaps included."""
        return np.where(self.out(rest) < 1.0, 1.0, 0.0)


class Scuff(Blot):
    """Rubbed along one direction: print worn to the bare material in fine streaks."""

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        radius: float,
        made_of: Stuff,
        names: frozenset[str],
    ) -> None:
        super().__init__(rng, place, radius, names)
        self.made_of = made_of
        self._streaks = Waves.drawn(rng, 0.0022, 9)
        self.strength = float(rng.uniform(0.65, 0.95))

    def density(self, rest: Points) -> Values:
        """Streaks, denser in the middle."""
        along, across, below = self.place.local(rest)
        drawn = np.stack([0.08 * along, across, below], -1)
        streaks = smooth(self._streaks(drawn) + 0.6 * self._fine(rest), -0.1, 1.0)
        return self.strength * streaks * smooth(-self.out(rest), -1.05, -0.5)

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:
        """Towards the bare material."""
        dense = self.density(rest)
        return blend(base, _telling(raw(patch, self.made_of), base, dense), dense)


class Dirt(Blot):
    """Grime from a floor or a belt: dark, smeared, grainy."""

    def __init__(
        self, rng: np.random.Generator, place: Place, radius: float, names: frozenset[str]
    ) -> None:
        super().__init__(rng, place, radius, names)
        self.strength = float(rng.uniform(0.75, 1.0))
        warm = float(rng.uniform(0, 1))
        dark = np.array((0.10, 0.09, 0.085)) + warm * np.array((0.14, 0.09, 0.04))
        self.colour = dark.astype(np.float32)

    def density(self, rest: Points) -> Values:
        """Smears over grains."""
        along, across, below = self.place.local(rest)
        smear = self._edge(np.stack([0.3 * along, across, below], -1))
        cloud = smooth(0.5 * smear + 0.5 * self._fine(rest), -1.3, 0.8)
        grains = 0.6 * (self._grain(rest) > 0.86)
        fade = smooth(-self.out(rest), -1.1, -0.6)
        return np.clip(self.strength * cloud + grains * 0.6, 0, 1) * fade

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:  # noqa: ARG002
        """Darker, as grime lets the print through; on what is dark itself, pale dust."""
        dense = self.density(rest)
        return blend(base, base * 0.25 + 0.75 * _telling(self.colour, base, dense), dense)


class WaterStain(Blot):
    """Dried water: a little darker and duller, with a sharp tide line."""

    def density(self, rest: Points) -> Values:
        """The tide line and what it encloses."""
        out = self.out(rest)
        line = np.exp(-(((out - 0.93) * self.radius / 0.0014) ** 2))
        second = 0.5 * np.exp(-(((out - 0.7) * self.radius / 0.0020) ** 2))
        return np.clip(0.4 * (out < 0.93) + 0.6 * line + 0.5 * second, 0, 1)

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:  # noqa: ARG002
        """Browner along the line, darker within."""
        dense = self.density(rest) * (0.85 + 0.15 * self._fine(rest))
        wet = base * np.array((0.62, 0.54, 0.42), np.float32)
        dark = float(np.average(base.mean(axis=1), weights=np.maximum(dense, 1e-6))) < _DARK
        return blend(base, base + np.float32(0.14) if dark else wet, dense)


class Residue(Blot):
    """What a label left: a grey, dusty film of glue with straight sides and shreds of paper."""

    def __init__(
        self, rng: np.random.Generator, place: Place, radius: float, names: frozenset[str]
    ) -> None:
        super().__init__(rng, place, radius, names)
        self.paper_share = float(rng.uniform(0.0, 0.7))

    def out(self, rest: Points) -> Values:
        """A rectangle with soft corners instead of a blob."""
        along, across, _ = self.place.local(rest)
        x, y = np.abs(along) / (1.15 * self.long), np.abs(across) * self.long / 0.78
        return np.asarray((x**6 + y**6) ** (1 / 6) / self.radius + 0.02 * self._edge(rest))

    def density(self, rest: Points) -> Values:
        """Glue with dust in it."""
        dust = 0.4 + 0.25 * smooth(self._fine(rest), -1, 1) + 0.3 * (self._grain(rest) > 0.8)
        return dust * smooth(-self.out(rest), -1.0, -0.97)

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:  # noqa: ARG002
        """Grey glue, then shreds of white paper."""
        glued = blend(base, base * 0.55 + 0.22, self.density(rest))
        torn = smooth(
            self._edge(rest) + 0.25 * self._fine(rest),
            1.0 - 2 * self.paper_share,
            1.05 - 2 * self.paper_share,
        )
        shreds = torn * (self.out(rest) < 0.96)
        tone = (0.86 + 0.08 * self._grain(rest))[:, None] * np.ones(3)
        return blend(glued, tone, 0.92 * shreds)


def superficial(
    rng: np.random.Generator, place: Place, radius: float, made_of: Stuff, names: frozenset[str]
) -> tuple[Local, str]:
    """One of the five, as large as a circle of `radius` metres, and its name."""
    kinds = ["scratched", "scuffed", "dirty", "water-stained", "glue and paper of a label left"]
    odds = {Stuff.BOARD: (0.25, 0.25, 0.25, 0.15, 0.10)}.get(made_of, (0.4, 0.25, 0.25, 0.0, 0.10))
    name = str(rng.choice(kinds, p=odds))
    if name == "scratched":
        # Thin as they are, scratches of the same area are much longer.
        return Scratches(rng, place, 1.4 * radius + 0.004, made_of, names), name
    if name == "scuffed":
        return Scuff(rng, place, radius, made_of, names), name
    if name == "dirty":
        return Dirt(rng, place, radius, names), name
    if name == "water-stained":
        return WaterStain(rng, place, radius, names), name
    return Residue(rng, place, radius, names), name
