"""Each cell finds its places in the references, and what is stacked is found again by its row."""

import numpy as np

from amiss.detect.match import BEST, Match, around, around_finely, match

GRID = (12, 14)
WHOLE = np.ones(GRID, np.bool_)


def field(shift=(0.0, 0.0), seed=0, channels=16):
    """Descriptors D×rows×columns that vary smoothly over the plane."""
    rng = np.random.default_rng(seed)
    waves, phases = rng.normal(size=(channels, 2)) * 0.6, rng.uniform(0, 6, channels)
    y, x = np.indices(GRID, np.float64)
    places = np.stack([x + shift[0], y + shift[1]], axis=-1)
    values = np.cos(places @ waves.T + phases)
    values /= np.linalg.norm(values, axis=-1, keepdims=True)
    return values.transpose(2, 0, 1).astype(np.float32)


def test_every_cell_takes_the_references_that_show_it():
    other = field(seed=3)
    found = match((field(), WHOLE), [(other, WHOLE), (field((2, -1)), WHOLE), (other, WHOLE)])
    assert found.reference.shape == (BEST, *GRID)
    middle = np.s_[3:9, 4:11]
    assert (found.reference[0][middle] == 1).all()
    assert (found.support[0] >= found.support[1]).all()
    y, x = np.indices(GRID)
    assert np.abs(found.row[0] - (y + 1))[middle].max() < 0.7
    assert np.abs(found.column[0] - (x - 2))[middle].max() < 0.7
    assert found.likeness[middle].min() > 0.95


def test_one_reference_alone_is_its_own_second():
    found = match((field(), WHOLE), [(field(), WHOLE)])
    assert found.reference.shape == (BEST, *GRID)
    assert not found.reference.any()
    assert np.array_equal(found.row[0], found.row[1])


def test_without_an_item_nothing_is_supported():
    nothing = np.zeros(GRID, np.bool_)
    found = match((field(), nothing), [(field(), WHOLE)])
    assert not found.support.any()
    assert np.isfinite(found.row).all()
    assert not match((field(), WHOLE), [(field(), nothing)]).support.any()


def placed(reference, row, column, shape=(3, 4)):
    def whole(value, kind=np.float32):
        return np.full((BEST, *shape), value, kind)

    return Match(
        whole(reference, np.uint8), whole(row), whole(column), whole(9), np.ones(shape, np.float32)
    )


def test_rows_are_counted_reference_by_reference():
    grids = [(3, 4), (5, 6)]
    found = around(placed(1, 2, 3), grids)
    assert found.shape == (BEST, 3, 4, 9)
    rows = [12 + row * 6 + column for row in (1, 2, 3) for column in (2, 3, 4)]
    assert found[0, 0, 0].tolist() == rows
    outside = 12 + 30
    corner = around(placed(0, -0.6, 3), grids)[0, 0, 0]
    assert corner.tolist() == [outside] * 6 + [2, 3, outside]
    assert (around(placed(1, 90, -90), grids) == outside).all()


def test_fine_cells_lie_in_their_coarse_ones():
    grids = [(3, 4), (5, 6)]
    found = around_finely(placed(1, 2, 3), grids)
    assert found.shape == (6, 8, 9)
    middle = found[..., 4] - 4 * 12  # the second reference's own fine rows
    assert middle[0, 0] == 4 * 12 + 6
    assert middle[1, 1] == 5 * 12 + 7
