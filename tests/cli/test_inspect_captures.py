"""`amiss inspect --capture`: captures of a recording."""

import pytest
from PIL import Image

KEYS = {
    *("score", "threshold", "decision", "reasons", "types", "findings", "evidence", "heatmaps"),
    *("elapsed_ms", "bundle", "operating_point", "capture", "expected"),
}


def test_one_capture_is_one_result(document, recording, point, tmp_path):
    heat = tmp_path / "heat.png"
    found = document(
        *("inspect", "--capture", recording, "book-4", "--heatmap", heat),
        *("--operating-point", point, "--expected", "4711, 4712"),
    )
    assert found.keys() >= KEYS
    assert (found["capture"], found["n_views"]) == ("book-4", 3)
    assert found["decision"] in {"pass", "sideline"}
    assert found["product"].startswith("simulated-book")
    assert found["expected"] == ["4711", "4712"]
    unread = {one["detector"]: one["reason"] for one in found["evidence"] if not one["available"]}
    assert "takes a gallery" in unread["identification"]
    assert found["heatmaps"] == [str(heat)]
    with Image.open(heat) as picture:
        assert picture.format == "PNG"


@pytest.mark.usefixtures("fake_engine")
def test_all_captures_are_a_list(document, amiss, recording, point):
    found = document("inspect", "--capture", recording, "--operating-point", point)
    assert found["n"] == len(found["captures"]) == 5
    assert found["n"] == found["pass"] + found["sideline"] + found["not_inspected"]
    (smudged,) = [one for one in found["captures"] if one["capture"] == "honey-5"]
    assert (smudged["decision"], smudged["product"]) == ("not_inspected", None)
    code, out, _ = amiss("inspect", "--capture", recording, "--operating-point", point)
    assert code == 0
    assert all(one["capture"] in out for one in found["captures"])


@pytest.mark.usefixtures("fake_engine")
def test_the_product_may_be_named_by_hand(document, recording, point):
    honey = "simulated-jar-900007"
    found = document(
        *("inspect", "--capture", recording, "honey-5", "--product", honey),
        *("--operating-point", point),
    )
    assert found["product"] == honey
    assert found["score"] is not None


@pytest.mark.usefixtures("fake_engine")
def test_other_references_may_be_handed_in(document, recording, pictures, point):
    command = ("inspect", "--capture", recording, "book-1", "--operating-point", point)
    own = document(*command)
    others = document(*command, "--reference", pictures / "a.jpg", pictures / "b.jpg")
    assert own["score"] is not None
    assert others["score"] != own["score"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing-1",), "no capture nothing-1"),
        (("--heatmap", "out.png"), "one capture"),
        (("--step", "pick"), "brings its own"),
    ],
)
def test_what_does_not_fit_is_refused(refused, recording, point, arguments, words):
    command = ("inspect", "--capture", recording, "--operating-point", point)
    assert words in refused(*command, *arguments)


def test_a_folder_that_is_no_recording_is_refused(refused, tmp_path, point):
    refused("inspect", "--capture", tmp_path, "--operating-point", point)
    assert "recording" in refused("inspect")
