"""From what was seen of products to how cues are weighed."""

from pathlib import Path

import numpy as np
import pytest

from amiss.dataset.reader import open_dataset
from amiss.gallery.identify.fuse import weigh
from amiss.inspector import Inspector
from amiss.simulate.bulk import Bulk
from amiss.simulate.plan import Plan
from amiss.simulate.studio import Outfit
from amiss.train.identify.default import learnt
from amiss.train.identify.fit import fit
from amiss.train.identify.lessons import FIRST, catalogue_of, gather, with_limit
from amiss.train.identify.see import SeenProduct, Shown, eyes, see_products
from amiss.vision.marks import marks
from simulate.even import Even

E = 24
BLANK = marks(np.full((32, 32, 3), 90, np.uint8)).to_bytes()


def looks(rng, middle, count, noise):
    found = middle + noise * rng.normal(size=(count, E))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def products(count=60, noise=0.12, seed=0):
    """Products that look different, of sizes that are measured well."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        middle = rng.normal(size=E)
        middle /= np.linalg.norm(middle)
        size = tuple(sorted(rng.uniform(0.05, 0.3, 3), reverse=True))
        items = {
            f"{number}-{item}": Shown(
                looks(rng, middle, 2, noise),
                (BLANK,) * 2,
                tuple(side * np.exp(0.01 * rng.normal()) for side in size),
            )
            for item in range(3)
        }
        shown = Shown(looks(rng, middle, 4, noise), (BLANK,) * 4, size)
        made.append(SeenProduct(f"p{number:03d}", shown, items, frozenset({f"{number}-0"})))
    return made


def test_every_item_is_met_in_the_open_and_within_a_set():
    found = gather(products(20), FIRST)
    assert len(found.lessons) == 2 * 60
    assert len(found.claims) == 60
    unknown = sum(one.right is None for one in found.lessons)
    assert 10 < unknown < 50
    for one in found.lessons:
        assert np.isfinite(one.told.prior).all()
        assert {"look", "size"} <= set(one.told.cues)
    again = gather(products(20), FIRST)
    assert [one.right for one in again.lessons] == [one.right for one in found.lessons]


def test_what_is_learnt_names_new_items_and_knows_strangers():
    facts = learnt(products())
    assert set(facts.cues) == {"look", "size"}  # nothing is printed on any of them
    told = gather(products(seed=1), facts, seed=5)
    right, rejected = [], []
    for one in told.lessons:
        weighed = weigh(one.told, facts)
        if one.right is None:
            rejected.append(weighed.unknown > 0.5)
        else:
            right.append(int(np.argmax(weighed.probability)) == one.right)
    assert np.mean(right) > 0.97
    assert np.mean(rejected) > 0.9


def test_a_limit_for_claims_lets_right_ones_pass():
    found = gather(products(), FIRST)
    facts = with_limit(found, fit(found.lessons, ()))
    likely = [weigh(one.told, facts).probability[one.right] for one in found.claims]
    assert np.mean(np.array(likely) < facts.wrong) <= 0.002
    assert 0 < facts.wrong < 1


def test_a_catalogue_knows_references_and_sizes():
    (one,) = products(1)
    store = catalogue_of([one])
    assert store.revision == 4
    assert len(store.printed("p000")) == 4
    assert store.card("p000").size == pytest.approx(one.references.size)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two products, of which nothing is drawn but even colours."""
    root = tmp_path_factory.mktemp("kin") / "data"
    plan = Plan(990, damaged=0.5, per_product=2, references=1, siblings=1.0)
    Bulk(root, plan, Outfit(views=1, size=64, empty_trays=False), Even(), Even).make(range(4))
    return root


def test_what_was_seen_is_kept_and_not_seen_again(data, tmp_path, monkeypatch):
    inspector = Inspector.load()
    opened = open_dataset(data)
    first = list(see_products(opened, tmp_path, inspector))
    assert [len(one.items) for one in first] == [2, 2]
    monkeypatch.setattr(Inspector, "unnamed", None)
    again = list(see_products(opened, tmp_path, inspector))
    for one, other in zip(first, again, strict=True):
        assert (one.product, one.damaged) == (other.product, other.damaged)
        assert one.references.marks == other.references.marks
        assert np.array_equal(one.references.embeddings, other.references.embeddings)
        assert {name: shown.size for name, shown in one.items.items()} == {
            name: shown.size for name, shown in other.items.items()
        }
    assert not list(Path(tmp_path).glob("*.draft"))
    assert len(eyes(inspector.bundle)) == 12
