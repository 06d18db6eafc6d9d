import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.detect.compare import compare_in_place, distance, novelty

GRIDS = st.tuples(st.integers(1, 6), st.integers(1, 6))


def unit_vectors(seed, count, channels=4):
    vectors = np.random.default_rng(seed).normal(size=(count, channels)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def in_place(query, reference, grid, radius, tolerance):
    """With one output of the encoder, whose weight is 1."""
    weights = (("only", 1.0),)
    return compare_in_place({"only": query}, {"only": reference}, weights, grid, radius, tolerance)


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


def test_cosines_a_little_above_one_are_no_trouble():
    assert distance(np.float32([1.0000002, 1, 0, -1])) == pytest.approx([0, 0, 2**0.5, 2])


def test_the_outputs_of_the_encoder_add_up_by_weight():
    grid, weights = (3, 4), (("fine", 0.3), ("coarse", 0.7))
    query = {name: unit_vectors(seed, 12) for seed, (name, _) in enumerate(weights)}
    reference = {name: unit_vectors(seed + 5, 12) for seed, (name, _) in enumerate(weights)}
    both = compare_in_place(query, reference, weights, grid, 1, 0.02)
    apart = [in_place(query[name], reference[name], grid, 1, 0.02) for name, _ in weights]
    assert close(both.surplus, 0.3 * apart[0].surplus + 0.7 * apart[1].surplus)
    assert close(both.missing, 0.3 * apart[0].missing + 0.7 * apart[1].missing)
