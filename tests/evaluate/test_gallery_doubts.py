"""References that mislead, in a gallery of recorded products."""

import io

import pytest
from PIL import Image

from amiss.domain.capture import View
from amiss.evaluate.gallery import Kind, doubts
from amiss.gallery.reference import marked
from amiss.gallery.sqlite import SqliteGallery
from amiss.inspector import Inspector
from recorded_pictures import picture


@pytest.fixture(scope="module")
def inspector():
    return Inspector.load()


@pytest.fixture
def add(inspector, tmp_path):
    """Adds a recorded picture as a reference."""
    store = SqliteGallery.open(tmp_path / "gallery", inspector.bundle.id, create=True)

    def add(product, name, shot, harm=None, sku=None):
        rgb = picture(name, shot, upright=True, harm=harm).rgb
        file = io.BytesIO()
        Image.fromarray(rgb).save(file, "PNG")
        reference = inspector.see(View(rgb, f"{name}-{shot}"))
        store.add(sku or product, marked(reference, rgb), file.getvalue())
        return store

    return add


def kinds(found):
    return [(one.kind, one.product, one.reference, one.other) for one in found]


def test_a_sound_gallery_has_no_doubts(inspector, add):
    for product in ("kit", "book"):
        for shot in (0, 1):
            store = add(product, product, shot)
    told = []
    assert kinds(doubts(inspector, store, lambda *done: told.append(done))) == []
    assert told[-1] == (2, 2)


def test_a_damaged_reference_differs_from_its_siblings(inspector, add):
    for shot in (0, 1):
        add("kit", "kit", shot)
    store = add("kit", "kit", 2, harm="spillage")
    found = list(doubts(inspector, store))
    assert (Kind.DIFFERS, "kit", "kit-2", None) in kinds(found)
    (worst,) = [one for one in found if one.reference == "kit-2"]
    assert worst.score > 0.5
    assert worst.reasons
    assert worst.export()["kind"] == "differs_from_its_siblings"


def test_one_picture_of_two_products_and_two_names_of_one_are_named(inspector, add):
    add("kit", "kit", 0)
    add("kit again", "kit", 0)
    store = add("kit once more", "kit", 1)
    found = kinds(doubts(inspector, store))
    assert (Kind.TWICE, "kit", "kit-0", "kit again") in found
    assert (Kind.ALIKE, "kit", "kit-0", "kit once more") in found
    assert not any(one[0] is Kind.DIFFERS for one in found)


def test_a_reference_without_its_picture_is_passed_over(inspector, tmp_path):
    store = SqliteGallery.open(tmp_path / "bare", inspector.bundle.id, create=True)
    for shot in (0, 1):
        store.add("kit", inspector.see(picture("kit", shot, upright=True).rgb, f"{shot}"))
    assert list(doubts(inspector, store)) == []
