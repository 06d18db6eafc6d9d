"""References begin by doing no harm, and reach every map once something is learnt."""

import pytest
import torch

from amiss.train.damage.comparator import FINE_KEY, KEY, Beside, Comparator
from amiss.train.damage.network import Width

ROWS, COLUMNS = 4, 5


def beside(count=2, places=40):
    generator = torch.Generator().manual_seed(0)

    def random(*shape):
        return torch.randn(*shape, generator=generator)

    def indices(*shape):
        return torch.randint(0, places + 1, shape, generator=generator)

    return Beside(
        torch.cat([random(places, KEY), torch.zeros(1, KEY)]),
        torch.cat([random(places, FINE_KEY), torch.zeros(1, FINE_KEY)]),
        indices(count, 2, ROWS, COLUMNS, 9),
        indices(count, 2 * ROWS, 2 * COLUMNS, 9),
        random(count, 2, ROWS, COLUMNS).abs(),
        random(count, ROWS, COLUMNS),
    )


def maps(count=2):
    generator = torch.Generator().manual_seed(1)
    width = Width()
    return (
        torch.randn(count, width.coarse, ROWS, COLUMNS, generator=generator),
        torch.randn(count, width.fine, 2 * ROWS, 2 * COLUMNS, generator=generator),
    )


def test_an_untrained_comparator_changes_nothing():
    torch.manual_seed(0)
    comparator = Comparator(Width())
    coarse, fine = maps()
    found = comparator(coarse, fine, beside())
    assert torch.equal(found[0], coarse)
    assert torch.equal(found[1], fine)


def test_references_reach_both_maps_once_something_is_learnt():
    torch.manual_seed(0)
    comparator = Comparator(Width()).eval()
    for last in (comparator.out, comparator.fine_out):
        torch.nn.init.normal_(last.weight)
    coarse, fine = maps()
    one, other = beside(), beside()
    other.keys.mul_(-1)
    other.fine.mul_(-1)
    found = [comparator(coarse, fine, references) for references in (one, other)]
    assert not torch.allclose(found[0][0], found[1][0])
    assert not torch.allclose(found[0][1], found[1][1])


def test_views_are_judged_one_by_one():
    torch.manual_seed(0)
    comparator = Comparator(Width()).eval()
    torch.nn.init.normal_(comparator.out.weight)
    coarse, fine = maps()
    references = beside()
    together = comparator(coarse, fine, references)[0]
    first = Beside(
        references.keys,
        references.fine,
        references.around[:1],
        references.around_finely[:1],
        references.support[:1],
        references.likeness[:1],
    )
    alone = comparator(coarse[:1], fine[:1], first)[0]
    assert torch.allclose(together[:1], alone, atol=1e-5)


@pytest.mark.parametrize("outside", [0, 1])
def test_what_lies_outside_a_reference_teaches_through_its_own_row_only(outside):
    torch.manual_seed(0)
    comparator = Comparator(Width()).eval()
    torch.nn.init.normal_(comparator.out.weight)
    coarse, fine = maps(1)
    references = beside(1)
    references.around.fill_(len(references.keys) - 1 if outside else 3)
    before = comparator(coarse, fine, references)[0]
    references.keys[:-1].mul_(3)
    references.keys[:-1].add_(1)
    after = comparator(coarse, fine, references)[0]
    assert torch.allclose(before, after) == bool(outside)
