"""Whether seams give painted pictures away.

A patch pasted onto itself against the same place of the same photograph untouched, both through the
painter's last step with draws of their own. A linear probe on encoder features of the place must
not tell them apart. That it can tell anything at all, painted damage shows: the control, one on
each photograph.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import cv2
import numpy as np
from benchmarks.paint.pictures import Picture
from benchmarks.realism.probe import estimate, held_out
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.inspector import Inspector
from amiss.simulate.paint.paint import paint, paste, untouched
from amiss.simulate.paint.painted import Painted
from amiss.vision.engine.protocol import Features
from amiss.vision.look import Eye

FIRST = 910_000


def measure(
    pictures: Sequence[Picture], draws: int, progress: Callable[[int], None]
) -> dict[str, object]:
    """AUROC of the probe, folds and interval by picture, for pastes and for painted damage."""
    eye = Inspector.load().eye
    seams: list[list[NDArray[np.float32]]] = []
    damages: list[list[NDArray[np.float32]]] = []
    of_seam, of_damage = [], []
    for number, picture in enumerate(pictures):
        for draw in range(draws):
            seed = [FIRST, number + 1, draw + 1]
            untreated = _through(untouched, picture, [*seed, 2])
            seam = _through(paste, picture, [*seed, 1])
            damage = _through(paint, picture, [*seed, 3]) if draw == 0 else None
            maps = None if untreated is None else _maps(eye, untreated)
            for one, rows, owner in ((seam, seams, of_seam), (damage, damages, of_damage)):
                if one is not None and maps is not None:
                    rows.append([_features(_maps(eye, one), one), _features(maps, one)])
                    owner.append(number)
        progress(number + 1)
    return {
        "photographs": len(pictures),
        "pastes": len(seams),
        "identity_paste": _told_apart(seams, of_seam),
        "painted_damage": _told_apart(damages, of_damage),
    }


def _told_apart(pairs: list[list[NDArray[np.float32]]], owner: list[int]) -> dict[str, float]:
    features = np.stack([row for pair in pairs for row in pair])
    labels = np.tile(np.array([1, 0]), len(pairs))
    photographs = np.repeat(np.array(owner), 2)
    return asdict(estimate(labels, held_out(features, labels, photographs), photographs))


def _through(made: Callable[..., Painted], picture: Picture, seed: list[int]) -> Painted | None:
    """What came of a photograph; None where nothing fits its item."""
    try:
        return made(picture.rgb, np.random.default_rng(seed), item=picture.item)
    except SimulationError:
        return None


def _maps(eye: Eye, one: Painted) -> Features:
    return eye.engine.run(eye.frame(one.picture)[None])


def _features(maps: Features, where: Painted) -> NDArray[np.float32]:
    """Mean and largest of each channel of each output over the cells of a place."""
    parts = []
    for name in sorted(maps):
        grid = maps[name][0]
        size = (grid.shape[2], grid.shape[1])
        share = cv2.resize(where.worked.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        cells = share >= min(0.3, float(share.max()))
        parts += [grid[:, cells].mean(axis=1), grid[:, cells].max(axis=1)]
    return np.concatenate(parts).astype(np.float32)
