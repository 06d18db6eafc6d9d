"""Weights are learnt from evidence, cannot turn it round, and do not mind how rare damage is."""

import numpy as np
import pytest

from amiss.domain.errors import DatasetError
from amiss.train.damage.weigh import LEAST, Item, fit_weighing


def items(count, seed=0, share=0.5):
    """Damage shows in the first number strongly, in the last a little the wrong way round."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        damaged = number < share * count
        first = rng.normal(2 if damaged else 0)
        wrong = rng.normal(0 if damaged else 0.5)
        found.append(Item((first, rng.normal(), wrong), damaged, damaged))
    return found


def test_evidence_counts_as_far_as_it_tells():
    found = fit_weighing(items(600))
    assert found.damage == pytest.approx(2, abs=0.5)
    assert found.major < 0.3
    assert found.mean == 0  # it would count against damage


def test_how_rare_damage_is_does_not_move_the_weights():
    even, rare = fit_weighing(items(4000)), fit_weighing(items(4000, share=0.1))
    assert rare.damage == pytest.approx(even.damage, rel=0.15)
    assert rare.bias == pytest.approx(even.bias, abs=0.3)


def test_too_few_items_are_refused():
    with pytest.raises(DatasetError, match="needs 20 of each"):
        fit_weighing(items(3 * LEAST, share=0.1))
