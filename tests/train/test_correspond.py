import numpy as np
import torch

from amiss.train.cache.sight import TYPES, Sight
from amiss.train.damage.correspond import Places, correspondence_loss

GRID = (6, 7)
CELLS = GRID[0] * GRID[1]


def sight(shift=0.0, up=1.0, damage=None):
    """A flat card seen from above, 10 mm a cell."""
    y, x = np.indices(GRID)
    place = np.stack([x * 0.01 + shift, y * 0.01, np.zeros(GRID)], axis=-1).astype(np.float32)
    fine = (2 * GRID[0], 2 * GRID[1])
    return Sight(
        features={},
        cues=np.zeros((9, *fine), np.float32),
        damage=np.zeros((len(TYPES), *fine), np.float32) if damage is None else damage,
        item=np.ones(fine, np.float32),
        place=place,
        facing=np.broadcast_to(np.array([0, 0, up], np.float32), (*GRID, 3)),
    )


def unit(seed):
    found = torch.randn(16, CELLS, generator=torch.Generator().manual_seed(seed))
    return found / found.norm(dim=0)


def loss(view, at, references, beside):
    return correspondence_loss(
        view, at, references, beside, torch.tensor(20.0), np.random.default_rng(0)
    )


def test_the_same_descriptors_at_the_same_places_are_right():
    card, at = unit(1), Places.of(sight())
    right = float(loss(card, at, card[None], [at]))
    wrong = float(loss(card, at, unit(2)[None], [at]))
    assert right < 0.05
    assert wrong > 2


def test_one_of_several_partners_is_enough():
    card, at = unit(1), Places.of(sight())
    both = torch.stack([unit(3), card])
    assert float(loss(card, at, both, [at, at])) < 0.05


def test_the_other_side_of_a_thin_bag_is_another_place():
    card, at, under = unit(1), Places.of(sight()), Places.of(sight(up=-1.0))
    assert loss(card, at, card[None], [under]) is None


def test_a_shift_moves_the_partners():
    card, at = unit(1), Places.of(sight())
    moved = Places.of(sight(shift=0.01))  # its cell x shows what cell x + 1 of the other shows
    beside = card.reshape(16, *GRID).roll(-1, dims=2).reshape(16, CELLS)
    assert float(loss(card, at, beside[None], [moved])) < 0.1
    assert float(loss(card, at, card[None], [moved])) > 2


def test_damage_and_unknown_places_are_not_asked():
    damage = np.zeros((len(TYPES), 12, 14), np.float32)
    damage[0, :, :7] = 1
    hurt = sight(damage=damage)
    assert Places.of(hurt).usable.sum() == GRID[0] * 3
    assert Places.of(hurt).item.all()
    place = hurt.place.copy()
    place[:] = np.nan
    lost = Sight({}, hurt.cues, hurt.damage, hurt.item, place, hurt.facing)
    assert not Places.of(lost).usable.any()
    assert loss(unit(1), Places.of(lost), unit(1)[None], [Places.of(sight())]) is None


def test_the_loss_teaches():
    torch.manual_seed(0)
    card, at = unit(1), Places.of(sight())
    turn = torch.nn.Parameter(torch.randn(16, 16) * 0.3)
    pace = torch.optim.Adam([turn], 0.05)
    first = last = 0.0
    for _step in range(60):
        seen = torch.nn.functional.normalize(turn @ card, dim=0)
        last = loss(seen, at, card[None], [at])
        first = first or float(last.detach())
        pace.zero_grad()
        last.backward()
        pace.step()
    assert float(last.detach()) < 0.3 * first
