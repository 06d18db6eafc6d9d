"""`amiss identify`, and `amiss evaluate` of identification."""

import json

import pytest
from PIL import Image

from amiss.bundle.read import open_bundle
from recorded_pictures import picture


@pytest.fixture
def with_bundle(identifying):
    return "--bundle", identifying[0], "--operating-point", identifying[1]


@pytest.fixture(scope="module")
def ids(tmp_path_factory):
    """Two products on two sides each; a third one that nothing shows."""
    root = tmp_path_factory.mktemp("ids")
    for product in ("kit", "book"):
        for shot in range(3):
            folder = root / ("query" if shot == 2 else "gallery") / product
            folder.mkdir(parents=True, exist_ok=True)
            rgb = picture(product, shot, upright=True).rgb
            Image.fromarray(rgb).save(folder / f"{shot}.jpg", quality=92)
    (root / "iconic").mkdir()
    for product in ("kit", "book"):
        (root / "iconic" / f"{product}.jpg").write_bytes(
            (root / "gallery" / product / "0.jpg").read_bytes()
        )
    strange = root / "query" / "stranger"
    strange.mkdir()
    (strange / "0.jpg").write_bytes((root / "query" / "kit" / "2.jpg").read_bytes())
    return root


def test_an_item_is_identified(document, refused, amiss, pictures, with_bundle, tmp_path):
    here = ("--gallery", tmp_path / "gallery", *with_bundle)
    kept = here[:4]  # a gallery takes no operating point
    document("gallery", "add", pictures / "a.jpg", pictures / "b.jpg", *kept, "--product", "KIT")
    document("gallery", "add", pictures / "other.jpg", *kept, "--product", "BOOK")
    found = document("identify", pictures / "query.jpg", *here)
    assert found["candidates"][0]["product"] == "KIT"
    assert found["candidates"][0]["says"]["look"] > 0
    assert set(found["unavailable"]) >= {"size", "weight", "expected", "barcode"}
    total = found["unknown"] + sum(one["probability"] for one in found["candidates"])
    assert total == pytest.approx(1)
    expected = document("identify", pictures / "query.jpg", *here, "--expected", "KIT,HAT")
    assert expected["candidates"][0]["expected"]
    claimed = document("identify", pictures / "query.jpg", *here, "--product", "BOOK")
    assert claimed["claimed"] == "BOOK"
    code, out, err = amiss("identify", pictures / "query.jpg", *here)
    assert (code, err) == (0, "")
    assert "KIT" in out
    assert "none of the gallery" in out
    assert "no gallery" in refused(
        "identify", pictures / "query.jpg", "--gallery", tmp_path / "none", *with_bundle
    )


def test_a_bundle_that_does_not_identify_says_so(document, refused, pictures, point, tmp_path):
    if open_bundle().manifest.identification is not None:
        pytest.skip("the packaged bundle identifies")
    here = ("--gallery", tmp_path / "gallery")
    document("gallery", "add", pictures / "a.jpg", *here, "--product", "KIT")
    said = refused("identify", pictures / "query.jpg", *here, "--operating-point", point)
    assert "cannot identify" in said


def test_identification_is_evaluated(document, refused, amiss, ids, with_bundle):
    found = document("evaluate", ids, "--layout", "ids", "--references", "2", *with_bundle)
    assert found["n_queries"] == 3
    assert (found["n_products"], found["n_without_reference"]) == (2, 1)
    assert found["recall_at_1"] == pytest.approx(2 / 3)  # the stranger cannot be right
    assert found["recall_at_5"] == pytest.approx(2 / 3)
    assert found["id_retrieval_rate"] == pytest.approx(200 / 3)
    low, high = found["intervals"]["recall_at_1"]
    assert 0 <= low <= found["recall_at_1"] <= high <= 1
    assert [point["coverage"] for point in found["coverage_accuracy"]][-1] == 1.0
    iconic = document("evaluate", ids, "--layout", "ids", "--gallery", "iconic", *with_bundle)
    assert iconic["gallery"] == "iconic"
    details = document("evaluate", ids, "--layout", "ids", "--details", *with_bundle)["queries"]
    assert {one["id"] for one in details} == {"kit/2.jpg", "book/2.jpg", "stranger/0.jpg"}
    code, out, _ = amiss("evaluate", ids, "--layout", "ids", *with_bundle)
    assert code == 0
    assert "count as not found" in out
    for wrong in (("--expected",), ("--split", "train"), ("--report", "x.html"), ("--rotate",)):
        refused("evaluate", ids, "--layout", "ids", *wrong, *with_bundle)


def test_armbench_is_evaluated_within_its_totes(document, refused, ids, with_bundle, tmp_path):
    for product in ("kit", "book"):
        pick = tmp_path / "Picks" / product
        pick.mkdir(parents=True)
        (pick / "PickRGB.jpg").write_bytes((ids / "query" / product / "2.jpg").read_bytes())
        (pick / "container.json").write_text(json.dumps({product: {"text": product}}))
        (pick / "annotation.json").write_text(json.dumps({"GT_ID": product}))
        shown = tmp_path / "Reference_Images" / product
        shown.mkdir(parents=True)
        (shown / "1.jpg").write_bytes((ids / "gallery" / product / "0.jpg").read_bytes())
    found = document("evaluate", tmp_path, "--layout", "armbench-ids", "--expected", *with_bundle)
    assert (found["id_retrieval_rate"], found["expected"]) == (100.0, True)
    refused("evaluate", tmp_path, "--layout", "armbench-ids", "--split", "validation", *with_bundle)


def test_an_inspection_finds_the_product_in_a_gallery(document, pictures, with_bundle, tmp_path):
    here = ("--gallery", tmp_path / "gallery", *with_bundle)
    document("gallery", "add", pictures / "a.jpg", *here[:4], "--product", "KIT")
    document("gallery", "add", pictures / "other.jpg", *here[:4], "--product", "BOOK")
    found = document("inspect", pictures / "query.jpg", *here, "--expected", "KIT,BOOK")
    assert found["identity"]["candidates"][0]["product"] == "KIT"
    assert found["expected"] == ["KIT", "BOOK"]
    alone = document("inspect", pictures / "query.jpg", *here)
    assert alone["identity"]["candidates"][0]["product"] == "KIT"
