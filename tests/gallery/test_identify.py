"""Who an item is, from made-up embeddings and real prints."""

from dataclasses import replace

import numpy as np
import pytest
from printed_panels import front, shown

from amiss.bundle.manifest import CueFacts, Identification
from amiss.domain.capture import View
from amiss.domain.identity import Cue
from amiss.gallery.card import Card
from amiss.gallery.identify.identify import CONSIDERED, Identifier
from amiss.gallery.identify.seen import Unnamed
from amiss.gallery.identify.text import read_text
from amiss.gallery.index import ProductIndex
from amiss.gallery.memory import MemoryCatalogue
from amiss.simulate.products.product import Sibling
from amiss.vision.isolate import isolate
from amiss.vision.marks import marks

E = 32
FACTS = Identification(
    cues={
        "look": CueFacts(knots=(0.5,), weights=(40.0,), unknown=8.0),
        "print": CueFacts(knots=(0.0,), weights=(2.0,), unknown=1.0),
        "structure": CueFacts(knots=(0.3,), weights=(12.0,), unknown=1.0),
        "colour": CueFacts(knots=(-30.0,), weights=(0.5,), unknown=10.0),
        "size": CueFacts(knots=(-0.2,), weights=(40.0,), unknown=5.0),
        "weight": CueFacts(knots=(-0.2,), weights=(40.0,), unknown=5.0),
        "text": CueFacts(knots=(0.0,), weights=(3.0,), unknown=1.0),
    },
    unknown=0.0,
    sure=0.9,
    wrong=0.02,
    sources=(),
)
COUNT = 40


def axis(number):
    return np.eye(E, dtype=np.float32)[number % E]


def near(number, like=0.95, other=31):
    """A view that looks so much like a product."""
    found = like * axis(number) + np.sqrt(1 - like**2) * axis(other)
    return found[None].astype(np.float32)


def seen(picture):
    silhouette = isolate(picture)
    return marks(picture, silhouette.mask if silhouette.found else None)


def item(vectors, picture=None, **known):
    """What was seen of an item; without a picture there is no print on it."""
    made = Unnamed(
        (), np.asarray(vectors, np.float32), known.pop("barcode", None), known.pop("weight", None)
    )
    blank = np.full((64, 64, 3), 128, np.uint8)
    vars(made).update(marks=(seen(blank if picture is None else picture),) * len(vectors))
    vars(made).update({"size": None, "lines": (), **known})
    return made


