"""Views of a kind are familiar, others are not, and the graph says what the network says."""

import numpy as np
import torch

from amiss.train.damage.familiar import Familiarity, summary, summary_of


def maps(count, seed, kind=0):
    """Maps whose channels vary together, otherwise for another kind."""
    rng = np.random.default_rng(seed)
    mixing = np.exp(np.random.default_rng(100 + kind).normal(size=(60, 3)))
    causes = rng.normal(size=(count, 3, 1, 1)) * (1 + 0.3 * rng.normal(size=(1, 3, 8, 10)))
    deep = np.einsum("cf,nfhw->nchw", mixing, causes) + 0.1 * rng.normal(size=(count, 60, 8, 10))
    shallow = np.repeat(np.repeat(deep[:, :20], 2, 2), 2, 3)
    return shallow.astype(np.float32), deep.astype(np.float32)


def summaries(count, seed, kind=0):
    return np.stack(
        [summary_of([one], [other]) for one, other in zip(*maps(count, seed, kind), strict=True)]
    )


def test_what_is_of_a_kind_is_familiar_and_what_is_not_is_not():
    known = Familiarity(summaries(300, 1), summaries(200, 2))
    same, other = maps(200, 3), maps(200, 4, kind=1)
    with torch.no_grad():
        familiar, foreign = (
            known(*map(torch.from_numpy, found)).numpy() for found in (same, other)
        )
    assert np.quantile(familiar, 0.05) > 0.9
    assert np.quantile(foreign, 0.9) < 0.05


def test_a_view_at_the_limit_is_familiar_by_definition():
    held_out = summaries(200, 2)
    known = Familiarity(summaries(300, 1), held_out)
    shallow, deep = maps(200, 2)
    with torch.no_grad():
        found = known(torch.from_numpy(shallow), torch.from_numpy(deep)).numpy()
    assert (found > 0.98).mean() >= 0.985


def test_summaries_are_means_and_spreads():
    shallow, deep = maps(1, 5)
    found = summary(torch.from_numpy(shallow), torch.from_numpy(deep))[0].numpy()
    assert np.allclose(found[:60], deep[0].mean((1, 2)), atol=1e-5)
    assert np.allclose(found[60:120], deep[0].std((1, 2)), atol=1e-5)
    assert np.allclose(found[140:], shallow[0].std((1, 2)), atol=1e-5)
