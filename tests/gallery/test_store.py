from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from gallery_helpers import BUNDLE, MORNING, digest, names, picture, refuses, reopen, state
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from amiss.domain.errors import GalleryError
from amiss.gallery import database, store
from amiss.gallery.sqlite import SqliteGallery
from amiss.gallery.store import MAX_REFERENCES


def test_what_is_added_is_there_after_opening_again(folder, gallery, make):
    assert gallery.revision == 0
    assert gallery.products() == []
    assert gallery.references("SKU") == ()
    assert gallery.add("SKU", make(1)) == 1
    assert gallery.add("SKU", make(2)) == 2
    assert gallery.add("another", make(1)) == 3
    for each in (gallery, reopen(folder)):
        assert each.revision == 3
        assert each.products() == ["SKU", "another"]
        assert names(each, "SKU") == ["r1", "r2"]
        assert [reference.digest for reference in each.references("another")] == [digest(1)]


def test_a_revision_gives_the_same_arrays_before_and_after_opening_again(folder, gallery, seen):
    gallery.add("SKU", seen)
    (ours,), (theirs,) = gallery.references("SKU"), reopen(folder).references("SKU")
    for layer in ours.look.patches:
        assert np.array_equal(ours.look.patches[layer], theirs.look.patches[layer])


def test_a_change_costs_the_same_however_full_the_gallery_is(gallery, make):
    """In steps of SQLite's machine, which the clock does not disturb."""

    def steps(change):
        counted = []
        connection = gallery._database._connection
        connection.set_progress_handler(lambda: counted.append(None), 1)
        change()
        connection.set_progress_handler(None, 1)
        return len(counted)

    def costs(number):
        return [
            steps(lambda: gallery.add("SKU", make(number))),
            steps(lambda: gallery.remove("SKU", f"r{number}")),
            steps(gallery.undo),
        ]

    for number in range(110):  # as many steps are remembered as ever will be
        gallery.add(f"first {number}", make(number))
    few = costs(1000)
    for number in range(300):
        gallery.add(f"product {number}", make(number))
    gallery.remove("SKU", "r1000")
    many = costs(1001)
    assert all(one > 20 for one in few)
    assert all(after < 1.2 * before for before, after in zip(few, many, strict=True))


def test_references_are_held_with_their_revision(gallery, make):
    assert gallery.held("SKU") == (0, ())
    gallery.add("SKU", make(1))
    revision, (held,) = gallery.held("SKU")
    assert (revision, held.name) == (1, "r1")
    assert [change.revision for change in gallery.listed("SKU")] == [1]
    assert gallery.listed("other") == []


def test_references_are_read_once(gallery, make):
    gallery.add("SKU", make(1))
    (first,) = gallery.references("SKU")
    gallery.add("SKU", make(2))
    assert gallery.references("SKU")[0] is first


def test_removing_by_name_digest_or_its_beginning(gallery, make):
    for number in range(4):
        gallery.add("SKU", make(number))
    assert gallery.remove("SKU", "r0") == 5
    gallery.remove("SKU", digest(1))
    gallery.remove("SKU", digest(2)[:8])
    assert names(gallery, "SKU") == ["r3"]
    refuses(lambda: gallery.remove("SKU", "r0"), "'SKU'", "no reference 'r0'")
    refuses(lambda: gallery.remove("SKU", digest(3)[:7]), "no reference")
    refuses(lambda: gallery.remove("other", "r3"), "'other'")
    gallery.remove("SKU", "r3")
    assert gallery.products() == []


def test_an_ambiguous_name_asks_for_the_digest(gallery, make):
    for number in range(2):
        gallery.add("SKU", replace(make(number), name="front"))
    refuses(lambda: gallery.remove("SKU", "front"), "2 references", "digest")
    gallery.remove("SKU", digest(0))
    assert [reference.digest for reference in gallery.references("SKU")] == [digest(1)]


def test_the_same_picture_is_one_reference(gallery, make):
    gallery.add("SKU", make(1))
    refuses(
        lambda: gallery.add("SKU", replace(make(1), name="again")),
        "already a reference",
        "'SKU'",
        "'r1'",
    )
    assert gallery.revision == 1


