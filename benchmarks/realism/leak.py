"""Whether an item's undamaged regions tell that it is damaged elsewhere.

A tile without damage, cut out of the picture of a damaged item, against the same tile of its intact
twin. The tile alone goes through the encoder: its features cannot see beyond it. Twins share their
noise by design; a second twin with noise of its own shows whether the statistics of the pictures
differ where the bits do. That the probe can tell anything at all, tiles with the damage in their
middle show: the control.
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
class _Tile:
    """Features of the same tile three times: damaged, twin, twin with other noise.

    control: it shows the damage. equal: to the bit, the first two.
    """

    product: int
    features: list[NDArray[np.float32]]
    equal: bool
    control: bool


def measure(
    backend: Backend, pairs: int, size: int, progress: Callable[[int], None]
) -> dict[str, object]:
    """AUROC of the probe on tiles of `pairs` damaged items, against either twin."""
    eye = Inspector.load().eye
    tiles: list[_Tile] = []
    for number, item in enumerate(usual(pairs, FIRST)):
        tiles += _tiles(item, number, backend, size, eye)
        progress(number + 1)
    shown = [tile for tile in tiles if not tile.control]
    return {
        "backend": backend.name,
        "size": size,
        "pairs": pairs,
        "pairs_with_tiles": len({tile.product for tile in shown}),
        "tiles": len(shown),
        "tiles_equal_to_the_bit": sum(tile.equal for tile in shown) / len(shown),
        "twin": _told_apart(shown, 1),
        "twin_with_other_noise": _told_apart(shown, 2),
        "control": _told_apart([tile for tile in tiles if tile.control], 2),
    }


def _told_apart(tiles: list[_Tile], twin: int) -> dict[str, float]:
    """AUROC of a probe on damaged tiles against those of one of the twins."""
    features = np.stack([tile.features[which] for tile in tiles for which in (0, twin)])
    labels = np.tile(np.array([1, 0]), len(tiles))
    products = np.repeat(np.array([tile.product for tile in tiles]), 2)
    return asdict(estimate(labels, held_out(features, labels, products), products))


def _tiles(item: Item, number: int, backend: Backend, size: int, eye: Eye) -> Iterator[_Tile]:
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
    places = _places(three[0], three[1], np.random.default_rng(item.seed))
    for control, (y, x) in [*((False, at) for at in places), *((True, at) for at in _on(three[0]))]:
        cut = [shot.rgb[y : y + TILE, x : x + TILE] for shot in three]
        features = [_features(eye, tile) for tile in cut]
        yield _Tile(item.seed, features, bool((cut[0] == cut[1]).all()), control)


def _on(harmed: Shot) -> list[tuple[int, int]]:
    """The corner of a tile around the damage, if this view shows any."""
    rows, columns = np.nonzero(harmed.truth.damage)
    if len(rows) == 0:
        return []
    middle = (int(np.median(rows)), int(np.median(columns)))
    sides = harmed.truth.damage.shape
    y, x = (
        min(max(at - TILE // 2, 0), side - TILE) for at, side in zip(middle, sides, strict=True)
    )
    return [(y, x)]


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
