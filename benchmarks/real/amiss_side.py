"""Amiss's half: read the protocol, inspect every test image of every run, write the scores.

Runs in Amiss's own environment: python -m benchmarks.real.amiss_side --protocol P --work W.
Prints one line, the method and the run, after each run is done.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from benchmarks.real.runs import GRID, Run, Scores, gather, read_runs, scores_path
from numpy.typing import NDArray

import amiss

METHOD = "amiss"
THREADS = 2
EPSILON = 1e-7
Ask = Callable[[Path], tuple[float | None, NDArray[np.float32] | None]]


@cache
def _inspector() -> amiss.Inspector:
    """Amiss as shipped, loaded once for all runs, with as many threads as the peers get."""
    return amiss.Inspector.load(threads=THREADS)


def enrol(references: Sequence[Path]) -> Ask:
    """Look at these references once; the one place that knows how Amiss is called.

    Returns a function from a picture to its score and heat map (H×W, None where there is none).
    """
    inspector = _inspector()
    pristine = [inspector.see(path) for path in references]

    def ask(picture: Path) -> tuple[float | None, NDArray[np.float32] | None]:
        result = inspector.inspect(picture, references=pristine)
        return result.score, result.heatmaps[0]

    return ask


def score_run(folder: Path, run: Run) -> Scores:
    """Inspect the test images of a run one by one."""
    ask = enrol([folder / name for name in run.references])
    ask(folder / run.tests[0].image)  # the first pass allocates: it shall not be timed
    rows, maps = [], []
    for test in run.tests:
        start = time.perf_counter()
        score, heatmap = ask(folder / test.image)
        elapsed_ms = 1000 * (time.perf_counter() - start)
        rows.append((np.nan if score is None else score, 0.0, elapsed_ms))
        if run.has_masks:
            maps.append(_reduced(heatmap))
    return gather(rows, maps)


def _reduced(heatmap: NDArray[np.float32] | None) -> NDArray[np.float16]:
    """Bring a heat map to the common grid; a missing one is all NaN, which counts against Amiss.

    Only the order of heat counts. It is kept as log odds, since half-precision numbers are too
    coarse near 1, where Amiss's confidences of damage lie.
    """
    if heatmap is None:
        return np.full((GRID, GRID), np.nan, dtype=np.float16)
    heat = cv2.resize(heatmap, (GRID, GRID), interpolation=cv2.INTER_AREA)
    heat = np.clip(heat.astype(np.float64), EPSILON, 1 - EPSILON)
    return np.log(heat / (1 - heat)).astype(np.float16)


def main() -> None:
    """Read the command line and inspect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocol", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    folder, runs = read_runs(arguments.protocol)
    for run in runs:
        score_run(folder, run).write(scores_path(arguments.work, METHOD, run))
        print(METHOD, run.name, flush=True)


if __name__ == "__main__":
    main()