def test_a_full_product_says_what_to_do(gallery, make):
    for number in range(MAX_REFERENCES):
        gallery.add("SKU", make(number))
    refuses(lambda: gallery.add("SKU", make(99)), "32 references", "remove one first")
    gallery.add("another", make(99))
    gallery.remove("SKU", "r0")
    gallery.add("SKU", make(99))
    assert len(gallery.references("SKU")) == MAX_REFERENCES


def test_undo_goes_back_step_by_step_and_puts_things_in_their_old_place(folder, gallery, make):
    states = [state(gallery)]
    for number in range(3):
        gallery.add("SKU", make(number))
        states.append(state(gallery))
    gallery.remove("SKU", "r1")
    states.append(state(gallery))
    for taken_back in range(1, 5):
        assert gallery.undo() == 4 + taken_back
        assert state(gallery) == states[4 - taken_back]
        assert state(reopen(folder)) == state(gallery)
    refuses(gallery.undo, "nothing to undo")
    assert gallery.revision == 8


def test_after_an_undo_a_new_change_is_the_next_to_be_taken_back(gallery, make):
    gallery.add("SKU", make(0))
    gallery.add("SKU", make(1))
    gallery.undo()
    gallery.add("SKU", make(2))
    gallery.undo()
    assert names(gallery, "SKU") == ["r0"]
    gallery.undo()
    assert gallery.products() == []


def test_a_reference_added_again_gets_its_new_name_and_undo_its_old_one(gallery, make):
    gallery.add("SKU", make(1))
    gallery.remove("SKU", "r1")
    gallery.add("SKU", replace(make(1), name="new name"))
    assert names(gallery, "SKU") == ["new name"]
    gallery.undo()
    gallery.undo()
    assert names(gallery, "SKU") == ["r1"]


def test_the_history_never_loses_a_line(folder, make):
    times = iter(MORNING + timedelta(minutes=minutes) for minutes in range(9))
    gallery = SqliteGallery.open(folder, BUNDLE, create=True, clock=lambda: next(times))
    gallery.add("Größe/1", make(1))
    gallery.remove("Größe/1", "r1")
    gallery.undo()
    lines = [
        (change.revision, change.action, change.product, change.digest, change.name, change.undoes)
        for change in gallery.history()
    ]
    assert lines == [
        (1, "add", "Größe/1", digest(1), "r1", None),
        (2, "remove", "Größe/1", digest(1), "r1", None),
        (3, "undo", "Größe/1", digest(1), "r1", 2),
    ]
    assert [change.time for change in gallery.history()] == [
        MORNING + timedelta(minutes=minutes) for minutes in (1, 2, 3)
    ]
    assert {change.time.utcoffset() for change in gallery.history()} == {timedelta(0)}


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from("aAä"), st.integers(0, 4)),
        st.tuples(st.just("remove"), st.sampled_from("aAä"), st.integers(0, 4)),
        st.tuples(st.just("undo"), st.just(""), st.just(0)),
        st.tuples(st.just("compact"), st.just(""), st.just(0)),
        st.tuples(st.just("reopen"), st.just(""), st.just(0)),
    ),
    max_size=30,
)


class Model:
    """The gallery as plain Python: every earlier state is kept as a whole."""

    def __init__(self, cap, depth):
        self.cap, self.depth = cap, depth
        self.products, self.before, self.revision = {}, [], 0

    def change(self, action, product, number):
        """Whether the change is allowed; if so, it is done."""
        there = self.products.get(product, [])
        if action == "undo":
            if not self.before:
                return False
            self.products = self.before.pop()
        else:
            adds = action == "add"
            if adds is (number in there) or (adds and len(there) == self.cap):
                return False
            self.before = [*self.before, self.products][-self.depth :]
            left = [*there, number] if adds else [one for one in there if one != number]
            self.products = {**self.products, product: left}
        self.revision += 1
        return True

    def state(self):
        return {
            product: [f"r{number}" for number in numbers]
            for product, numbers in self.products.items()
            if numbers
        }


