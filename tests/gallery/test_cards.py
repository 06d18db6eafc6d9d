"""What is known of products beside their references."""

import pytest
from gallery_helpers import reopen

from amiss.domain.errors import GalleryError
from amiss.gallery.card import COLUMNS, Card, read_cards
from amiss.gallery.index import ProductIndex

JAM = Card("jam", "Plum Jam 250 g", ("4006381333931",), (0.08, 0.08, 0.1), 0.41)


def written(tmp_path, *lines):
    path = tmp_path / "cards.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_card_is_kept_and_replaced_and_no_reference_is_needed(folder, gallery):
    assert gallery.card("jam") is None
    assert gallery.describe(JAM) == 1
    assert gallery.describe(JAM) == 1  # nothing changed
    assert gallery.describe(Card("jam", "Plum Jam 500 g")) == 2
    for each in (gallery, reopen(folder)):
        assert each.card("jam") == Card("jam", "Plum Jam 500 g")
        assert each.products() == []
        assert [one.action for one in each.history()] == ["describe", "describe"]
    with pytest.raises(GalleryError, match="nothing to undo"):
        gallery.undo()


def test_codes_are_found_however_they_are_written(gallery):
    for product, code in (("a", "4006381333931"), ("b", "036000291452"), ("c", "X-17")):
        gallery.describe(Card(product, codes=(code, code)))
    assert gallery.card("a").codes == ("04006381333931",)
    assert gallery.coded("04006381333931") == ("a",)
    assert gallery.coded("00036000291452") == ("b",)
    assert gallery.coded("X-17") == ("c",)
    assert gallery.coded("X-18") == ()
    gallery.describe(Card("d", codes=("(01)04006381333931",)))
    assert gallery.coded("04006381333931") == ("a", "d")
    gallery.describe(Card("a"))
    assert gallery.coded("04006381333931") == ("d",)


def test_a_description_changes_no_reference_and_no_index(gallery, make, tmp_path):
    gallery.add("jam", make(1))
    index = ProductIndex(gallery, tmp_path / "index")
    gallery.describe(JAM)
    assert index.refresh()
    assert len(index) == 0  # no model has seen the reference
    assert index.revision == gallery.revision == 2
    assert gallery.undo() == 3
    assert gallery.products() == []
    assert gallery.card("jam") == JAM


def test_cards_come_from_a_file(tmp_path):
    path = written(
        tmp_path,
        ",".join(COLUMNS),
        'jam,"Plum Jam, 250 g",4006381333931 X-17,0.08,0.08,0.1,0.41',
        "tea,Tee grün,,,,,",
    )
    jam, tea = read_cards(path)
    assert jam == Card("jam", "Plum Jam, 250 g", ("04006381333931", "X-17"), JAM.size, 0.41)
    assert tea == Card("tea", "Tee grün")
    assert [one.product for one in read_cards(written(tmp_path, "product", "x"))] == ["x"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("title", "x"), "give product"),
        (("product,colour", "x,red"), "columns product, colour"),
        (("product,title", ",x"), "line 2: A product needs a name"),
        (("product,weight_kg", "x,heavy"), "line 2: could not convert"),
        (("product,weight_kg", "x,-1"), "size or weight of -1"),
        (("product,weight_kg", "x,nan"), "size or weight of nan"),
        (("product,length_m,width_m", "x,1,2"), "has 2 sides"),
        (("product", "x,y"), "more values"),
        (("",), "columns none"),
    ],
)
def test_what_is_no_card_is_refused(tmp_path, lines, said):
    with pytest.raises(GalleryError, match=said):
        list(read_cards(written(tmp_path, *lines)))


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(GalleryError, match="cannot be read"):
        list(read_cards(tmp_path / "nothing.csv"))
    (tmp_path / "bytes.csv").write_bytes(b"product\n\xff\xfe")
    with pytest.raises(GalleryError, match="cannot be read"):
        list(read_cards(tmp_path / "bytes.csv"))


def test_a_card_is_the_same_after_it_was_written():
    for card in (JAM, Card("x"), Card("ü", "ß", ("1",))):
        assert Card.from_bytes(card.to_bytes()) == card
