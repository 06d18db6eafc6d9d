"""Inspections that know, or find out, which product the item is."""

import pytest

from amiss.detect.reasons import EXPECTED_UNREAD, UNKNOWN_PRODUCT
from amiss.domain.capture import Capture, View
from amiss.domain.errors import BundleError, GalleryError
from amiss.domain.words import Decision
from amiss.gallery.card import Card
from amiss.gallery.reference import marked
from amiss.gallery.sqlite import SqliteGallery
from amiss.inspector import Inspector
from recorded_pictures import picture as recorded

KIT, BOOK = "kit", "book"


def picture(product, shot):
    return View(recorded(product, shot, upright=True).rgb, f"{product} {shot}")


@pytest.fixture(scope="module")
def folder(identifying, tmp_path_factory):
    """A gallery of two products."""
    path = tmp_path_factory.mktemp("who") / "gallery"
    inspector = Inspector.load(identifying[0], operating_point=identifying[1])
    store = SqliteGallery.open(path, inspector.bundle.id, create=True)
    for product in (KIT, BOOK):
        for shot in (0, 1):
            view = picture(product, shot)
            store.add(product, marked(inspector.see(view, f"{shot}"), view.rgb))
    store.describe(Card(BOOK, codes=("4006381333931",)))
    return path


@pytest.fixture(scope="module")
def inspector(identifying, folder):
    return Inspector.load(identifying[0], operating_point=identifying[1], gallery=folder)


@pytest.fixture(scope="module")
def query():
    return picture(KIT, 2)


def references_in(result):
    return {one.reference for one in result.evidence if one.reference}


def test_the_product_is_found_and_its_references_are_compared(inspector, query):
    result = inspector.inspect(Capture((query,)))
    assert result.identity is not None
    assert result.identity.product == result.product == KIT
    assert references_in(result)
    assert not any(one.kind in {"wrong_item", "unknown_product"} for one in result.findings)
    assert result.export()["identity"]["product"] == KIT


def test_it_is_looked_for_among_what_is_expected(inspector, query):
    result = inspector.inspect(Capture((query,)), expected=[KIT, BOOK, "hat"])
    assert result.identity is not None
    assert result.identity.product == KIT
    assert result.identity.candidates[0].expected
    assert result.expected == (KIT, BOOK, "hat")
    assert EXPECTED_UNREAD not in result.reasons


def test_a_wrong_item_is_sidelined_and_judged_against_nothing(inspector, query):
    for capture in (Capture((query,), product=BOOK), Capture((query,), barcode="4006381333931")):
        result = inspector.inspect(capture)
        assert result.decision is Decision.SIDELINE
        first = result.findings[0]
        assert (first.kind, first.view) == ("wrong_item", 0)
        assert first.score > 0.9
        assert result.reasons[0] == f"It is not {BOOK}, as it is said to be, and looks like {KIT}."
        assert not references_in(result)


def test_a_right_claim_changes_nothing(inspector, query):
    result = inspector.inspect(Capture((query,), product=KIT))
    assert result.identity is not None
    assert not result.identity.contradicted
    assert not any(one.kind == "wrong_item" for one in result.findings)
    assert references_in(result)


def test_who_nobody_knows_is_for_a_person(inspector):
    stranger = picture("coffee", 0)
    result = inspector.inspect(Capture((stranger,)))
    assert result.identity is not None
    assert result.identity.product is None
    assert result.findings[0].kind == "unknown_product"
    assert UNKNOWN_PRODUCT in result.reasons
    assert result.decision is Decision.SIDELINE


def test_references_that_are_handed_in_are_believed(inspector, query):
    result = inspector.inspect(Capture((query,), product=BOOK), references=[query.rgb])
    assert result.identity is None


def test_many_are_identified_as_one_is(inspector, query):
    items = [Capture((query,), product=BOOK), Capture((query,))]
    many = inspector.inspect_many(items)
    for item, one in zip(items, many, strict=True):
        alone = inspector.inspect(item)
        assert (one.decision, one.product) == (alone.decision, alone.product)
        assert [finding.kind for finding in one.findings[:1]] == [
            finding.kind for finding in alone.findings[:1]
        ]


def test_without_a_gallery_nobody_is_looked_for(identifying, query):
    inspector = Inspector.load(identifying[0], operating_point=identifying[1])
    result = inspector.inspect(Capture((query,)), expected=[KIT])
    assert result.identity is None
    assert EXPECTED_UNREAD in [one.reason for one in result.evidence]
    with pytest.raises(GalleryError, match="no gallery"):
        inspector.identify(Capture((query,)))
    with pytest.raises(GalleryError, match="no gallery"):
        inspector.inspect_many([Capture((query,), product=KIT)])


def test_what_is_added_is_found_at_once(folder, inspector):
    store = SqliteGallery.open(folder, inspector.bundle.id)
    view = picture("coffee", 0)
    assert inspector.identify(Capture((view,))).product is None
    store.add("coffee", marked(inspector.see(view, "coffee"), view.rgb))
    found = inspector.identify(Capture((picture("coffee", 0),)))
    assert found.product == "coffee"
    store.undo()
    assert inspector.identify(Capture((view,))).product is None


def test_a_plain_bundle_cannot_identify(plain, tmp_path, query):
    from plain_bundle import write_plain_point

    point = write_plain_point(tmp_path / "point.json", plain)
    inspector = Inspector.load(plain.path, operating_point=point)
    with pytest.raises(BundleError, match="no damage model"):
        inspector.unnamed([query])
