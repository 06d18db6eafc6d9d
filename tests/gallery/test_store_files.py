import os
import sys
from dataclasses import replace

import pytest
from gallery_helpers import digest, files, names, picture, refuses, reopen, state
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from amiss.gallery import disk
from amiss.gallery.names import safe_name
from amiss.gallery.reference_file import to_bytes

OPENED = None  # the paths opened while it is a list; an audit hook cannot be taken away again


def note_opened(event, arguments):
    if event == "open" and OPENED is not None and isinstance(arguments[0], (str, os.PathLike)):
        OPENED.append(os.fspath(arguments[0]))


sys.addaudithook(note_opened)


def cost(gallery, change):
    """Files written with their new bytes, and how many times any file of the gallery was opened."""
    global OPENED
    before, OPENED = files(gallery.folder), []
    change()
    opened, OPENED = OPENED, None
    after = files(gallery.folder)
    log = after["log.jsonl"][1] - before["log.jsonl"][1]
    written = {path for path in after if after[path] != before.get(path)} - {"log.jsonl"}
    mine = [path for path in opened if path.startswith(str(gallery.folder))]
    return log, sum(after[path][1] for path in written), len(written), len(mine)


def test_a_change_costs_the_same_however_full_the_gallery_is(gallery, make, monkeypatch):
    monkeypatch.setattr(disk.os, "fsync", lambda _: None)
    gallery.add("SKU", make(1000))
    empty = [
        cost(gallery, lambda: gallery.add("SKU", make(2000))),
        cost(gallery, lambda: gallery.remove("SKU", "r2000")),
        cost(gallery, gallery.undo),
    ]
    for number in range(28):
        gallery.add("SKU", make(number))
    for product in range(150):
        gallery.add(f"product {product}", make(product))
    full = [
        cost(gallery, lambda: gallery.add("SKU", make(2001))),
        cost(gallery, lambda: gallery.remove("SKU", "r2001")),
        cost(gallery, gallery.undo),
    ]
    for (log_before, *before), (log_after, *after) in zip(empty, full, strict=True):
        assert before[1:] == after[1:]
        assert abs(after[0] - before[0]) <= 16  # digests deflate more or less well
        assert abs(log_after - log_before) <= 8  # revisions have more digits
        assert log_after < 400
    (_, added_bytes, added_files, _), (*_, removed_files, _), _ = full
    assert added_bytes == len(to_bytes(make(2001)))
    assert (added_files, removed_files) == (1, 0)


# Fall together if decoded, normalised, folded in case, or taken as a path.
PATH_LIKE = ["..", ".", "a/b", "a\\b", "../../etc/passwd", "/absolute", "~", "a.npz", "CON", "a\0b"]
ALIKE = ["B07XJ8C8F5", "b07xj8c8f5", "A", "a", "%41", "ß", "SS", "\u00e9", "e\u0301"]
ODD_PRODUCTS = [*PATH_LIKE, *ALIKE, "a b", "日本語", "🥛", "\n", "-"]


def test_any_name_of_a_product_is_safe_and_its_own(folder, gallery, make):
    encoded = [safe_name(product) for product in ODD_PRODUCTS]
    assert len({name.casefold() for name in encoded}) == len(ODD_PRODUCTS)
    assert all(name.isascii() and not set(name) & set("/\\.\0") for name in encoded)
    for number, product in enumerate(ODD_PRODUCTS):
        gallery.add(product, make(number))
    for each in (gallery, reopen(folder)):
        assert each.products() == sorted(ODD_PRODUCTS)
        assert state(each) == {product: [f"r{i}"] for i, product in enumerate(ODD_PRODUCTS)}
    assert {path.parent.parent for path in folder.parent.rglob("*.npz")} == {folder / "products"}


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_different_products_have_different_file_names(one, other):
    assert (safe_name(one).casefold() == safe_name(other).casefold()) is (one == other)


def test_unusable_names_are_refused_before_anything_is_written(folder, gallery, make):
    before = files(folder)
    refuses(lambda: gallery.add("", make(1)), "needs a name")
    refuses(lambda: gallery.add("x" * 241, make(1)), "too long", "241", "240")
    refuses(lambda: gallery.add("\ud800", make(1)), "Unicode")
    refuses(lambda: gallery.add("SKU", replace(make(1), name="")), "reference", "name")
    refuses(lambda: gallery.add("SKU", replace(make(1), name="\udcff")), "Unicode")
    refuses(lambda: gallery.add("SKU", replace(make(1), name="n" * 300)), "longer than")
    assert files(folder) == before
    gallery.add("x" * 240, make(1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_picture_is_kept_beside_the_reference(folder, gallery, make, kind, tmp_path):
    path = tmp_path / "picture"
    Image.fromarray(picture(0)).save(path, kind)
    gallery.add("SKU", make(1), path.read_bytes())
    gallery.add("SKU", make(2))
    assert reopen(folder).picture("SKU", "r1") == path.read_bytes()
    assert gallery.picture("SKU", "r2") is None
    suffix = {"JPEG": "jpg", "PNG": "png"}[kind]
    assert (folder / f"products/%53%4B%55/{digest(1)[:16]}.{suffix}").is_file()


def test_a_picture_of_another_kind_is_refused(gallery, make):
    refuses(lambda: gallery.add("SKU", make(1), b"GIF89a"), "JPEG", "PNG")
    assert gallery.revision == 0


def test_compact_deletes_what_no_undo_can_bring_back(folder, gallery, make, monkeypatch):
    monkeypatch.setattr(disk.os, "fsync", lambda _: None)
    jpeg = b"\xff\xd8\xff picture"
    gallery.add("gone", make(1), jpeg)
    gallery.remove("gone", "r1")
    gallery.add("undone", make(2))
    gallery.undo()
    foreign = folder / "products" / "notes.txt"
    foreign.write_text("not ours")
    temporary = folder / "products" / "gone" / f"{digest(3)[:16]}.npz.tmp"
    temporary.write_bytes(b"half")
    assert gallery.compact() == 2  # the undone one and the half-written one
    gallery.undo()
    assert names(gallery, "gone") == ["r1"]
    gallery.remove("gone", "r1")
    for number in range(50):
        gallery.add("SKU", make(number))
        gallery.remove("SKU", f"r{number}")
    gallery.add("SKU", make(7))
    assert gallery.compact() == 2  # npz and picture of "gone"
    assert not (folder / "products" / "gone").exists()
    assert foreign.exists()
    assert names(reopen(folder), "SKU") == ["r7"]
    for _ in range(100):
        gallery.undo()
    refuses(gallery.undo, "nothing to undo")
    assert names(gallery, "SKU") == ["r0"]
    assert gallery.compact() == 49
