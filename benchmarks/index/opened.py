"""What an index that was opened takes: in a process that holds nothing else."""

import json
import sys
import time
from pathlib import Path

import numpy as np

from amiss.gallery.index import ProductIndex
from amiss.gallery.store import Embedded

SEARCHES = 500


class Unchanged:
    """Stands in for a gallery that nothing was done to since its snapshot."""

    def __init__(self, revision: int) -> None:
        self.revision = revision

    def embedded(self, after: int = 0) -> tuple[int, list[Embedded]]:
        """Nothing changed."""
        if after == 0:
            raise RuntimeError("There is no snapshot to open.")
        return self.revision, []


def opened(folder: Path, revision: int) -> dict[str, float]:
    """Seconds to open it, and MiB of this process after some searches."""
    before = _resident()
    began = time.perf_counter()
    index = ProductIndex(Unchanged(revision), folder)
    seconds = time.perf_counter() - began
    rng = np.random.default_rng(0)
    for query in rng.permutation(len(index))[:SEARCHES].tolist():
        index.search(index.snapshot.rows(np.array([query])))
    after = _resident()
    return {
        "restart_s": seconds,
        "own_mib": after["RssAnon"],
        "mapped_mib": after["RssFile"],
        "own_before_mib": before["RssAnon"],
        "mapped_before_mib": before["RssFile"],
    }


def _resident() -> dict[str, float]:
    lines = Path("/proc/self/status").read_text().splitlines()
    told = dict(line.split(":", 1) for line in lines)
    return {key: int(told[key].split()[0]) / 1024 for key in ("RssAnon", "RssFile")}


if __name__ == "__main__":
    print(json.dumps(opened(Path(sys.argv[1]), int(sys.argv[2]))))
