"""The peers' half: read the protocol, score every test image of every run, write the scores.

Runs in `.venv-peers`: python -m benchmarks.real.peers --protocol P --encoder E --work W.
Prints one line, the method and the run, after each run is done; finished runs are not done again.
"""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch
from benchmarks.real.methods import LAYERS, METHODS, Maps, Method
from benchmarks.real.runs import GRID, Run, Scores, gather, read_runs, scores_path
from numpy.typing import NDArray
from PIL import Image, ImageOps

THREADS = 2


class Encoder:
    """Pictures to feature maps with Amiss's own encoder; each picture is encoded once and kept."""

    def __init__(self, model: Path, folder: Path, size: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        self.session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
        self.folder = folder
        self.size = size
        self.kept: dict[tuple[str, int], tuple[Maps, float]] = {}

    def __call__(self, name: str, angle: int = 0) -> tuple[Maps, float]:
        """Return the maps of a picture and the milliseconds that reading and encoding took."""
        if (name, angle) not in self.kept:
            start = time.perf_counter()
            maps = self._encode(self._read(name, angle))
            self.kept[name, angle] = maps, _ms_since(start)
        return self.kept[name, angle]

    def _read(self, name: str, angle: int) -> NDArray[np.uint8]:
        """Squash the whole frame to a square with an antialiased filter, as anomalib does."""
        with Image.open(self.folder / name) as picture:
            rgb = ImageOps.exif_transpose(picture).convert("RGB")
        squashed = np.asarray(rgb.resize((self.size, self.size), Image.Resampling.BILINEAR))
        return squashed if angle == 0 else _turned(squashed, angle)

    def _encode(self, rgb: NDArray[np.uint8]) -> Maps:
        outputs = self.session.run(list(LAYERS), {"image": rgb[None]})
        return {
            name: torch.from_numpy(values) for name, values in zip(LAYERS, outputs, strict=True)
        }


def _turned(rgb: NDArray[np.uint8], angle: int) -> NDArray[np.uint8]:
    """Turn about the centre and fill the corners by reflection, as AnomalyDINO does."""
    height, width = rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)


def score_run(method: Method, encode: Encoder, run: Run) -> Scores:
    """Fill the memory with the references of a run and score its test images one by one."""
    references = [encode(name, angle)[0] for name in run.references for angle in method.angles]
    peer = method.peer(references)
    rows, maps = [], []
    for test in run.tests:
        features, prepare_ms = encode(test.image)
        start = time.perf_counter()
        score, anomaly_map = peer(features)
        rows.append((score, prepare_ms, _ms_since(start)))
        if run.has_masks:
            maps.append(_reduced(anomaly_map))
    return gather(rows, maps)


def _reduced(anomaly_map: torch.Tensor) -> NDArray[np.float16]:
    full = anomaly_map[0, 0].numpy()
    return cv2.resize(full, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float16)


def _ms_since(start: float) -> float:
    return 1000 * (time.perf_counter() - start)


def score_all(protocol: Path, model: Path, work: Path, names: list[str]) -> None:
    """Score all runs with the named methods; those that share a size share the encoder's maps."""
    folder, runs = read_runs(protocol)
    for size in sorted({METHODS[name].size for name in names}):
        for set_name in dict.fromkeys(run.set for run in runs):
            encode = Encoder(model, folder, size)
            encode(runs[0].references[0])  # the first pass allocates: it shall not be timed
            encode.kept.clear()
            for name in names:
                for run in runs:
                    path = scores_path(work, name, run)
                    if METHODS[name].size != size or run.set != set_name:
                        continue
                    if METHODS[name].fits(run.k) and not path.exists():
                        score_run(METHODS[name], encode, run).write(path)
                    print(name, run.name, flush=True)


def main() -> None:
    """Read the command line and score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocol", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--methods", default=",".join(METHODS))
    arguments = parser.parse_args()
    names = arguments.methods.split(",")
    if unknown := set(names) - set(METHODS):
        parser.error(f"No such method: {', '.join(sorted(unknown))}. Known: {', '.join(METHODS)}.")
    torch.set_num_threads(THREADS)
    cv2.setNumThreads(THREADS)
    with torch.inference_mode():
        score_all(arguments.protocol, arguments.encoder, arguments.work, names)


if __name__ == "__main__":
    main()
