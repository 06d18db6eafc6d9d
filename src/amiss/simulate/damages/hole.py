"""Holes: something went through. Ragged, pushed in at the rim, raw fibre around."""

import numpy as np

from amiss.simulate.damages.local import Local, Look, blend
from amiss.simulate.damages.noise import Values, smooth, speckle
from amiss.simulate.damages.place import Place
from amiss.simulate.damages.stuff import Stuff, raw
from amiss.simulate.shapes.noise import Waves
from amiss.simulate.shapes.patch import Patch, Points

_RIM = 2.2  # how fast the pushed-in rim levels out, per radius


class Puncture(Local):
    """A hole of about `radius` metres in the patches called `names`, stretched by `stretch`."""

    def __init__(
        self,
        rng: np.random.Generator,
        place: Place,
        radius: float,
        made_of: Stuff,
        names: frozenset[str],
        stretch: float = 1.0,
    ) -> None:
        wide = radius * max(stretch, 1 / stretch)
        super().__init__(place, 4.5 * wide + 0.004, names)
        self.radius, self.made_of, self.stretch = radius, made_of, stretch
        self.push = min(0.5 * radius, 0.012) * float(rng.uniform(0.4, 1.1))
        self._lobes = Waves.drawn(rng, 1.4 * radius)
        self._teeth = Waves.drawn(rng, max(0.35 * radius, 0.0025))
        self._grain = speckle(rng, 0.0007)
        rough = {Stuff.BOARD: 1.0, Stuff.METAL: 0.6, Stuff.FILM: 0.5, Stuff.PLASTIC: 0.7}
        self._ragged = rough[made_of]

    def rim(self, rest: Points) -> Values:
        """Distance from the rim in radii; negative in the hole."""
        along, across, below = self.place.local(rest)
        round_ = np.sqrt((along / self.stretch) ** 2 + (across * self.stretch) ** 2 + below**2)
        ragged = 0.2 * self._lobes(rest) + 0.07 * self._teeth(rest)
        return np.asarray(round_ / self.radius - 1 + self._ragged * ragged)

    def move(self, patch: Patch, rest: Points, normal: Points) -> Points:  # noqa: ARG002
        """The rim is pushed in, in tongues of unequal length."""
        rim = np.maximum(self.rim(rest), 0)
        tongues = 1 + 0.5 * np.clip(self._teeth(rest), -1, 1)
        level = smooth(-rim, -3.0, -1.5)
        return -(self.push * np.exp(-_RIM * rim) * tongues * level)[:, None] * self.place.out

    def open(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Metres to the rim."""
        return self.rim(rest) * self.radius

    def recolour(self, patch: Patch, rest: Points, base: Look) -> Look:
        """Raw material on the torn edge, a whitened and then a darker ring around it."""
        rim = self.rim(rest) * self.radius
        width = min(0.35 * self.radius, 0.004) * (0.5 + self._grain(rest))
        fringe = smooth(-rim, -1.2 * width.max(), -0.4 * width.max()) * (rim < 1.6 * width)
        stress = 0.3 * np.exp(-np.maximum(rim, 0) / (0.4 * self.radius + 1e-6)) * self._grain(rest)
        tone = (0.8 + 0.3 * self._grain(rest))[:, None]
        bare = raw(patch, self.made_of) * tone
        return blend(blend(base, raw(patch, self.made_of), stress), bare, 0.95 * fringe)

    def mark(self, patch: Patch, rest: Points) -> Values:  # noqa: ARG002
        """Above ½ in the hole and on its torn rim."""
        wide = max(0.35 * self.radius, 0.0015)
        return np.where(self.rim(rest) * self.radius < wide, 1.0, 0.0)