@settings(max_examples=60, deadline=None)
@given(operations=OPERATIONS)
def test_any_sequence_of_changes_equals_a_plain_model(operations, make, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "PRAGMAS", ("journal_mode = WAL", "synchronous = OFF"))
        patch.setattr(store, "MAX_REFERENCES", 3)
        patch.setattr(store, "UNDO_DEPTH", 4)
        folder = tmp_path_factory.mktemp("model") / "gallery"
        gallery, model = SqliteGallery.open(folder, BUNDLE, create=True), Model(3, 4)
        for action, product, number in operations:
            if action == "compact":
                gallery.compact()
            elif action == "reopen":
                gallery = reopen(folder)
            elif model.change(action, product, number):
                do(gallery, action, product, make(number))
            else:
                with pytest.raises(GalleryError):
                    do(gallery, action, product, make(number))
            assert state(gallery) == model.state()
            assert gallery.revision == model.revision
        assert state(reopen(folder)) == model.state()
        assert len(gallery.history()) == model.revision


def do(gallery, action, product, reference):
    if action == "add":
        return gallery.add(product, reference)
    return gallery.remove(product, reference.name) if action == "remove" else gallery.undo()


# Fall together if normalised, folded in case, or taken as a path or a statement.
PATH_LIKE = ["..", ".", "a/b", "a\\b", "../../etc/passwd", "/absolute", "~", "CON", "'; --", "%"]
ALIKE = [
    "B07XJ8C8F5",
    "b07xj8c8f5",
    "A",
    "a",
    "%41",
    "ß",
    "SS",
    "\u00e9",
    "e\u0301",
    "a ",
    "0",
    "00",
]
ODD_PRODUCTS = [*PATH_LIKE, *ALIKE, "a b", "日本語", "🥛", "\n", "-"]


def test_any_name_of_a_product_is_its_own(folder, gallery, make):
    for number, product in enumerate(ODD_PRODUCTS):
        gallery.add(product, make(number))
    for each in (gallery, reopen(folder)):
        assert each.products() == sorted(ODD_PRODUCTS)
        assert state(each) == {product: [f"r{i}"] for i, product in enumerate(ODD_PRODUCTS)}


def test_unusable_names_are_refused_before_anything_is_written(gallery, make):
    refuses(lambda: gallery.add("", make(1)), "needs a name")
    refuses(lambda: gallery.add("x" * 241, make(1)), "241", "240", "shorter")
    refuses(lambda: gallery.add("\ud800", make(1)), "Unicode")
    refuses(lambda: gallery.add("SKU", replace(make(1), name="")), "reference", "name")
    refuses(lambda: gallery.add("SKU", replace(make(1), name="\udcff")), "Unicode")
    refuses(lambda: gallery.add("SKU", replace(make(1), name="n" * 300)), "shorter")
    assert gallery.revision == 0
    gallery.add("x" * 240, make(1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_picture_is_kept_beside_the_reference(folder, gallery, make, kind, tmp_path):
    path = tmp_path / "picture"
    Image.fromarray(picture(0)).save(path, kind)
    gallery.add("SKU", make(1), path.read_bytes())
    gallery.add("SKU", make(2))
    assert reopen(folder).picture("SKU", "r1") == path.read_bytes()
    assert gallery.picture("SKU", "r2") is None


def test_a_picture_of_another_kind_is_refused(gallery, make):
    refuses(lambda: gallery.add("SKU", make(1), b"GIF89a"), "JPEG", "PNG")
    assert gallery.revision == 0


def test_compact_deletes_what_no_undo_can_bring_back(folder, gallery, make, monkeypatch):
    monkeypatch.setattr(store, "UNDO_DEPTH", 10)
    gallery.add("gone", make(1))
    gallery.remove("gone", "r1")
    gallery.add("undone", make(2))
    gallery.undo()
    assert gallery.compact() == 1
    gallery.undo()
    assert names(gallery, "gone") == ["r1"]
    gallery.remove("gone", "r1")
    for number in range(5):
        gallery.add("SKU", make(number))
        gallery.remove("SKU", f"r{number}")
    gallery.add("SKU", make(7))

    def size():
        return sum(path.stat().st_size for path in folder.iterdir())

    before = size()
    assert gallery.compact() == 1  # "gone"
    assert size() < before
    assert names(reopen(folder), "SKU") == ["r7"]
    for _ in range(10):
        gallery.undo()
    refuses(gallery.undo, "nothing to undo")
    assert names(gallery, "SKU") == ["r0"]
    assert gallery.compact() == 5
    assert names(reopen(folder), "SKU") == ["r0"]
