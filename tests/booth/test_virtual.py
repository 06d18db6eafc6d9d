"""The tray of a simulated booth, with a renderer that sees nothing; depth tells what lies there."""

import numpy as np
import pytest

from amiss.booth.accept.tasks import Task, Thing
from amiss.booth.virtual.tray import EVERY, FIRST_PRODUCT, VirtualTray
from amiss.domain.errors import SimulationError
from amiss.simulate.seeds import CALIBRATED, RECORDED


class Dull:
    """Grey light everywhere."""

    name = "dull"

    def render(self, _scene, camera, _seed):
        lens = camera.intrinsics
        return np.full((lens.height, lens.width, 3), 0.3, np.float32)


def tray(seed=0, **how):
    made = VirtualTray(seed, **{"views": 2, "size": 96, **how})
    made._backend = Dull()
    return made


def high(views):
    """How many pixels of the camera above stand more than 12 mm above the tray."""
    depth = views["top"].depth
    return int(((depth > 0) & (depth < np.median(depth[depth > 0]) - 0.012)).sum())


def test_a_booth_at_work_shows_another_item_each_time_and_the_same_ones_again():
    first, again = tray(), tray()
    seen = [first(trigger) for trigger in (1, 2)]
    assert first.names == ("top", "left") == tuple(seen[0])
    assert high(seen[0]) != high(seen[1])
    for trigger, views in enumerate(seen, 1):
        same = again(trigger)
        for name, view in views.items():
            assert np.array_equal(view.rgb, same[name].rgb)
            assert np.array_equal(view.depth, same[name].depth)
            assert view.trigger == trigger
            assert view.taken == same[name].taken
            assert view.pose.shape == (4, 4)
    times = [view.taken.timestamp() for view in seen[0].values()]
    assert 0 < max(times) - min(times) < 0.005


def test_one_everyday_item_in_four_is_damaged(monkeypatch):
    made, harmed = tray(), []
    monkeypatch.setattr(
        made, "_item", lambda scene, item, *, placing, harmed: note(scene, item, placing, harmed)
    )

    def note(scene, _item, _placing, is_harmed):
        harmed.append(is_harmed)
        return scene

    for trigger in range(1, 9):
        made(trigger)
    assert harmed == [trigger % EVERY == 0 for trigger in range(1, 9)]


def test_an_item_of_a_study_lies_on_one_side_wherever_it_is_put():
    made = tray()
    product = made.product(3)
    places = set()
    for time in range(3):
        made.do(Task(Thing.ITEM, "", item=3, time=time))
        made(time + 1)
        scene = made._laid(made.booth, Task(Thing.ITEM, "", item=3, time=time))
        top = float(scene.item.vertices[:, 2].max())
        places.add(tuple(np.round(scene.item.vertices[:, :2].mean(axis=0), 4)))
        assert top == pytest.approx(heights(product, made), abs=0.01)
    assert len(places) == 3
    assert [made.is_damaged(item) for item in (1, 2, 3, 4)] == [False, True, False, True]


def heights(product, made):
    """How high it stands on the side on which it lies."""
    rest = product.rests[made._side(product, 3)]
    points = np.concatenate([patch.rest(_grid()) for patch in product.patches if not patch.hidden])
    z = points @ np.asarray(rest)[2]
    return z.max() - z.min()


def _grid():
    u = np.linspace(0, 1, 20)
    return np.stack(np.meshgrid(u, u), -1).reshape(-1, 2)


def test_its_products_are_nobody_else_s():
    for seed in (0, 79, 80, 9999):
        for item in (0, 999, 1000):
            number = tray(seed)._seed_of(item)
            assert FIRST_PRODUCT <= number < min(RECORDED.start, CALIBRATED.start)


def test_a_booth_has_so_many_cameras():
    with pytest.raises(SimulationError, match="1 to 5 cameras"):
        VirtualTray(views=6)
