import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.detect.compare import InPlace, Near, compare_in_place, distance, moved, novelty

GRIDS = st.tuples(st.integers(1, 6), st.integers(1, 6))


def unit_vectors(seed, count, channels=4):
    vectors = np.random.default_rng(seed).normal(size=(count, channels)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def in_place(query, reference, grid, radius, tolerance=0.02, *, shift=(0, 0), wider=None):
    """With one output of the encoder, whose weight is 1; maps as they are, flat."""
    near = Near(radius, radius if wider is None else wider, tolerance)
    reaches = np.ones(grid, np.bool_)
    looks = {"only": query}, {"only": reference}
    found = compare_in_place(*looks, (("only", 1.0),), reaches, shift, near)
    return InPlace(found.surplus.ravel(), found.missing.ravel(), found.in_place.ravel())


def apart(one, other):
    return float(np.linalg.norm(one.astype(np.float64) - other))


def close(found, truth):
    """Distances come from cosines in 32 bits: near 0 the square root costs digits."""
    return found == pytest.approx(np.array(truth), abs=1e-3)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 20), st.integers(1, 30), st.integers(1, 9))
def test_novelty_is_the_distance_to_the_nearest_patch(seed, count, many, channels):
    query, bank = unit_vectors(seed, count, channels), unit_vectors(seed + 1, many, channels)
    truth = [min(apart(one, other) for other in bank) for one in query]
    assert close(novelty(query, bank), truth)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), GRIDS, st.integers(0, 3), st.sampled_from([0.02, 0.2]))
def test_in_place_is_the_distance_to_the_nearest_patch_nearby_both_ways(
    seed, grid, radius, tolerance
):
    count = grid[0] * grid[1]
    query, reference = unit_vectors(seed, count), unit_vectors(seed + 1, count)
    places = list(np.ndindex(grid))
    surplus, missing, anywhere = np.full((3, count), 9.0)
    for one, (row, column) in enumerate(places):
        for other, (other_row, other_column) in enumerate(places):
            here = apart(query[one], reference[other])
            anywhere[one] = min(anywhere[one], here)
            if abs(row - other_row) <= radius and abs(column - other_column) <= radius:
                surplus[one] = min(surplus[one], here)
                missing[other] = min(missing[other], here)
    found = in_place(query, reference, grid, radius, tolerance)
    assert close(found.surplus, surplus)
    assert close(found.missing, missing)
    clear = np.abs(surplus - anywhere - tolerance) > 2e-3
    assert (found.in_place == (surplus - anywhere < tolerance))[clear].all()


def test_a_part_that_is_gone_is_missing_where_it_should_be_and_nowhere_surplus():
    grid = (6, 8)
    tray, part = unit_vectors(3, 2)
    reference = np.tile(tray, (48, 1))
    reference[2 * 8 + 5] = part
    found = in_place(np.tile(tray, (48, 1)), reference, grid, 1, 0.02)
    assert np.flatnonzero(found.missing > 0.1).tolist() == [2 * 8 + 5]
    assert found.surplus.max() < 1e-3
    assert found.in_place.all()


def test_the_same_patch_too_far_away_is_not_in_place():
    tray, part = unit_vectors(3, 2)
    query, reference = np.tile(tray, (9, 1)), np.tile(tray, (9, 1))
    query[0], reference[3] = part, part
    near = in_place(query, reference, (1, 9), 3, 0.02)
    far = in_place(query, reference, (1, 9), 2, 0.02)
    assert near.in_place.all()
    assert np.flatnonzero(~far.in_place).tolist() == [0]
    assert far.surplus[0] == far.missing[3] > 0.1


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), GRIDS, st.tuples(st.integers(-3, 3), st.integers(-3, 3)), st.data())
def test_what_lies_off_its_place_by_the_shift_is_in_place(seed, grid, shift, data):
    reaches = data.draw(
        st.lists(st.booleans(), min_size=grid[0] * grid[1], max_size=grid[0] * grid[1])
    )
    reaches = np.array(reaches).reshape(grid)
    reference = unit_vectors(seed, grid[0] * grid[1])
    query = unit_vectors(seed + 1, len(reference))
    at = np.arange(len(reference)).reshape(grid)
    found_at = moved(at, shift)[moved(np.ones(grid, np.bool_), shift)]
    query[moved(np.ones(grid, np.bool_), shift).ravel()] = reference[found_at]
    found = compare_in_place(
        {"": query}, {"": reference}, (("", 1.0),), reaches, shift, Near(0, 0, 0.02)
    )
    covered = moved(np.ones(grid, np.bool_), shift)
    assert found.surplus[covered] == pytest.approx(0, abs=1e-3)
    assert found.missing[covered] == pytest.approx(0, abs=1e-3)
    assert found.in_place[covered].all()
    # Where one of the pictures does not reach, nothing is said.
    nowhere = ~moved(reaches, shift)
    assert not found.surplus[nowhere].any()
    assert not found.missing[nowhere].any()


def test_how_far_a_match_may_stray_is_asked_apart_from_how_far_it_is_looked_for():
    tray, part = unit_vectors(3, 2)
    query, reference = np.tile(tray, (9, 1)), np.tile(tray, (9, 1))
    query[0], reference[2] = part, part
    found = in_place(query, reference, (1, 9), 1, wider=2)
    assert found.surplus[0] > 0.1
    assert found.in_place.all()


def test_cosines_a_little_above_one_are_no_trouble():
    assert distance(np.float32([1.0000002, 1, 0, -1])) == pytest.approx([0, 0, 2**0.5, 2])


def test_the_outputs_of_the_encoder_add_up_by_weight():
    grid, weights = (3, 4), (("fine", 0.3), ("coarse", 0.7))
    query = {name: unit_vectors(seed, 12) for seed, (name, _) in enumerate(weights)}
    reference = {name: unit_vectors(seed + 5, 12) for seed, (name, _) in enumerate(weights)}
    reaches, near = np.ones(grid, np.bool_), Near(1, 1, 0.02)
    both = compare_in_place(query, reference, weights, reaches, (0, 0), near)
    apart = [in_place(query[name], reference[name], grid, 1, 0.02) for name, _ in weights]
    assert close(both.surplus.ravel(), 0.3 * apart[0].surplus + 0.7 * apart[1].surplus)
    assert close(both.missing.ravel(), 0.3 * apart[0].missing + 0.7 * apart[1].missing)