@pytest.fixture
def store():
    made = MemoryCatalogue()
    blank = seen(np.full((64, 64, 3), 128, np.uint8)).to_bytes()
    for number in range(COUNT // 2):
        made.add(f"p{number}", axis(number), blank)
    return made


@pytest.fixture
def identifier(store, tmp_path):
    return Identifier(store, ProductIndex(store, tmp_path / "index"), FACTS)


def test_who_looks_alike_is_named_with_a_probability_that_adds_up(identifier):
    found = identifier.identify(item(near(3)))
    assert found.product == "p3"
    assert found.candidates[0].product == "p3"
    assert found.candidates[0].says[Cue.LOOK] > 10
    total = sum(one.probability for one in found.candidates) + found.unknown
    assert total == pytest.approx(1)
    assert len(found.candidates) <= CONSIDERED
    assert set(found.unavailable) >= {Cue.SIZE, Cue.WEIGHT, Cue.TEXT, Cue.BARCODE, Cue.EXPECTED}
    assert Cue.LOOK not in found.unavailable


def test_who_looks_like_nobody_is_unknown(identifier):
    found = identifier.identify(item(near(30, 0.9)))
    assert found.product is None
    assert found.unknown > 0.9


def test_what_is_expected_decides_between_look_alikes(identifier):
    between = ((axis(3) + axis(5)) / np.sqrt(2))[None]
    assert identifier.identify(item(between)).product is None
    found = identifier.identify(item(between), expected=["p5", "p9", "nobody knows this"])
    assert found.product == "p5"
    assert found.candidates[0].expected
    assert Cue.EXPECTED not in found.unavailable


def test_an_item_outside_the_expected_set_is_still_found(identifier):
    found = identifier.identify(item(near(3)), expected=["p5", "p9"])
    assert found.candidates[0].product == "p3"
    assert not found.candidates[0].expected


def test_ten_thousand_expected_products_are_no_problem(identifier):
    wanted = [f"x{number}" for number in range(10_000)] + ["p7"]
    assert identifier.identify(item(near(7)), expected=wanted).product == "p7"


def test_what_is_expected_is_not_crowded_out(identifier, store):
    blank = seen(np.full((64, 64, 3), 128, np.uint8)).to_bytes()
    for number in range(CONSIDERED + 10):
        store.add(f"nearer {number}", near(29, 0.97)[0], blank)
    store.add("expected", near(29, 0.9, 30)[0], blank)
    item_ = item(axis(29)[None])
    assert "expected" not in {one.product for one in identifier.identify(item_).candidates}
    found = identifier.identify(item_, expected=["expected"])
    assert "expected" in {one.product for one in found.candidates}


def test_print_is_compared_with_the_references_that_look_most_like_the_view(identifier, store):
    blank = seen(shown(front(40, ware="Tea"), scale=0.8))
    store.add("box", axis(30), seen(shown(front(3), scale=0.8)))
    for other in (26, 27, 28):
        store.add("box", axis(other), blank)
    store.add("box again", axis(30), seen(shown(front(3, Sibling.COLOUR), scale=0.8)))
    found = identifier.identify(item(near(30), shown(front(3), degrees=40, seed=1)))
    assert found.candidates[0].product == "box"
    assert found.candidates[0].says[Cue.STRUCTURE] > 3


def test_views_are_weighed_together(identifier):
    both = identifier.identify(item([near(3, 0.75)[0], near(3, 0.75, 30)[0]]))
    one = identifier.identify(item([near(3, 0.75)[0], axis(25)]))
    assert both.candidates[0].probability > one.candidates[0].probability


@pytest.mark.parametrize("what", [Sibling.COLOUR, Sibling.FLAVOUR, Sibling.EDITION])
def test_print_tells_look_alikes_apart(identifier, store, what):
    store.add("jam", axis(25), seen(shown(front(3), scale=0.8)))
    store.add("jam-sibling", axis(25), seen(shown(front(3, what), scale=0.8)))
    for name, sibling in (("jam", None), ("jam-sibling", what)):
        view = shown(front(3, sibling), degrees=50, seed=1)
        found = identifier.identify(item(near(25), view))
        assert found.candidates[0].product == name
        assert {one.product for one in found.candidates[:2]} == {"jam", "jam-sibling"}
        assert Cue.PRINT not in found.unavailable


def test_size_and_weight_tell_sizes_apart(identifier, store):
    for name, scale in (("small", 1.0), ("large", 1.2)):
        blank = seen(np.full((64, 64, 3), 128, np.uint8))
        store.add(name, axis(26), blank)
        sides = (0.1 * scale, 0.2 * scale, 0.05 * scale)
        store.describe(Card(name, size=sides, weight=0.3 * scale**3))
    assert identifier.identify(item(near(26))).product is None
    measured = (0.243, 0.118, 0.061)  # longest first; the card's are in any order
    assert identifier.identify(item(near(26), size=measured)).product == "large"
    assert identifier.identify(item(near(26), weight=0.31)).product == "small"


def test_words_tell_flavours_apart(identifier, store):
    pytest.importorskip("rapidfuzz")
    for name, title in (("plum", "Home Plum Jam"), ("apricot", "Home Apricot Jam")):
        store.add(name, axis(27), seen(np.full((64, 64, 3), 128, np.uint8)))
        store.describe(Card(name, title=title))
    found = identifier.identify(item(near(27), lines=("HOME", "AprlcotJam")))
    assert found.candidates[0].product == "apricot"


def test_a_barcode_names_a_product_by_its_card_or_its_name(identifier, store):
    store.describe(Card("p4", codes=("4006381333931",)))
    store.add("036000291452", axis(28), seen(np.full((64, 64, 3), 128, np.uint8)))
    between = ((axis(3) + axis(4)) / np.sqrt(2))[None]
    found = identifier.identify(item(between, barcode="4006381333931"))
    assert (found.product, found.claimed) == ("p4", "p4")
    assert found.codes == ("04006381333931",)
    assert found.candidates[0].says[Cue.BARCODE] > 0
    assert (
        identifier.identify(item(near(28, 0.8), barcode="036000291452")).product == "036000291452"
    )


def test_a_barcode_of_another_symbology_that_names_nothing_says_nothing(identifier):
    found = identifier.identify(item(near(3), barcode="LOT-77/B"))
    assert (found.product, found.claimed) == ("p3", None)
    assert found.codes == ("LOT-77/B",)
    assert Cue.BARCODE in found.unavailable


def test_pictures_speak_against_a_wrong_claim(identifier, store):
    store.describe(Card("p4", codes=("4006381333931",)))
    for found in (
        identifier.identify(item(near(3)), claimed="p4"),
        identifier.identify(item(near(3), barcode="4006381333931")),
    ):
        assert found.contradicted
        assert (found.product, found.claimed) == (None, "p4")
    right = identifier.identify(item(near(4)), claimed="p4")
    assert (right.product, right.contradicted) == ("p4", False)


def test_a_look_alike_under_a_right_barcode_is_told_by_its_print(identifier, store):
    store.add("jam", axis(25), seen(shown(front(3), scale=0.8)))
    store.add("jam-colour", axis(25), seen(shown(front(3, Sibling.COLOUR), scale=0.8)))
    store.describe(Card("jam", codes=("4006381333931",)))
    wrong = shown(front(3, Sibling.COLOUR), degrees=50, seed=1)
    found = identifier.identify(item(near(25), wrong, barcode="4006381333931"))
    assert Cue.PRINT not in found.unavailable
    assert found.contradicted
    right = identifier.identify(item(near(25), shown(front(3), seed=1), barcode="4006381333931"))
    assert (right.product, right.contradicted) == ("jam", False)


def test_a_claim_that_no_reference_can_check_stands(identifier, store):
    store.describe(Card("seldom"))
    assert not identifier.identify(item(near(3)), claimed="seldom").contradicted
    assert not identifier.identify(item(near(3)), claimed="nobody knows this").contradicted


def test_one_product_under_two_names_is_for_a_person(identifier, store):
    store.add("p3 again", axis(3), seen(np.full((64, 64, 3), 128, np.uint8)))
    for name in ("p3", "p3 again"):
        store.describe(Card(name, codes=("4006381333931",)))
    found = identifier.identify(item(near(3), barcode="4006381333931"))
    assert found.product is None
    assert {one.product for one in found.candidates[:2]} == {"p3", "p3 again"}
    assert not found.contradicted


def test_references_twice_over_change_nothing(identifier, store):
    before = identifier.identify(item(near(3, 0.8)))
    store.add("p3", axis(3), seen(np.full((64, 64, 3), 128, np.uint8)))
    after = identifier.identify(item(near(3, 0.8)))
    assert after.candidates[0].probability == pytest.approx(before.candidates[0].probability)


def test_an_empty_gallery_knows_nobody(tmp_path):
    store = MemoryCatalogue()
    found = Identifier(store, ProductIndex(store, tmp_path / "index"), FACTS).identify(
        item(near(3)), expected=["a"], claimed="b"
    )
    assert (found.product, found.unknown, found.candidates) == (None, 1.0, ())
    assert not found.contradicted


def test_it_exports_itself(identifier):
    document = identifier.identify(item(near(3))).export()
    assert document["product"] == "p3"
    assert document["candidates"][0]["says"]["look"] > 0
    assert isinstance(document["unavailable"]["size"], str)


def test_what_takes_time_is_looked_for_once_asked():
    picture = shown(front(3))
    found = Unnamed((View(picture, "made"),), near(1))
    assert not {"marks", "codes", "size", "lines"} & set(vars(found))
    assert len(found.marks[0].points) > 50
    assert found.size is None
    assert found.lines == ()
    assert found.codes == ()
    scanned = replace(found, barcode="4006381333931").codes
    assert [code.gtin for code in scanned] == ["04006381333931"]


def test_words_are_read_however_an_item_lies():
    pytest.importorskip("rapidocr_onnxruntime")
    for degrees in (0, 90, 180):
        lines = " ".join(read_text([shown(front(3), degrees=degrees, scale=0.9)]))
        assert "Oat Biscuits" in lines
        assert "VORIS" in lines
