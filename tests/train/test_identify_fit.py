"""The fit finds what a made-up world was made by."""

import numpy as np
import pytest

from amiss.domain.errors import DatasetError
from amiss.gallery.identify.fuse import Told, weigh
from amiss.train.identify.fit import Lesson, fit

CANDIDATES = 8


def lessons(count, seed=0, informative=True, absent=0.0):
    """Right products look 2 standard deviations better; one item in five is of none of them."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        values = rng.normal(size=CANDIDATES)
        right = None if rng.random() < 0.2 else int(rng.integers(CANDIDATES))
        if right is not None and informative:
            values[right] += 2
        cues = {} if rng.random() < absent else {"look": values}
        cues["noise"] = rng.normal(size=CANDIDATES)
        prior = np.full(CANDIDATES, np.log(0.8 / CANDIDATES))
        made.append(Lesson(Told(cues, prior, float(np.log(0.2))), right))
    return made


def likely(facts, some):
    """Probability that was given to what happened."""
    found = []
    for one in some:
        weighed = weigh(one.told, facts)
        found.append(weighed.unknown if one.right is None else weighed.probability[one.right])
    return np.array(found)


def test_it_comes_close_to_the_best_there_is():
    facts = fit(lessons(1500), ())
    some = lessons(1000, seed=1)
    best = []
    for one in some:  # by the law that they were made by: log-odds are 2x − 2
        logits = [*(2 * one.told.cues["look"] - 2 + np.log(0.1)), np.log(0.2)]
        odds = np.exp(logits) / np.sum(np.exp(logits))
        best.append(odds[-1 if one.right is None else one.right])
    reached, possible = np.log(likely(facts, some)).mean(), np.log(best).mean()
    assert possible - 0.03 < reached <= possible + 0.01
    assert sum(facts.cues["noise"].weights) < 0.1 * sum(facts.cues["look"].weights)


def test_probabilities_are_honest():
    facts = fit(lessons(1500), ())
    stated, happened = [], []
    for one in lessons(2000, seed=2):
        weighed = weigh(one.told, facts)
        stated += [*weighed.probability, weighed.unknown]
        happened += [place == one.right for place in range(CANDIDATES)] + [one.right is None]
    stated, happened = np.array(stated), np.array(happened)
    for low, high in ((0.0, 0.1), (0.1, 0.4), (0.4, 0.7), (0.7, 1.0)):
        inside = (stated >= low) & (stated < high)
        assert happened[inside].mean() == pytest.approx(stated[inside].mean(), abs=0.04)


def test_a_missing_cue_does_not_hurt():
    facts = fit(lessons(1500, absent=0.4), ())
    some = lessons(600, seed=3, absent=1.0)
    reached = np.log(likely(facts, some)).mean()
    blind = np.log([0.2 if one.right is None else 0.8 / CANDIDATES for one in some]).mean()
    assert reached > blind - 0.03


def test_there_must_be_something_to_learn_from():
    with pytest.raises(DatasetError, match="nothing to learn"):
        fit([], ())
    with pytest.raises(DatasetError, match="nothing to learn"):
        fit([Lesson(Told({}, np.zeros(2), 0.0), 1)], ())
