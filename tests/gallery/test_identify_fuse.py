import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from amiss.bundle.manifest import CueFacts, Identification
from amiss.gallery.identify.fuse import Told, weigh

LOOK = CueFacts(knots=(0.0, 0.5), weights=(2.0, 6.0), unknown=3.0)
SIZE = CueFacts(knots=(-1.0,), weights=(4.0,), unknown=1.0)
FACTS = Identification(
    cues={"look": LOOK, "size": SIZE}, unknown=-1.0, sure=0.9, wrong=0.01, sources=()
)
NAN = float("nan")


def told(count=3, unknown=-2.0, **cues):
    made = {name: np.array(values, float) for name, values in cues.items()}
    return Told(made, np.full(count, -np.log(count)), unknown)


def test_it_is_what_a_calculator_gives():
    found = weigh(told(2, look=[0.8, 0.2], size=[-0.5, -2.0]), FACTS)
    logits = [
        -np.log(2) + 2 * 0.8 + 6 * 0.3 + 4 * 0.5,
        -np.log(2) + 2 * 0.2,
        -2 - 1 + 3 + 1,
    ]
    likely = np.exp(logits) / np.exp(logits).sum()
    assert [*found.probability, found.unknown] == pytest.approx(likely)
    assert found.says["look"] == pytest.approx([3.4, 0.4])
    assert found.says["size"] == pytest.approx([2.0, 0.0])


def test_a_cue_that_is_not_there_says_nothing():
    without = weigh(told(look=[0.9, 0.5, 0.1]), FACTS)
    for absent in ([NAN] * 3, []):
        if absent:
            found = weigh(told(look=[0.9, 0.5, 0.1], size=absent), FACTS)
            assert found.probability == pytest.approx(without.probability)
            assert found.unknown == pytest.approx(without.unknown)
    assert without.says["size"] == pytest.approx([0, 0, 0])
    nothing = weigh(told(), FACTS)
    assert nothing.probability == pytest.approx(np.full(3, nothing.probability[0]))


def test_what_a_cue_cannot_say_of_one_is_neither_for_nor_against_it():
    found = weigh(told(look=[0.9, NAN, 0.1]), FACTS).probability
    assert found[0] > found[1] > found[2]


def test_no_candidates_leave_none_of_them():
    found = weigh(Told({"look": np.zeros(0)}, np.zeros(0), -2.0), FACTS)
    assert (len(found.probability), found.unknown) == (0, 1.0)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=8), st.floats(0, 2))
def test_a_better_match_never_makes_a_product_less_likely(values, more):
    before = weigh(told(len(values), look=values), FACTS)
    after = weigh(told(len(values), look=[values[0] + more, *values[1:]]), FACTS)
    assert after.probability[0] >= before.probability[0] - 1e-12
    assert after.probability.sum() + after.unknown == pytest.approx(1)


def test_a_cue_needs_a_weight_for_each_knot_and_none_is_negative():
    for weights in ((1.0,), (1.0, -1.0)):
        with pytest.raises(ValidationError):
            CueFacts(knots=(0.0, 1.0), weights=weights, unknown=0.0)
