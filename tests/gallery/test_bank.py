import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.gallery.bank import BANK_PATCHES, build_bank
from amiss.gallery.reference import QUARTER_TURNS, Reference
from amiss.vision.look import Look
from amiss.vision.palette import SHAPE

CHANNELS = {"a": 3, "b": 2}


def patches_of(number, turn, count):
    """Patches that say which reference they are of (first) and how it is turned (second)."""
    return {
        layer: np.tile(np.float32([number, turn, 0][:channels]), (count, 1))
        for layer, channels in CHANNELS.items()
    }


def reference(number, grid=(28, 28), *, isolated=True, colour=None):
    count = grid[0] * grid[1]
    colours = np.zeros(SHAPE, np.bool_)
    colours[colour or (0, number, 0)] = True
    return Reference(
        name=f"reference {number}",
        digest=f"{number:064x}",
        look=Look(
            patches=patches_of(number, 0, count),
            grid=grid,
            item=np.ones(grid, np.float32),
            isolated=isolated,
            silhouette=np.ones(grid, np.bool_),
            round=False,
            colours=np.zeros((grid[0] * 16, grid[1] * 16), np.int32),
        ),
        turned=tuple(patches_of(number, turn, count) for turn in QUARTER_TURNS),
        palette=colours,
        thumbnail=np.zeros((48, 48, 3), np.float32),
    )


def counts(bank, layer="a"):
    """Patches per reference and quarter turn."""
    keys, found = np.unique(bank.patches[layer][:, :2].astype(int), axis=0, return_counts=True)
    return {tuple(key): int(count) for key, count in zip(keys.tolist(), found, strict=True)}


@pytest.mark.parametrize(("many", "known"), [(1, True), (3, True), (8, True), (9, False)])
def test_the_bank_knows_where_upright_patches_stand_unless_some_were_left_out(many, known):
    references = [reference(number) for number in range(many)]
    bank = build_bank(references)
    assert len(bank.upright) == (many if known else 0)
    for one, rows in zip(references, bank.upright, strict=False):
        for layer, patches in one.look.patches.items():
            assert (bank.patches[layer][rows] == patches).all()


@pytest.mark.parametrize("grid", [(28, 28), (28, 14), (14, 28), (28, 2), (2, 2)])
@pytest.mark.parametrize("many", [1, 2, 8, 32])
def test_the_cap_holds_and_every_reference_is_in_the_bank(many, grid):
    bank = build_bank([reference(number, grid) for number in range(many)])
    for layer, patches in bank.patches.items():
        assert patches.shape[1] == CHANNELS[layer]
        assert patches.dtype == np.float32
        assert patches.flags.c_contiguous
        assert len(patches) <= BANK_PATCHES
        upright = [counts(bank, layer).get((number, 0), 0) for number in range(many)]
        assert min(upright) > 0
        assert max(upright) - min(upright) <= 1
    assert len(bank.references) == many


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=24))
def test_references_of_any_shape_have_a_share_of_their_size(grids):
    bank = build_bank([reference(number, grid) for number, grid in enumerate(grids)])
    patches = len(bank.patches["a"])
    total = sum(rows * columns for rows, columns in grids)
    assert patches == min(BANK_PATCHES, total) if total > BANK_PATCHES / 2 else patches >= total
    assert patches <= BANK_PATCHES
    found = counts(bank)
    for number, (rows, columns) in enumerate(grids):
        fair = rows * columns * min(1, BANK_PATCHES / total)
        assert found.get((number, 0), 0) == pytest.approx(fair, abs=2)


@pytest.mark.parametrize(
    ("many", "turns"),
    [(1, (0, 1, 2, 3)), (2, (0, 1, 2, 3)), (3, (0, 2)), (4, (0, 2)), (5, (0,)), (8, (0,))],
)
def test_few_references_are_stretched_by_turns_of_all_of_them(many, turns):
    found = counts(build_bank([reference(number) for number in range(many)]))
    assert set(found) == {(number, turn) for number in range(many) for turn in turns}
    assert set(found.values()) == {28 * 28}


def test_colours_of_isolated_references_are_kept_apart():
    near, far = (4, 10, 10), (4, 40, 40)
    bank = build_bank(
        [reference(0, isolated=True, colour=near), reference(1, isolated=False, colour=far)]
    )
    flat = {
        name: np.ravel_multi_index(place, SHAPE) for name, place in (("near", near), ("far", far))
    }
    assert bank.colours[True][flat["near"]] == 0
    assert bank.colours[True][flat["far"]] > 50
    assert bank.colours[False][flat["far"]] == 0
    assert bank.colours[False][flat["near"]] > 50


def test_a_colour_of_any_reference_is_known():
    bank = build_bank([reference(number) for number in range(5)])
    assert set(bank.colours) == {True}
    known = {np.unravel_index(flat, SHAPE) for flat in np.flatnonzero(bank.colours[True] == 0)}
    assert {tuple(map(int, place)) for place in known} == {(0, number, 0) for number in range(5)}


def test_more_references_do_not_cost_more():
    many = [reference(number) for number in range(64)]
    query = np.ones((784, 3), np.float32)
    started = time.perf_counter()
    bank = build_bank(many)
    assert time.perf_counter() - started < 5
    assert (query @ bank.patches["a"].T).nbytes <= 784 * BANK_PATCHES * 4
    assert all(patches.base is None for patches in bank.patches.values())
