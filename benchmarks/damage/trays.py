"""What the tray of a booth is like, measured on the scene that the renderers are handed.

A tray is *coloured* where the median of its colour lies 25 of 255 or more from the usual one's,
mean over the channels, and *dirty* where its middle, 60 × 50 cm, shows more than 10 crumbs or
fibres, or stains over more than a twentieth. Both measures are those of
`python -m benchmarks.realism nuisances`.
"""

from dataclasses import dataclass
from functools import lru_cache

from benchmarks.realism.nuisances import marks, of_another_colour

from amiss.simulate.rig import empty_booth

SPECKS, STAINED = 10, 0.05
"""From which, exclusive, a tray is dirty."""


@dataclass(frozen=True, slots=True)
class Tray:
    """Dirty, of another colour, both or neither."""

    dirty: bool
    coloured: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The slices that items on it are in."""
        found = [word for word in ("dirty", "coloured") if getattr(self, word)]
        return tuple(found) or ("neither",)


@lru_cache(maxsize=8)
def tray_of(booth: int) -> Tray:
    """The tray of a booth by its seed; items come booth by booth."""
    tray = empty_booth(booth, 1, 64).tray
    _, specks, stained = marks(tray)
    return Tray(specks > SPECKS or stained > STAINED, of_another_colour(tray))
