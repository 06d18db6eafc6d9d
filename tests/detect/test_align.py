import numpy as np
import pytest

from amiss.detect.align import Field, align

GRID = (28, 28)
WHOLE = np.ones(GRID, np.bool_)


def scene(seed=0, channels=24):
    """A smooth field of unit vectors over the plane: what lies at a place, as a descriptor."""
    rng = np.random.default_rng(seed)
    waves = rng.normal(size=(channels, 2)) * 0.55
    phases = rng.uniform(0, 2 * np.pi, channels)

    def at(points):
        values = np.cos(points @ waves.T + phases)
        return (values / np.linalg.norm(values, axis=-1, keepdims=True)).astype(np.float32)

    return at


def grid():
    y, x = np.indices(GRID, np.float64)
    return np.stack([x, y], axis=-1)


def turned(degrees, scale=1.0, shift=(0.0, 0.0)):
    """Where the cells of a view lie in the reference, if the view is turned about its middle."""
    angle = np.radians(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([13.5, 13.5])
    return (grid() - middle) @ turn.T + middle + np.array(shift)


def aligned(query, bank, view=WHOLE, reference=WHOLE):
    """With one reference; query, bank: rows×columns×D."""
    described = [(one.transpose(2, 0, 1), mask) for one, mask in ((query, view), (bank, reference))]
    field = align(described[0], described[1:])
    return Field(field.row[0], field.column[0], field.support[0], field.likeness[0])


def found(places, view=WHOLE, reference=WHOLE, at=None):
    at = at or scene()
    return aligned(at(places), at(grid()), view, reference)


@pytest.mark.parametrize("degrees", [0, 25, 90, -140, 180])
def test_a_turned_view_is_found(degrees):
    places = turned(degrees, 0.9, (1.5, -2.0))
    field = found(places)
    inside = (places > 2).all(axis=-1) & (places < 25).all(axis=-1)
    apart = np.hypot(field.column - places[..., 0], field.row - places[..., 1])
    assert np.quantile(apart[inside], 0.95) < 0.7
    assert field.support[inside].min() > 10


def test_a_gap_is_mapped_to_what_should_fill_it():
    at = scene()
    places = turned(40, 1.0)
    query = at(places)
    elsewhere = at(np.array([4.0, 20.0]))
    query[11:16, 12:17] = elsewhere  # every cell of the gap looks like another place
    field = aligned(query, at(grid()))
    apart = np.hypot(field.column - places[..., 0], field.row - places[..., 1])
    assert apart[11:16, 12:17].max() < 1.0
    assert field.likeness[11:16, 12:17].min() > 0.99


def test_two_sides_are_mapped_each_by_its_own():
    left, right = turned(30, 1.0, (-3, 0)), turned(-20, 0.8, (3, 1))
    places = np.where(grid()[..., :1] < 14, left, right)
    field = found(places)
    inside = (places > 2).all(axis=-1) & (places < 25).all(axis=-1)
    far = inside & (np.abs(grid()[..., 0] - 13.5) > 4)
    apart = np.hypot(field.column - places[..., 0], field.row - places[..., 1])
    assert np.quantile(apart[far], 0.95) < 1.0


def test_another_product_supports_nothing():
    at, other = scene(0), scene(1)
    assert np.median(aligned(at(grid()), other(grid())).support) < 6
    assert np.median(found(turned(0)).support) > 30


def test_only_cells_of_the_item_are_matched():
    half = WHOLE.copy()
    half[:, 14:] = False
    field = found(turned(0), view=half, reference=half)
    assert np.abs(field.column[:, :13] - grid()[:, :13, 0]).max() < 0.7
    nothing = found(turned(0), view=np.zeros(GRID, np.bool_))
    assert not nothing.support.any()
    assert np.isfinite(nothing.column).all()


def test_matches_that_do_not_lead_back_do_not_count():
    at = scene()
    places = turned(0)
    query = at(places)
    query[:, :10] = at(np.array([20.0, 14.0]))  # a third of the view looks like one place
    field = aligned(query, at(grid()))
    apart = np.hypot(field.column - places[..., 0], field.row - places[..., 1])
    assert apart[4:24, 7:10].max() < 1.0


def test_references_do_not_disturb_each_other():
    at = scene()
    described = [(at(turned(degrees)).transpose(2, 0, 1), WHOLE) for degrees in (0, 30, -100)]
    several = align(described[0], described)
    for place, other in enumerate(described):
        alone = align(described[0], [other])
        for name in ("row", "column", "support", "likeness"):
            apart = getattr(several, name)[place] - getattr(alone, name)[0]
            assert np.abs(apart).max() < 2e-3
