import numpy as np
import pytest
from printed_panels import front, shown

from amiss.gallery.identify.agree import agree
from amiss.simulate.products.product import Sibling
from amiss.vision.isolate import isolate
from amiss.vision.marks import marks

POSES = (
    {"degrees": 0.0},
    {"degrees": 75.0, "scale": 0.5},
    {"degrees": 180.0, "tilt": 0.3},
    {"degrees": -40.0, "light": (1.0, 0.9, 0.75)},
)


def seen(picture):
    silhouette = isolate(picture)
    return marks(picture, silhouette.mask if silhouette.found else None)


@pytest.fixture(scope="module")
def reference():
    return seen(shown(front(3), scale=0.8))


@pytest.mark.parametrize("pose", POSES)
def test_the_same_print_agrees_in_any_pose(reference, pose):
    found = agree(seen(shown(front(3), **pose, seed=1)), reference)
    assert found is not None
    assert found.points > 20
    assert found.structure > 0.6
    assert found.alike > 1
    assert found.colour < 6


def test_another_print_does_not(reference):
    for ware in ("Juice", "Tea", "LED Bulb", "Robot", "Washing Powder"):
        found = agree(seen(shown(front(20, ware=ware), degrees=30)), reference)
        assert found is None or (found.alike < 0.5 and found.structure < 0.4)


@pytest.mark.parametrize("what", [Sibling.COLOUR, Sibling.FLAVOUR, Sibling.EDITION])
def test_a_look_alike_agrees_less(what):
    told = []
    for seed in (3, 8, 11):
        own = seen(shown(front(seed), scale=0.8))
        other = seen(shown(front(seed, what), scale=0.8))
        view = seen(shown(front(seed), degrees=50.0, seed=2))
        right, wrong = agree(view, own), agree(view, other)
        assert right is not None
        if wrong is None:
            continue
        if what is Sibling.COLOUR:
            told.append(wrong.colour > right.colour + 3)
        else:
            told.append(right.alike > wrong.alike and right.structure > wrong.structure)
    assert all(told)


def test_nothing_to_go_by_is_no_agreement(reference):
    plain = marks(np.full((200, 200, 3), 128, np.uint8))
    assert agree(plain, reference) is None
    assert agree(reference, plain) is None


def test_it_says_the_same_again(reference):
    view = seen(shown(front(3), degrees=20))
    assert agree(view, reference) == agree(view, reference)
