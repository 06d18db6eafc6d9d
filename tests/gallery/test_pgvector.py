"""The index in PostgreSQL, against a real server."""

import numpy as np
import pytest

from amiss.domain.errors import GalleryError
from amiss.gallery.index import ProductIndex
from amiss.gallery.pgvector import PgvectorIndex
from amiss.gallery.store import Embedded

E = 16
psycopg = pytest.importorskip("psycopg")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A PostgreSQL with pgvector that lives as long as these tests."""
    pgserver = pytest.importorskip("pgserver")
    made = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield made.get_uri()
    made.cleanup()


@pytest.fixture
def opened(server):
    """Opens indexes, and closes them afterwards."""
    made = []

    def opened(gallery, name):
        made.append(PgvectorIndex(gallery, server, name, E))
        return made[-1]

    yield opened
    for one in made:
        one.close()


class Gallery:
    """A gallery of embeddings alone, which remembers its changes."""

    def __init__(self):
        self.changes = []

    @property
    def revision(self):
        return len(self.changes)

    def embedded(self, after=0):
        return self.revision, [one for one in self.changes[after:] if one is not None]

    def add(self, product, vector):
        self.changes.append(Embedded(self.revision + 1, product, vector))
        return self.revision

    def remove(self, id_):
        self.changes.append(Embedded(id_, "", None))


def unit(rng, *shape):
    found = rng.normal(size=shape).astype(np.float32)
    return found / np.linalg.norm(found, axis=-1, keepdims=True)


@pytest.fixture
def filled():
    rng = np.random.default_rng(0)
    gallery = Gallery()
    middles = unit(rng, 300, E)
    for number, middle in enumerate(middles):
        for view in unit(rng, 3, E):
            vector = middle + 0.3 * view
            gallery.add(f"p{number:03d}", vector / np.linalg.norm(vector))
    return gallery, middles


def test_it_finds_what_all_comparisons_find(opened, filled, tmp_path):
    gallery, middles = filled
    index = opened(gallery, "exact")
    assert (index.n_products, len(index)) == (300, 900)
    exact = ProductIndex(gallery, tmp_path / "index")
    right = 0
    for found, wanted in zip(index.search(middles), exact.search(middles), strict=True):
        right += found[0].product == wanted[0].product
        if found[0].product == wanted[0].product:
            assert found[0].likeness == pytest.approx(wanted[0].likeness, abs=1e-3)
    assert right >= 0.99 * len(middles)


def test_named_products_are_all_compared(opened, filled, tmp_path):
    gallery, middles = filled
    index = opened(gallery, "named")
    exact = ProductIndex(gallery, tmp_path / "index")
    some = ["p290", "p007", "nobody knows this"]
    for found, wanted in zip(
        index.search(middles[:20], among=some), exact.search(middles[:20], among=some), strict=True
    ):
        assert [one.product for one in found] == [one.product for one in wanted]
    assert index.search(middles[:1], among=[]) == [[]]


def test_a_change_counts_at_once_for_everybody(opened):
    rng = np.random.default_rng(1)
    gallery = Gallery()
    one, other = (opened(gallery, "changes") for _ in range(2))
    vector = unit(rng, E)
    assert one.search(vector[None]) == [[]]
    added = gallery.add("jam", vector)
    assert other.search(vector[None])[0][0].product == "jam"
    assert one.search(vector[None])[0][0].likeness == pytest.approx(1, abs=1e-5)
    gallery.remove(added)
    assert one.search(vector[None]) == [[]]
    assert (other.n_products, len(other)) == (0, 0)
    assert not other.refresh()


def test_galleries_do_not_see_each_other(opened):
    rng = np.random.default_rng(2)
    vector = unit(rng, E)
    first, second = Gallery(), Gallery()
    first.add("jam", vector)
    assert opened(first, "first").search(vector[None])[0][0].product == "jam"
    assert opened(second, "second").search(vector[None]) == [[]]


def test_a_server_that_is_not_there_is_a_clear_error():
    with pytest.raises(GalleryError, match="cannot be used"):
        PgvectorIndex(Gallery(), "postgresql://nobody@127.0.0.1:1/none", "x", E)
