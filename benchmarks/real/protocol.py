"""Draws which images every method uses: set × K × seed, written down once for both environments."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from benchmarks.real.runs import Run, TestImage
from numpy.typing import NDArray

from amiss.dataset.folder import FolderDataset, Sample, draw_references
from amiss.dataset.folder import half as half_of
from amiss.dataset.mask import load_mask
from amiss.evaluate.localise import fit_mask
from amiss.evaluate.rotate import angle, turn, turn_mask
from amiss.vision.decode import decode

Half = Literal["choose", "report", "all"]


def draw_runs(
    data: Path, sets: Sequence[str], counts: Sequence[int], seeds: Sequence[int], half: Half
) -> list[Run]:
    """Draw the references of every run, as `amiss evaluate` draws them.

    Names are relative to `data`. References come from both halves, tests from the half asked for.

    Raises:
        DatasetError: a set does not have the `folder` layout or too few pictures.
    """
    runs = []
    for set_name in sets:
        dataset = FolderDataset.open(data / set_name)
        for k in counts:
            for seed in seeds:
                drawn, tested = draw_references(dataset, k, seed)
                kept = [sample for sample in tested if half in ("all", half_of(sample.name))]
                references = tuple(_relative(sample.path, data) for sample in drawn)
                tests = tuple(_test(sample, data) for sample in kept)
                runs.append(Run(set_name, k, seed, False, references, tests))
    return runs


def _test(sample: Sample, data: Path) -> TestImage:
    mask = None if sample.mask is None else _relative(sample.mask, data)
    return TestImage(_relative(sample.path, data), sample.damaged, mask)


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def turn_runs(runs: Sequence[Run], data: Path, folder: Path) -> list[Run]:
    """Write the pictures of all runs as `amiss evaluate --rotate` shows them; return the new runs.

    Every query is turned by its own angle, references stay upright, both are cropped to the
    inscribed circle. Written as files below `folder`, so that both environments read the same
    pixels. Names in the returned runs are relative to `folder`.
    """
    return [_turned(run, data, folder) for run in runs]


def _turned(run: Run, data: Path, folder: Path) -> Run:
    references = tuple(
        _write(folder, f"upright/{name}", _pixels(data / name, None)) for name in run.references
    )
    tests = tuple(_turned_test(run, test, data, folder) for test in run.tests)
    return Run(run.set, run.k, run.seed, True, references, tests)


def _turned_test(run: Run, test: TestImage, data: Path, folder: Path) -> TestImage:
    inside = test.image.removeprefix(f"{run.set}/")
    degrees = angle(inside, run.seed)
    place = f"seed{run.seed}/{run.set}"
    image = _write(folder, f"{place}/{inside}", _pixels(data / test.image, degrees))
    if test.mask is None:
        return TestImage(image, test.damaged)
    upright = decode(data / test.image).rgb
    mask = turn_mask(fit_mask(load_mask(data / test.mask), upright.shape[:2]), degrees)
    if not mask.any():  # the crop took all of the damage: the picture has no pixel figure
        return TestImage(image, test.damaged)
    white = np.repeat(mask[..., None], 3, axis=2).astype(np.uint8) * 255
    return TestImage(image, test.damaged, _write(folder, f"{place}/masks/{inside}", white))


def _pixels(path: Path, degrees: float | None) -> NDArray[np.uint8]:
    return turn(decode(path).rgb, degrees or 0.0)


def _write(folder: Path, name: str, rgb: NDArray[np.uint8]) -> str:
    """Write a picture without loss, once; return its name with the ending it got."""
    target = (folder / name).with_suffix(".png")
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(target), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return _relative(target, folder)
