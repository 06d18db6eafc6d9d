"""`amiss gallery`, from the first reference to undo."""

from amiss.bundle.read import open_bundle
from amiss.gallery.sqlite import SqliteGallery


def test_gallery_from_first_reference_to_undo(document, refused, amiss, pictures, point, tmp_path):
    here = ("--gallery", tmp_path / "gallery")
    shoe = (*here, "--product", "SHOE")
    added = document("gallery", "add", pictures / "a.jpg", pictures / "b.jpg", *shoe)
    assert added["revision"] == 2
    bundle = open_bundle()
    held = SqliteGallery.open(tmp_path / "gallery", bundle.id).references("SHOE")
    assert bundle.manifest.damage is not None
    assert all(one.seen is not None for one in held)  # what the damage model compares with
    assert "already" in refused("gallery", "add", pictures / "a.jpg", *shoe)
    listed = document("gallery", "list", *here)["products"]
    assert [one["product"] for one in listed] == ["SHOE"]
    assert [one["name"] for one in listed[0]["references"]] == ["a.jpg", "b.jpg"]

    command = ("inspect", pictures / "query.jpg", *shoe, "--operating-point", point)
    result = document(*command)
    assert (result["gallery_revision"], result["product"]) == (2, "SHOE")
    assert result["decision"] in {"pass", "sideline"}

    assert document("gallery", "remove", "a.jpg", *shoe)["revision"] == 3
    assert document("gallery", "undo", *here)["undoes"] == 3
    changes = document("gallery", "history", *here)["changes"]
    assert [one["action"] for one in changes] == ["add", "add", "remove", "undo"]
    for command in ("list", "history"):
        code, out, err = amiss("gallery", command, *here)
        assert (code, err) == (0, "")
        assert "SHOE" in out


def test_gallery_refuses(refused, pictures, tmp_path):
    shoe = ("--gallery", tmp_path / "gallery", "--product", "SHOE")
    (tmp_path / "bad.jpg").write_text("text")
    refused("gallery", "add", pictures / "a.jpg", tmp_path / "bad.jpg", *shoe)
    assert not (tmp_path / "gallery").exists()
    assert "no gallery" in refused("gallery", "list", "--gallery", tmp_path / "gallery")
    refused("gallery", "add", pictures / "a.jpg", *shoe[:2], "--product", "")
    sentence = refused("gallery", "add", pictures / "a.jpg", pictures / "a.jpg", *shoe)
    assert "the 1 before it are added" in sentence
    assert "nothing" in refused("gallery", "remove", "nothing", *shoe)
    assert "HAT" in refused("gallery", "list", *shoe[:2], "--product", "HAT")


def test_products_are_described_from_a_file(document, refused, amiss, tmp_path):
    here = ("--gallery", tmp_path / "gallery")
    cards = tmp_path / "cards.csv"
    cards.write_text("product,codes\njam,4006381333931\ntea,4006381333931\n")
    told = document("gallery", "describe", cards, *here)
    assert (told["described"], told["changed"], told["revision"]) == (2, 2, 2)
    assert told["shared_codes"] == {"04006381333931": ["jam", "tea"]}
    assert document("gallery", "describe", cards, *here)["changed"] == 0
    code, out, _ = amiss("gallery", "describe", cards, *here)
    assert code == 0
    assert "correct the cards" in out
    cards.write_text("product,codes\njam,1\n,2\n")
    assert "line 3" in refused("gallery", "describe", cards, *here)
    assert document("gallery", "list", *here)["revision"] == 2  # not even the first line


def test_a_gallery_is_checked(document, amiss, pictures, point, tmp_path):
    here = ("--gallery", tmp_path / "gallery")
    document("gallery", "add", pictures / "a.jpg", pictures / "b.jpg", *here, "--product", "KIT")
    checked = ("gallery", "check", *here, "--operating-point", point)
    code, out, _ = amiss(*checked)
    assert code == 0
    document("gallery", "add", pictures / "a.jpg", *here, "--product", "KIT AGAIN")
    found = document(*checked)
    assert found["revision"] == 3
    assert ("shown_twice", "KIT", "KIT AGAIN") in {
        (one["kind"], one["product"], one["other"]) for one in found["doubts"]
    }
    code, out, _ = amiss(*checked)
    assert code == 0
    assert "shown twice" in out
