"""What both environments must agree on: which images a run uses, and how its scores lie on disk.

Only the standard library and NumPy are imported here, so that the peers' environment, which does
not hold Amiss, can read it too.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

GRID = 112
"""Side of the square, in cells, on which all anomaly maps and masks are compared."""


@dataclass(frozen=True, slots=True)
class TestImage:
    """One picture to score; names are relative to the folder of the protocol."""

    image: str
    damaged: bool
    mask: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """K references of one set, drawn with one seed, and everything that is scored against them."""

    set: str
    k: int
    seed: int
    rotate: bool
    references: tuple[str, ...]
    tests: tuple[TestImage, ...]

    @property
    def name(self) -> str:
        """A file name that says which run it is."""
        return f"{self.set}-k{self.k}-seed{self.seed}" + ("-rotate" if self.rotate else "")

    @property
    def has_masks(self) -> bool:
        """Whether anomaly maps are worth keeping."""
        return any(test.mask for test in self.tests)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What one method said about the test images of one run, in their order.

    score: N float64, NaN where there is no opinion. prepare_ms: reading, resizing and encoding.
    match_ms: everything after. maps: N×GRID×GRID float16, empty where the set has no masks.
    """

    score: NDArray[np.float64]
    prepare_ms: NDArray[np.float64]
    match_ms: NDArray[np.float64]
    maps: NDArray[np.float16]

    def write(self, path: Path) -> None:
        """Write one .npz file, whole or not at all: a half-written one must not count as done."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(
            part,
            score=self.score,
            prepare_ms=self.prepare_ms,
            match_ms=self.match_ms,
            maps=self.maps,
        )
        part.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Scores":
        """Read what `write` wrote."""
        with np.load(path) as stored:
            return cls(**{name: stored[name] for name in stored.files})


def gather(rows: list[tuple[float, float, float]], maps: list[NDArray[np.float16]]) -> Scores:
    """Make `Scores` of one (score, prepare_ms, match_ms) per image and the maps that were kept."""
    score, prepare, match = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    stacked = np.stack(maps) if maps else np.empty((0, GRID, GRID))
    return Scores(score, prepare, match, stacked.astype(np.float16))


def scores_path(work: Path, method: str, run: Run) -> Path:
    """Where the scores of a method on a run lie."""
    return work / "scores" / method / f"{run.name}.npz"


def write_runs(path: Path, folder: Path, runs: list[Run]) -> None:
    """Write the protocol: the folder that all names are relative to, and every run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"folder": str(folder), "runs": [asdict(run) for run in runs]}, indent=1)
    )


def read_runs(path: Path) -> tuple[Path, list[Run]]:
    """Read what `write_runs` wrote."""
    document = json.loads(path.read_text())
    return Path(document["folder"]), [_run(entry) for entry in document["runs"]]


def _run(entry: dict) -> Run:
    tests = tuple(TestImage(**test) for test in entry["tests"])
    return Run(**{**entry, "references": tuple(entry["references"]), "tests": tests})
