"""Whether seams give painted pictures away.

A patch pasted onto itself against the same place of the same photograph untouched, both through the
painter's last step with draws of their own. A linear probe on encoder features of the place must
not tell them apart. That it can tell anything at all, painted damage shows: the control.
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
            for made, rows, owner in ((paste, seams, of_seam), (paint, damages, of_damage)):
                try:
                    one = made(picture.rgb, np.random.default_rng([*seed, 1]), item=picture.item)
                    other = untouched(
                        picture.rgb, np.random.default_rng([*seed, 2]), item=picture.item
                    )
                except SimulationError:
                    continue
                rows.append([_features(eye, one, one), _features(eye, other, one)])
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


def _features(eye: Eye, shown: Painted, where: Painted) -> NDArray[np.float32]:
    """Mean and largest of each channel of each output over the cells of a place."""
    maps = eye.engine.run(eye.frame(shown.picture)[None])
    parts = []
    for name in sorted(maps):
        grid = maps[name][0]
        size = (grid.shape[2], grid.shape[1])
        share = cv2.resize(where.worked.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        cells = share >= min(0.3, float(share.max()))
        parts += [grid[:, cells].mean(axis=1), grid[:, cells].max(axis=1)]
    return np.concatenate(parts).astype(np.float32)
