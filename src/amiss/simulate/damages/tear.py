"""Tears: a tongue of board that curls up, a slit with lifted lips, a ply ripped off."""

import math

import numpy as np

from amiss.simulate.damages.local import Local, Look, blend
from amiss.simulate.damages.noise import Values, smooth, speckle
from amiss.simulate.damages.place import Place
from amiss.simulate.damages.stuff import Stuff, raw
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Patch, Points


class Tongue(Local):
    """A tongue torn out of board and curled around a cylinder; its underside shows.

    Its free end is at −length/2 along the place's frame, its hinge at +length/2. slot: half width
    in metres of the cut around it, wider than half the pitch of the mesh.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        length: float,
        width: float,
        made_of: Stuff,
        names: frozenset[str],
        slot: float,
    ) -> None:
        super().__init__(place, 0.75 * length + width + 0.01, names)
        self.length, self.half, self.made_of = length, width / 2, made_of
        self.slot = slot
        turn = float(rng.uniform(0.9, 3.0))
        self.curl = 0.9 * length / turn
        self.twist = float(rng.normal(0, 0.15))
        self._edge = Waves.drawn(rng, max(0.25 * length, 0.008))
        self._teeth = Waves.drawn(rng, 0.004)
        self._grain = speckle(rng, 0.0007)

    def outline(self, rest: Points) -> tuple[Values, Values]:
        """Metres inside the tongue (negative outside), and metres before its hinge."""
        along, across, _ = self.place.local(rest)
        way = along / self.length + 0.5
        ragged = 0.08 * self.half * self._edge(rest) + 0.0003 * self._teeth(rest)
        taper = self.half * (0.55 + 0.45 * np.clip(way, 0, 1)) + ragged
        side = taper - np.abs(across)
        tip = (way + 0.04 * self._edge(rest)) * self.length
        corner = np.minimum(side, 0.4 * self.half) + np.minimum(tip, 0.4 * self.half)
        inside = np.minimum(np.minimum(side, tip), corner - 0.2 * self.half)
        return inside, (1 - way) * self.length

    def move(self, patch: Patch, rest: Points, normal: Points) -> Points:  # noqa: ARG002
        """The tongue rolls back over its hinge; the lips of the hole are a little raised."""
        inside, before = self.outline(rest)
        _, across, _ = self.place.local(rest)
        angle = np.clip(before - 0.1 * self.length, 0, None) / self.curl
        angle = angle * (1 + self.twist * across / self.half)
        rolled = np.maximum(before - 0.1 * self.length, 0)
        back = rolled - self.curl * np.sin(angle)
        up = self.curl * (1 - np.cos(angle))
        on = ((inside > 0) & (before > 0))[:, None]
        tongue = back[:, None] * self.place.along + up[:, None] * self.place.out
        lip = 0.0015 * np.exp(-np.maximum(-inside, 0) / 0.004) * (1 + self._edge(rest))
        lip *= smooth(before, 0.0, 0.2 * self.length)
        return np.where(on, tongue, np.maximum(lip, 0)[:, None] * self.place.out)

    def open(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """A slot along the sides and the tip, none at the hinge."""
        inside, before = self.outline(rest)
        beyond = np.abs(inside) - self.slot * (1 + 0.4 * np.clip(self._teeth(rest), 0, 1))
        # a triangle goes by the mean of its corners: one corner in the slot is enough
        return np.where(before > 0, np.where(beyond < 0, 4 * beyond, beyond), self.slot)

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:
        """Raw fibre along the tear, fine cracks across the curl."""
        inside, before = self.outline(rest)
        grain = self._grain(rest)
        edge = np.abs(inside) - self.slot
        width = 0.0012 + 0.0022 * grain + 0.0008 * np.clip(self._edge(rest), -1, 1)
        fringe = (1 - smooth(edge, 0.4 * width.min(), 1.2 * width.max())) * (edge < width)
        fringe *= before > -0.002
        bent = 0.25 * ((inside > 0) & (before > 0.1 * self.length)) * (grain > 0.6)
        hinge = 0.5 * np.exp(-(((before - 0.1 * self.length) / 0.0012) ** 2)) * (inside > 0) * grain
        bare = raw(patch, self.made_of)
        tone = (0.85 + 0.25 * grain)[:, None]
        return blend(blend(base, bare, np.maximum(bent, hinge)), bare * tone, 0.95 * fringe)

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Above ½ on the tongue, in the cut and on its fringe."""
        inside, before = self.outline(rest)
        torn = (inside > -(self.slot + 0.0025)) & (before > -0.001)
        return np.where(torn, 1.0, 0.0)


