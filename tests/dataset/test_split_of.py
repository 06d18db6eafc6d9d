"""Splits by the hash of the product."""

from collections import Counter

import pytest

from amiss.dataset.split import SHARES, split_of
from amiss.domain.errors import DatasetError

PRODUCTS = [f"simulated-carton-{seed}" for seed in range(4000)]


def test_shares_are_kept():
    counts = Counter(map(split_of, PRODUCTS))
    for split, share in SHARES.items():
        assert abs(counts[split] / len(PRODUCTS) - share) < 0.02


def test_a_product_keeps_its_split_for_ever():
    # As `printf NAME | sha256sum` begins: 01de, e18a, f9f4… of 10000.
    names = ("simulated-tin-5", "simulated-tin-6", "simulated-jar-7")
    assert [split_of(name) for name in names] == ["train", "validation", "test"]


def test_shares_are_whose_the_caller_says():
    assert {split_of(name, {"test": 1.0}) for name in PRODUCTS[:50]} == {"test"}
    halves = Counter(split_of(name, {"train": 0.5, "test": 0.5}) for name in PRODUCTS)
    assert set(halves) == {"train", "test"}
    more = {"train": 0.9, "validation": 0.0, "test": 0.1}
    assert all(split_of(n, more) == "train" for n in PRODUCTS if split_of(n) == "train")


@pytest.mark.parametrize("shares", [{}, {"train": 0.5}, {"train": 1.5, "test": -0.5}])
def test_shares_must_add_up(shares):
    with pytest.raises(DatasetError, match="add up to 1"):
        split_of("a", shares)
