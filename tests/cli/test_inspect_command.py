"""`amiss inspect` on pictures as they come."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from amiss.cli.inspect import spread

INSPECT_KEYS = {
    *("score", "threshold", "decision", "reasons", "types", "findings", "evidence", "heatmaps"),
    *("elapsed_ms", "bundle", "operating_point"),
}


DECISIONS = {"pass", "sideline", "not_inspected"}


def test_inspect_prints_all_keys_of_the_contract(document, pictures, point, tmp_path):
    heat = tmp_path / "heat.png"
    result = document(
        *("inspect", pictures / "query.jpg", "--operating-point", point),
        *("--reference", pictures / "a.jpg", "--reference", pictures / "b.jpg"),
        *("--heatmap", heat),
    )
    assert result.keys() >= INSPECT_KEYS
    assert result["decision"] in {"pass", "sideline"}
    assert 0 <= result["score"] <= 1
    assert result["heatmaps"] == [str(heat)]
    with Image.open(heat) as picture:
        assert picture.format == "PNG"


def test_stdout_holds_only_the_document(pictures, point):
    arguments = (
        *("inspect", pictures / "query.jpg", "--reference", pictures / "a.jpg"),
        *("--operating-point", point, "--json"),
    )
    command = [sys.executable, "-m", "amiss.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout).keys() >= INSPECT_KEYS


def test_inspect_without_references_has_no_opinion(document, amiss, pictures, plainly, tmp_path):
    command = ("inspect", pictures / "query.jpg", *plainly)
    result = document(*command)
    assert (result["score"], result["decision"]) == (None, "not_inspected")
    heat = tmp_path / "heat.png"
    code, out, err = amiss(*command, "--json", "--heatmap", heat)
    assert (code, json.loads(out)["heatmaps"]) == (0, [])
    assert "No heat map" in err
    assert not heat.exists()


def test_a_picture_says_nothing_about_itself(document, pictures, plainly):
    query = pictures / "query.jpg"
    result = document("inspect", query, "--reference", query, *plainly)
    assert (result["score"], result["decision"]) == (None, "not_inspected")


def test_reference_of_another_product_gives_a_decision(document, pictures, point):
    result = document(
        *("inspect", pictures / "query.jpg", "--reference", pictures / "other.jpg"),
        *("--operating-point", point),
    )
    assert result["decision"] in DECISIONS


def test_several_views_make_one_sheet(document, pictures, point, tmp_path):
    heat = tmp_path / "heat.png"
    result = document(
        *("inspect", pictures / "query.jpg", pictures / "b.jpg", "--reference"),
        *(pictures / "a.jpg", pictures / "b.jpg", "--operating-point", point, "--heatmap", heat),
    )
    assert result["n_views"] == 2
    with Image.open(heat) as picture:
        assert picture.width > picture.height


def test_inspect_for_people(amiss, pictures, point):
    code, out, err = amiss(
        *("inspect", pictures / "query.jpg", "--reference", pictures / "a.jpg"),
        *("--operating-point", point, "--product", "[red]SKU"),
    )
    assert (code, err) == (0, "")
    assert "score" in out
    assert "threshold 0.500" in out
    assert "[red]SKU" in out


def test_depth_and_empty_tray_are_taken_along(document, refused, pictures, point, tmp_path):
    depth, grey = tmp_path / "depth.png", tmp_path / "grey.png"
    Image.fromarray(np.full((320, 320), 750, np.uint16)).save(depth)
    Image.fromarray(np.full((320, 320), 75, np.uint8)).save(grey)
    command = ("inspect", pictures / "query.jpg", "--operating-point", point)
    result = document(*command, "--depth", depth, "--empty-tray", pictures / "other.jpg")
    assert {one["detector"] for one in result["evidence"]} >= {"depth", "surroundings"}
    assert "16-bit" in refused(*command, "--depth", grey)
    assert "16-bit" in refused(*command, "--depth", tmp_path / "none.png")
    assert "1 views but 2" in refused(*command, "--depth", depth, depth)


def test_depth_is_read_in_metres(tmp_path):
    from amiss.cli.depth import read_depth

    Image.fromarray(np.array([[0, 750], [65535, 1]], np.uint16)).save(tmp_path / "depth.png")
    metres = read_depth(tmp_path / "depth.png")
    assert metres.dtype == np.float32
    np.testing.assert_allclose(metres, [[0, 0.75], [65.535, 0.001]], rtol=1e-6)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("inspect Q --reference A B --json", "inspect Q --reference A --reference B --json"),
        ("inspect --reference A Q", "inspect --reference A Q"),
        ("inspect Q --reference=A B", "inspect Q --reference=A --reference B"),
        ("inspect Q --gallery G P", "inspect Q --gallery G P"),
        ("inspect --gallery G --reference A Q", "inspect --gallery G --reference A Q"),
        ("inspect Q --depth A --json B", "inspect Q --depth A --json B"),
        ("inspect Q --reference A -- B", "inspect Q --reference A -- B"),
        ("inspect Q --reference", "inspect Q --reference"),
        ("gallery add A --reference B C", "gallery add A --reference B C"),
        ("", ""),
    ],
)
def test_an_option_takes_all_pictures_that_follow(given, meant):
    assert spread(given.split()) == meant.split()
