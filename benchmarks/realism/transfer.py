"""What fast pictures are worth for training: a probe trained on them, tested on path-traced ones.

A linear probe tells damaged cells of the encoder's grid from sound ones of the same items. Trained
twice on the very same scenes, once as the fast renderer draws them and once path-traced, it is
tested on path-traced pictures of other products.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from benchmarks.realism.items import KINDS, booth_of, item, open_backend
from benchmarks.realism.probe import Features, Labels, estimate, fitted, resampled
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from amiss.inspector import Inspector
from amiss.simulate.render.backend import Backend
from amiss.simulate.scene import Eyepoint, Scene
from amiss.simulate.sensor import RgbSensor
from amiss.simulate.shoot import render_seed
from amiss.simulate.streams import stream
from amiss.simulate.truth import Truth, truth
from amiss.vision.look import Eye

FIRST = 860_000
DAMAGED, ITEM = 0.3, 0.8  # share of a cell from which it counts as damaged, and as item
SOUND = 12  # sound cells that are drawn from each picture


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """n×C features, n labels, n seeds of products."""

    features: Features
    labels: Labels
    products: Labels


def measure(train: int, test: int, size: int, progress: Callable[[int], None]) -> dict[str, object]:
    """AUROC of both probes on the same path-traced cells, and what the fast one loses."""
    eye = Inspector.load().eye
    fast, path = open_backend("fast"), open_backend("path")
    done = 0

    def seen(first: int, last: int, backends: list[Backend]) -> list[_Cells]:
        nonlocal done
        parts: list[list[_Cells]] = [[] for _ in backends]
        for number in range(first, last):
            view = _view(number, size)
            for found, backend in zip(parts, backends, strict=True):
                found.append(_cells(view, backend, eye))
            done += 1
            progress(done)
        return [_joined(found) for found in parts]

    trained = dict(zip(("fast", "path"), seen(0, train, [fast, path]), strict=True))
    tested = seen(train, train + test, [path])[0]
    scores = {
        name: fitted(cells.features, cells.labels).decision_function(tested.features)
        for name, cells in trained.items()
    }
    losses = [
        roc_auc_score(tested.labels[rows], scores["path"][rows])
        - roc_auc_score(tested.labels[rows], scores["fast"][rows])
        for rows in resampled(tested.products)
    ]
    return {
        "size": size,
        "train_pictures": train,
        "test_pictures": test,
        "test_cells": len(tested.labels),
        "test_damaged_cells": int(tested.labels.sum()),
        "trained_on_path": asdict(estimate(tested.labels, scores["path"], tested.products)),
        "trained_on_fast": asdict(estimate(tested.labels, scores["fast"], tested.products)),
        "loss": {
            "auroc": float(
                roc_auc_score(tested.labels, scores["path"])
                - roc_auc_score(tested.labels, scores["fast"])
            ),
            "low": float(np.quantile(losses, 0.025)),
            "high": float(np.quantile(losses, 0.975)),
        },
    }


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The view of an item that shows most of its damage. camera: its place among the booth's."""

    seed: int
    scene: Scene
    eye: Eyepoint
    camera: int
    real: Truth


def _view(number: int, size: int) -> _View:
    made = item(FIRST + number, KINDS[number % len(KINDS)])
    scene = made.scene(booth_of(number, FIRST, 3, size), harmed=True)
    real = [truth(scene, eye) for eye in scene.cameras]
    best = max(range(len(real)), key=lambda place: int((real[place].damage > 0).sum()))
    return _View(made.seed, scene, scene.cameras[best], best, real[best])


def _cells(view: _View, backend: Backend, eye: Eye) -> _Cells:
    """All damaged cells of a picture, and some of its sound ones; the same for either backend."""
    light = backend.render(view.scene, view.eye, render_seed(view.seed, view.camera))
    sensor = stream("sensor", view.seed, view.camera)
    rgb = RgbSensor.drawn(sensor).expose(light, sensor)
    patches, grid = eye.patches(eye.frame(rgb))
    features = np.concatenate([patches[name] for name in sorted(patches)], axis=1)
    damaged = _share(view.real.damage > 0, grid)
    item_ = _share(view.real.item, grid)
    bad = np.flatnonzero(damaged >= DAMAGED)
    sound = np.flatnonzero((damaged == 0) & (item_ >= ITEM))
    rng = np.random.default_rng(view.seed)
    sound = rng.permutation(sound)[:SOUND]
    rows = np.concatenate([bad, sound])
    labels = np.repeat(np.array([1, 0]), [len(bad), len(sound)])
    return _Cells(features[rows], labels, np.full(len(rows), view.seed))


def _share(mask: NDArray[np.bool_], grid: tuple[int, int]) -> NDArray[np.float32]:
    small = cv2.resize(mask.astype(np.float32), grid[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(small.ravel(), np.float32)


def _joined(parts: list[_Cells]) -> _Cells:
    return _Cells(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.products for part in parts]),
    )
