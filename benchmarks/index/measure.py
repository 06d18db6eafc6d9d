"""One size of gallery, measured in a process of its own."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from benchmarks.index.clusters import VIEWS, Clusters, Embeddings, Vectors, clusters, name_of
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from amiss.gallery.index import ProductIndex
from amiss.gallery.store import Embedded

CHANGED = 0.1
"""Share of the references that is removed, and brought back."""
ADDED = 200


def measure(references: int, queries: int, seed: int) -> dict[str, Any]:
    """Figures of a gallery of so many references, on one core."""
    faiss.omp_set_num_threads(1)
    made = clusters(references, queries, seed)
    store = Embeddings(made.vectors)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        began = time.perf_counter()
        ProductIndex(store, Path(folder))
        build = time.perf_counter() - began
        command = [sys.executable, "-m", "benchmarks.index.opened", folder, str(store.revision)]
        told = subprocess.run(command, check=True, capture_output=True)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        index = ProductIndex(store, Path(folder))
        found = {
            "references": references,
            "products": -(-references // VIEWS),
            "build_s": build,
            **json.loads(told.stdout),
            "disk_mib": size / 2**20,
            "inverted_file": index.snapshot.coarse is not None,
            **_asked(index, made, np.ones(references, np.bool_)),
        }
        removed = np.random.default_rng(seed).permutation(references)[: int(CHANGED * references)]
        found["removed"] = _changed(index, store, made, removed, there=False)
        found["brought_back"] = _changed(index, store, made, removed, there=True)
        found["add_to_found_ms"] = _added(index, store, made)
    return {**found, "spread": _spread(made)}


def _asked(index: ProductIndex, made: Clusters, there: NDArray[np.bool_]) -> dict[str, float]:
    """Agreement with comparing everything, and times of single queries."""
    right = [_exactly(made, query, there) for query in made.queries]
    times, same = [], 0
    for query, name in zip(made.queries, right, strict=True):
        began = time.perf_counter()
        (hits,) = index.search(query[None])
        times.append(1000 * (time.perf_counter() - began))
        same += bool(hits and hits[0].product == name)
    p50, p99 = np.percentile(times, (50, 99))
    return {"recall_at_1": same / len(right), "p50_ms": float(p50), "p99_ms": float(p99)}


def _exactly(made: Clusters, query: Vectors, there: NDArray[np.bool_]) -> str:
    likeness = made.vectors @ query
    return name_of(int(np.where(there, likeness, -2).argmax()))


def _changed(
    index: ProductIndex,
    store: Embeddings,
    made: Clusters,
    places: NDArray[np.integer],
    *,
    there: bool,
) -> dict[str, float]:
    """After references were removed, or brought back."""
    for place in places.tolist():
        vector = made.vectors[place] if there else None
        store.change(Embedded(place + 1, name_of(place), vector))
    left = np.ones(len(made.vectors), np.bool_)
    left[places] = there
    return _asked(index, made, left)


def _added(index: ProductIndex, store: Embeddings, made: Clusters) -> float:
    """Milliseconds from adding a reference of a new product to finding it, the median."""
    times = []
    for number, vector in enumerate(made.queries[:ADDED]):
        new = Embedded(10**9 + number, f"new {number}", vector)
        began = time.perf_counter()
        store.change(new)
        (hits,) = index.search(vector[None], count=1)
        times.append(1000 * (time.perf_counter() - began))
        if hits[0].product != new.product:
            raise RuntimeError(f"{new.product} was added and is not found.")
        store.change(replace(new, vector=None))
    return float(np.median(times))


def _spread(made: Clusters) -> dict[str, float]:
    """How alike views of one product are, and those of siblings."""
    families = min(2000, len(made.vectors) // (2 * VIEWS))
    pairs = made.vectors[: families * 2 * VIEWS].reshape(families, 2, VIEWS, -1)
    own = np.einsum("nc,nc->n", pairs[:, 0, 0], pairs[:, 0, 1])
    sibling = np.einsum("nc,nc->n", pairs[:, 0, 0], pairs[:, 1, 0])
    return {"same_product": float(own.mean()), "siblings": float(sibling.mean())}


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:4]))))