class Slit(Local):
    """A cut in film or paper that gapes: a lens with lifted, rolled lips and a pale rim."""

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        length: float,
        width: float,
        made_of: Stuff,
        names: frozenset[str],
        slot: float,
    ) -> None:
        super().__init__(place, 0.6 * length + 3 * width + 0.01, names)
        self.half, self.made_of = length / 2, made_of
        self.gape = max(width / 2, slot)
        self.lift = float(rng.uniform(0.5, 1.1)) * min(width, 0.012)
        self.bow = float(rng.normal(0, 0.12)) * length
        self._edge = Waves.drawn(rng, max(0.3 * length, 0.008))
        self._teeth = Waves.drawn(rng, 0.005)
        self._grain = speckle(rng, 0.0009)

    def lens(self, rest: Points) -> tuple[Values, Values, Values]:
        """Metres outside the slit (negative in it), side −1 or 1, 1 in its middle and 0 at ends."""
        along, across, _ = self.place.local(rest)
        way = along / self.half
        middle = np.clip(1 - way**2, 0, 1)
        ragged = 1 + 0.25 * self._edge(rest) + 0.08 * self._teeth(rest)
        across = across - self.bow * middle - 0.1 * self.gape * self._teeth(rest)
        beyond = self.half * np.maximum(np.abs(way) - 1, 0)
        outside = np.hypot(np.maximum(np.abs(across) - self.gape * middle * ragged, 0), beyond)
        inside = np.minimum(np.abs(across) - self.gape * middle * ragged, 0)
        return outside + inside * (np.abs(way) < 1), np.sign(across), middle

    def move(self, patch: Patch, rest: Points, normal: Points) -> Points:  # noqa: ARG002
        """Lips rise and roll outwards."""
        outside, side, middle = self.lens(rest)
        fade = np.exp(-np.maximum(outside, 0) / (0.35 * self.lift + 0.004))
        uneven = 1 + 0.5 * np.clip(self._edge(rest), -1, 1)
        up = self.lift * fade * middle * uneven
        return up[:, None] * self.place.out + (0.5 * up * fade * side)[:, None] * self.place.across

    def open(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Metres to the lips."""
        return self.lens(rest)[0]

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:
        """Stretched film is pale, torn paper shows its fibre."""
        outside, _, middle = self.lens(rest)
        grain = self._grain(rest)
        width = 0.003 if self.made_of is Stuff.BOARD else 0.002
        rim = np.exp(-((np.maximum(outside, 0) / (width * (0.6 + 0.7 * grain))) ** 2))
        stress = 0.3 * np.exp(-np.maximum(outside, 0) / 0.008) * (self._teeth(rest) > 0.3)
        dense = 0.9 if self.made_of is Stuff.BOARD else 0.55
        return blend(base, raw(patch, self.made_of), (dense * rim + stress) * np.sqrt(middle))

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Above ½ in the slit and on its lips."""
        outside, _, middle = self.lens(rest)
        return np.where((outside < 0.3 * self.lift + 0.002) & (middle > 0), 1.0, 0.0)


class Ripped(Local):
    """A ply ripped off board, as by a label or tape: the raw, streaky layer below shows."""

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        length: float,
        width: float,
        made_of: Stuff,
        names: frozenset[str],
    ) -> None:
        super().__init__(place, math.hypot(length, width), names)
        self.half, self.wide, self.made_of = length / 2, width / 2, made_of
        self._edge = Waves.drawn(rng, max(0.3 * width, 0.006))
        self._teeth = Waves.drawn(rng, 0.003)
        self._layers = Waves.drawn(rng, 0.6 * length)
        self._grain = speckle(rng, 0.0006)
        self._lines = rng.uniform(2500, 4500)

    def inside(self, rest: Points) -> Values:
        """Metres inside what is ripped off."""
        along, across, _ = self.place.local(rest)
        way = np.clip(along / self.half, -1.2, 1.2)
        taper = self.wide * (1 - 0.35 * way) * np.sqrt(np.clip(1.05 - np.abs(way) ** 3, 0, 1))
        ragged = 0.18 * self.wide * self._edge(rest) + 0.0006 * self._teeth(rest)
        return np.asarray(taper + ragged - np.abs(across) - 0.3 * self.wide * (np.abs(way) >= 1.1))

    def move(self, patch: Patch, rest: Points, normal: Points) -> Points:  # noqa: ARG002
        """The ripped place lies a ply lower; its edge stands up."""
        inside = self.inside(rest)
        depth = 0.0005 * smooth(inside, 0, 0.001)
        edge = 0.0008 * np.exp(-((inside / 0.0015) ** 2))
        return (edge - depth)[:, None] * self.place.out

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:
        """A white torn edge, then fibre in streaks, paler where less came off."""
        inside = self.inside(rest)
        along, across, _ = self.place.local(rest)
        bare = raw(patch, self.made_of)
        streaks = 0.5 + 0.5 * np.sin(self._lines * across + 0.8 * self._edge(rest) + 40 * along)
        tone = 0.78 + 0.16 * self._grain(rest) + 0.08 * streaks + 0.06 * self._layers(rest)
        edge_width = 0.0015 + 0.002 * np.clip(self._teeth(rest) + 0.5, 0, 1)
        white = np.minimum(bare * 1.06 + 0.05, 1)
        ripped = blend(base, bare * tone[:, None], smooth(inside, 0, 0.0006))
        edge = smooth(inside, -0.0004, 0.0002) * (
            1 - smooth(inside, 0.6 * 0.0015, edge_width.max())
        )
        return blend(ripped, white, 0.85 * edge)

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Above ½ where the ply is gone."""
        return np.where(self.inside(rest) > -0.0008, 1.0, 0.0)
