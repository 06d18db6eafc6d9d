"""benchmarks/index: what is simulated, and what is measured of it."""

import numpy as np
import pytest

from amiss.gallery.store import Embedded

pytest.importorskip("benchmarks.index", reason="run pytest where benchmarks/ is")
from benchmarks.index.__main__ import _markdown
from benchmarks.index.clusters import VIEWS, Embeddings, clusters, name_of
from benchmarks.index.measure import measure


def test_views_crowd_around_products_and_products_around_families():
    made = clusters(40 * VIEWS, 30)
    assert np.linalg.norm(made.vectors, axis=1) == pytest.approx(1, abs=1e-5)
    views = made.vectors.reshape(20, 2, VIEWS, -1)
    own = np.einsum("fpc,fpc->fp", views[:, :, 0], views[:, :, 1]).mean()
    sibling = np.einsum("fc,fc->f", views[:, 0, 0], views[:, 1, 0]).mean()
    other = np.einsum("fc,fc->f", views[:, 0, 0], np.roll(views[:, 0, 0], 1, axis=0)).mean()
    assert own > sibling > other + 0.2
    nearest = (made.queries @ made.vectors.T).argmax(axis=1)
    assert len({name_of(place) for place in nearest.tolist()}) > 10


def test_the_stand_in_lists_changes_as_a_gallery_does():
    store = Embeddings(clusters(20, 1).vectors)
    assert (store.revision, len(store.embedded()[1])) == (20, 20)
    store.change(Embedded(3, name_of(2), None))
    revision, changed = store.embedded(after=20)
    assert (revision, [one.id for one in changed]) == (21, [3])
    assert store.embedded(after=21) == (21, [])


def test_a_small_gallery_is_measured_from_building_to_adding():
    found = measure(2000, 40, 0)
    assert not found["inverted_file"]
    assert found["recall_at_1"] == found["removed"]["recall_at_1"] == 1
    assert found["brought_back"]["recall_at_1"] == 1
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["own_mib"] >= found["own_before_mib"] > 10
    document = {"machine": {"processor": "tested"}, "queries": 40, "galleries": [found]}
    assert "| 2,000 |" in _markdown(document)
    assert "1.0000; " in _markdown(document)
