"""Joins the scores of all methods on the same images and works out the figures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
from benchmarks.real.amiss_side import METHOD as AMISS
from benchmarks.real.runs import GRID, Run, Scores, scores_path
from numpy.typing import NDArray

from amiss.dataset.mask import load_mask
from amiss.evaluate.bootstrap import PairedRun, paired_bootstrap_over_seeds
from amiss.evaluate.localise import fit_mask
from amiss.evaluate.metrics import auroc, rank_scores, recall_at_fpr
from amiss.evaluate.pixels import aupro, pixel_auroc

ROUNDS = 1000
METRICS = {"auroc": auroc, "recall_at_fpr_1pct": recall_at_fpr}


@dataclass(frozen=True, slots=True)
class Row:
    """One method on one set with K references.

    n_good, n_damaged: tested with the first seed; other seeds leave out other references.
    n_no_opinion: over all seeds. figures: name → mean over seeds; spread: its standard deviation
    over seeds. gain: figure → (Amiss − method, low, high), 95 % over pictures. better: whether
    this is the better input size of this method.
    """

    set: str
    k: int
    rotate: bool
    method: str
    seeds: int
    n_good: int
    n_damaged: int
    n_no_opinion: int
    figures: dict[str, float]
    spread: dict[str, float]
    prepare_ms: float
    match_ms: float
    ms_ratio: float | None = None
    gain: dict[str, tuple[float, float, float]] | None = None
    better: bool = False

    def export(self) -> dict[str, object]:
        """Plain JSON values."""
        return asdict(self)

    @property
    def ms(self) -> float:
        """Median milliseconds per image, reading included."""
        return self.prepare_ms + self.match_ms


def compare(work: Path, folder: Path, runs: Sequence[Run], methods: Sequence[str]) -> list[Row]:
    """Work out one row per set, K and method; methods without scores for all seeds are left out."""
    rows: list[Row] = []
    for _, group in groupby(runs, key=lambda run: (run.set, run.k)):
        rows += _compare_group(work, folder, list(group), methods)
    return rows


def _compare_group(work: Path, folder: Path, runs: list[Run], methods: Sequence[str]) -> list[Row]:
    scores = {
        method: [Scores.read(scores_path(work, method, run)) for run in runs]
        for method in methods
        if all(scores_path(work, method, run).exists() for run in runs)
    }
    best = _better_sizes(runs, scores)
    ours = scores.get(AMISS)
    return [_row(method, folder, runs, scores[method], ours, method in best) for method in scores]


def _better_sizes(runs: list[Run], scores: dict[str, list[Scores]]) -> set[str]:
    """For each peer, the input size whose mean AUROC is larger."""
    sizes: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for method, stored in scores.items():
        mean = fmean(
            _image_figures(run, one)["auroc"] for run, one in zip(runs, stored, strict=True)
        )
        sizes[method.rsplit("-", 1)[0]].append((mean, method))
    return {max(candidates)[1] for candidates in sizes.values() if len(candidates) > 1}


def _row(
    method: str,
    folder: Path,
    runs: list[Run],
    stored: list[Scores],
    ours: list[Scores] | None,
    better: bool,
) -> Row:
    seeds = [
        _image_figures(run, scores) | _pixel_figures(folder, run, scores)
        for run, scores in zip(runs, stored, strict=True)
    ]
    prepare, match = _median_ms(stored)
    damaged = sum(test.damaged for test in runs[0].tests)
    peer = ours is not None and method != AMISS
    return Row(
        set=runs[0].set,
        k=runs[0].k,
        rotate=runs[0].rotate,
        method=method,
        seeds=len(runs),
        n_good=len(runs[0].tests) - damaged,
        n_damaged=damaged,
        n_no_opinion=sum(int(np.isnan(scores.score).sum()) for scores in stored),
        figures={name: fmean(seed[name] for seed in seeds) for name in seeds[0]},
        spread={name: pstdev(seed[name] for seed in seeds) for name in seeds[0]},
        prepare_ms=prepare,
        match_ms=match,
        ms_ratio=(prepare + match) / sum(_median_ms(ours)) if ours else None,
        gain=_gain(runs, stored, ours) if peer and ours else None,
        better=better and method != AMISS,
    )


def _median_ms(stored: list[Scores]) -> tuple[float, float]:
    """Medians: a shared machine now and then holds up a picture, which says nothing of a method."""
    prepare = np.concatenate([scores.prepare_ms for scores in stored])
    match = np.concatenate([scores.match_ms for scores in stored])
    return float(np.median(prepare)), float(np.median(match))


def _labels(run: Run) -> NDArray[np.bool_]:
    return np.array([test.damaged for test in run.tests])


def _image_figures(run: Run, scores: Scores) -> dict[str, float]:
    ranked = rank_scores(_labels(run), scores.score)
    return {name: metric(_labels(run), ranked) or 0.0 for name, metric in METRICS.items()}


def _pixel_figures(folder: Path, run: Run, scores: Scores) -> dict[str, float]:
    """Over good and masked pictures; a map with NaN counts as wrong everywhere."""
    if not run.has_masks:
        return {}
    kept = [index for index, test in enumerate(run.tests) if test.mask or not test.damaged]
    masks = [_mask(folder, run.tests[index].mask) for index in kept]
    maps = [
        np.where(np.isnan(scores.maps[index]), np.where(mask, -np.inf, np.inf), scores.maps[index])
        for index, mask in zip(kept, masks, strict=True)
    ]
    return {"pixel_auroc": pixel_auroc(maps, masks) or 0.0, "aupro": aupro(maps, masks) or 0.0}


@cache
def _mask(folder: Path, name: str | None) -> NDArray[np.bool_]:
    if name is None:
        return np.zeros((GRID, GRID), dtype=bool)
    return fit_mask(load_mask(folder / name), (GRID, GRID))


def _gain(
    runs: list[Run], theirs: list[Scores], ours: list[Scores]
) -> dict[str, tuple[float, float, float]]:
    """What Amiss gains over a peer on the same pictures, with 95 % intervals over pictures."""
    paired = [
        PairedRun([test.image for test in run.tests], _labels(run), peer.score, own.score)
        for run, peer, own in zip(runs, theirs, ours, strict=True)
    ]
    found = {
        name: paired_bootstrap_over_seeds(paired, metric, n=ROUNDS)
        for name, metric in METRICS.items()
    }
    return {name: (gain.difference, gain.low, gain.high) for name, gain in found.items()}
