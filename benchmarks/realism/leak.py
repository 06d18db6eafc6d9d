"""Whether an item's undamaged regions tell that it is damaged elsewhere.

A tile without damage, cut out of the picture of a damaged item, against the same tile of its intact
twin. The tile alone goes through the encoder: its features cannot see beyond it. Twins share their
noise by design, so that tiles are mostly equal to the bit; a second twin with noise of its own
shows whether the statistics of the pictures differ where the bits do.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
from benchmarks.realism.items import Item, around, booth_of, usual
from benchmarks.realism.probe import estimate, held_out
from numpy.typing import NDArray

from amiss.domain.capture import RgbArray
from amiss.inspector import Inspector
from amiss.simulate.render.backend import Backend
from amiss.simulate.shoot import Shot, shoot
from amiss.vision.look import Eye

FIRST = 820_000
OTHER_NOISE = 5_000_000  # added to the seed of the second twin's noise
TILE = 128  # pixels
AWAY = 12  # pixels that a tile keeps from damage, and from what damage moved
MOVED = 0.001  # metres of depth by which the twin may differ where nothing is damaged
PER_VIEW = 4  # tiles
CAMERAS = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Tiles:
    """Features of the same tile three times: damaged, twin, twin with other noise."""

    features: list[NDArray[np.float32]]
    equal: bool


def measure(
    backend: Backend, pairs: int, size: int, progress: Callable[[int], None]
) -> dict[str, object]:
    """AUROC of the probe on tiles of `pairs` damaged items, against either twin."""
    eye = Inspector.load().eye
    tiles: list[_Tiles] = []
    products: list[int] = []
    for number, item in enumerate(usual(pairs, FIRST)):
        found = list(_tiles(item, number, backend, size, eye))
        tiles += found
        products += [item.seed] * len(found)
        progress(number + 1)
    document: dict[str, object] = {
        "backend": backend.name,
        "size": size,
        "pairs": pairs,
        "pairs_with_tiles": len(set(products)),
        "tiles": len(tiles),
        "tiles_equal_to_the_bit": sum(tile.equal for tile in tiles) / len(tiles),
    }
    for name, other in (("twin", 1), ("twin_with_other_noise", 2)):
        features = np.stack([tile.features[which] for tile in tiles for which in (0, other)])
        labels = np.tile(np.array([1, 0]), len(tiles))
        groups = np.repeat(np.array(products), 2)
        scores = held_out(features, labels, groups)
        document[name] = asdict(estimate(labels, scores, groups))
    return document


def _tiles(item: Item, number: int, backend: Backend, size: int, eye: Eye) -> Iterator[_Tiles]:
    """Of one view of each item; the cameras take turns."""
    booth = booth_of(number, FIRST, CAMERAS, size)
    scenes = [item.scene(booth, harmed=harmed) for harmed in (True, False)]
    camera = number % CAMERAS
    harmed, twin = (replace(one, cameras=one.cameras[camera : camera + 1]) for one in scenes)
    three = (
        *shoot(harmed, backend, item.seed),
        *shoot(twin, backend, item.seed),
        *shoot(twin, backend, item.seed + OTHER_NOISE),
    )
    for y, x in _places(three[0], three[1], np.random.default_rng(item.seed)):
        cut = [shot.rgb[y : y + TILE, x : x + TILE] for shot in three]
        features = [_features(eye, tile) for tile in cut]
        yield _Tiles(features, bool((cut[0] == cut[1]).all()))


def _places(harmed: Shot, twin: Shot, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Corners of tiles, at least a third of them item, that show nothing of the damage."""
    moved = np.abs(harmed.truth.depth - twin.truth.depth) > MOVED
    touched = around((harmed.truth.damage > 0) | moved, AWAY)
    corners = []
    height, width = touched.shape
    for _ in range(60):
        y, x = (int(rng.integers(side - TILE + 1)) for side in (height, width))
        tile = np.s_[y : y + TILE, x : x + TILE]
        if not touched[tile].any() and twin.truth.item[tile].mean() > 1 / 3:
            corners.append((y, x))
        if len(corners) == PER_VIEW:
            break
    return corners


def _features(eye: Eye, tile: RgbArray) -> NDArray[np.float32]:
    """Mean and spread of each channel of each output over a tile."""
    maps = eye.engine.run(np.ascontiguousarray(tile)[None])
    parts = [part for name in sorted(maps) for part in _moments(maps[name][0])]
    return np.concatenate(parts).astype(np.float32)


def _moments(features: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return features.mean(axis=(1, 2)), features.std(axis=(1, 2))
