"""`amiss evaluate` on a folder of pictures, and on captures of them."""

import json

import numpy as np
import polars as pl
import pytest
from PIL import Image

from amiss.dataset.labels import Damage, Labels
from amiss.dataset.writer import writing
from amiss.domain.capture import Capture, View
from amiss.domain.words import DamageType, Severity
from recorded_pictures import picture

EVALUATE_KEYS = {
    *("auroc", "ap", "recall_at_fpr_1pct", "n_good", "n_damaged", "n_no_opinion", "ms_per_image"),
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    root = tmp_path_factory.mktemp("dataset")
    for part, damage in (("good", None), ("damaged/hole", "hole")):
        (root / part).mkdir(parents=True)
        for capture in range(3):
            view = picture("kit", capture, harm=damage, upright=True)
            Image.fromarray(view.rgb).save(root / part / f"{capture}.png")
            if damage is not None:
                mask = root / "masks" / "hole" / f"{capture}_mask.png"
                mask.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(view.damage.astype(np.uint8) * 255).save(mask)
    return root


@pytest.mark.parametrize("extra", [(), ("--rotate", "--details")])
def test_evaluate_prints_all_keys(document, dataset, point, extra):
    figures = document(
        *("evaluate", dataset, "--layout", "folder", "--references", 1, "--seed", 0),
        *("--operating-point", point, *extra),
    )
    assert figures.keys() >= EVALUATE_KEYS | {"pixel_auroc", "aupro"}
    assert (figures["n_good"], figures["n_damaged"]) == (2, 3)
    assert len(figures.get("images", ())) == (5 if extra else 0)


def test_evaluate_without_references_has_no_opinion(document, dataset, plainly):
    command = ("evaluate", dataset, "--references", 0, "--details", *plainly)
    figures = document(*command)
    assert figures["n_no_opinion"] == 6
    assert figures["not_inspected"] == {"good": 1.0, "damaged": 1.0}
    assert {image["score"] for image in figures["images"]} == {None}


def test_evaluate_for_people(amiss, dataset, point):
    code, out, err = amiss("evaluate", dataset, "--operating-point", point)
    assert (code, err) == (0, "")
    for words in ("AUROC", "n unmasked", "n ignored files", "good not inspected", "hole"):
        assert words in out


@pytest.fixture(scope="module")
def captures(tmp_path_factory):
    """Two products of two views: one reference each, a sound and a spilt item."""
    root = tmp_path_factory.mktemp("captures")
    with writing(root) as writer:
        for product in ("kit", "book"):
            name = f"simulated-{product}"
            labels = Labels(damages=(), product=name, simulated=True)
            writer.add_reference(f"{name}-r", seen(product, 9), labels, split="test")
            for number, damage in enumerate((None, "spillage")):
                views = tuple(seen(product, shot, damage) for shot in (number, number + 4))
                found = (Damage(DamageType.SPILLAGE, Severity.MAJOR),) if damage else ()
                made = Labels(damages=found, product=name, simulated=True, tags=("painted",))
                capture = Capture(views, product=name, id=f"{name}-{number}")
                writer.add(capture, made, split="test")
    return root


def seen(product, shot, damage=None):
    rgb = picture(product, shot, harm=damage, upright=True, size=96).rgb
    return View(rgb, "simulated")


CAPTURE_KEYS = EVALUATE_KEYS | {
    *("ap_any", "ap_major", "recall_at_50p", "recall_at_budget", "by_type", "by_slice"),
    *("without", "with", "not_inspected"),
}


@pytest.mark.usefixtures("fake_engine")
@pytest.mark.parametrize("layout", ["booth", "kaputt"])
def test_captures_print_all_keys(document, captures, plainly, layout, tmp_path):
    page = tmp_path / "out.html"
    figures = document(
        *("evaluate", captures, "--layout", layout, "--references", 2, "--split", "test"),
        *(*plainly, "--report", page, "--details"),
    )
    assert figures.keys() >= CAPTURE_KEYS
    assert (figures["n_good"], figures["n_damaged"], figures["n_no_opinion"]) == (2, 2, 0)
    assert figures["recall_at_budget"].keys() == {"0.001", "0.005", "0.01"}
    assert figures["without"]["auroc"] == 0.0  # no opinion counts against Amiss
    assert figures["with"]["auroc"] == figures["auroc"] > 0
    assert (figures["layout"], figures["report"]) == (layout, str(page))
    assert len(figures["items"]) == 4
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.usefixtures("fake_engine")
def test_manifests_may_lie_elsewhere(document, captures, point, tmp_path):
    rows = pl.read_parquet(captures / "query-test.parquet")
    rows.filter(pl.col("item_identifier") == "simulated-kit").write_parquet(
        tmp_path / "query-test.parquet"
    )
    figures = document(
        *("evaluate", captures, "--layout", "kaputt", "--manifests", tmp_path),
        *("--operating-point", point),
    )
    assert (figures["n_good"], figures["n_damaged"]) == (1, 1)


@pytest.mark.usefixtures("fake_engine")
def test_captures_for_people(amiss, captures, point, tmp_path):
    page = tmp_path / "out.html"
    arguments = ("--layout", "booth", "--operating-point", point, "--report", page, "--details")
    code, out, err = amiss("evaluate", captures, *arguments)
    assert (code, err) == (0, "")
    for words in ("0.1% of all sidelined", "pictures alone", "with references"):
        assert words in out
    for words in ("what references add", "No item came with: depth, empty tray"):
        assert words in out
    for words in ("spillage", "painted", "Report:"):
        assert words in out


@pytest.mark.usefixtures("fake_engine")
def test_figures_of_captures_are_the_same_every_time(document, captures, point):
    command = ("evaluate", captures, "--layout", "booth", "--operating-point", point)
    one, again = document(*command), document(*command)
    for figures in (one, again):
        del figures["ms_per_image"], figures["ms_per_item"]
    assert one == again


@pytest.fixture
def coco(tmp_path):
    """Three pictures of one product to test on, one of them with a hole, and a reference."""
    images, annotations = [], []
    for number in range(4):
        view = picture("kit", number, harm="hole" if number == 3 else None, upright=True)
        name = f"{number}.png"
        Image.fromarray(view.rgb).save(tmp_path / name)
        height, width = view.rgb.shape[:2]
        entry = {"id": number, "file_name": name, "height": height, "width": width, "item": "kit"}
        images.append(entry | ({"reference": True} if number == 0 else {}))
        if number == 3:
            rows, columns = np.nonzero(view.damage)
            left, right, top, bottom = columns.min(), columns.max(), rows.min(), rows.max()
            box = [left, top, right + 1, top, right + 1, bottom + 1, left, bottom + 1]
            outline = [list(map(int, box))]
            annotations.append({"image_id": 3, "category_id": 1, "segmentation": outline})
    told = {"images": images, "annotations": annotations}
    told["categories"] = [{"id": 1, "name": "hole"}]
    (tmp_path / "test.json").write_text(json.dumps(told))
    return tmp_path


@pytest.mark.usefixtures("fake_engine")
def test_coco_is_evaluated_with_its_masks(document, coco, point, tmp_path):
    page = tmp_path / "out.html"
    command = ("evaluate", coco, "--layout", "coco", "--operating-point", point)
    figures = document(*command, "--report", page)
    assert figures.keys() >= CAPTURE_KEYS | {"pixel_auroc"}
    assert (figures["n_good"], figures["n_damaged"], figures["n_masked"]) == (2, 1, 1)
    assert (figures["layout"], figures["references"]) == ("coco", 1)
    assert figures["by_type"].keys() == {"hole"}
    assert page.is_file()


@pytest.fixture
def armbench(tmp_path):
    labels = ("nominal", "nominal", "package_defect", "multi_pick")
    folder = tmp_path / "data" / "T"
    folder.mkdir(parents=True)
    for number, label in enumerate(labels):
        view = picture("kit", number, harm="hole" if number == 2 else None, upright=True)
        Image.fromarray(view.rgb).save(folder / f"T_{number}.jpg")
        told = {"id": f"T_{number}", "label": label, "sublabel": "torn_bag", "polygon": []}
        (folder / f"T_{number}.json").write_text(json.dumps(told))
    (tmp_path / "test.csv").write_text("T\n")
    return tmp_path


@pytest.mark.usefixtures("fake_engine")
def test_armbench_says_what_a_damage_score_can_express(document, amiss, armbench, point):
    command = ("evaluate", armbench, "--layout", "armbench-defects", "--operating-point", point)
    figures = document(*command)
    assert (figures["n_good"], figures["n_damaged"], figures["n_unlabelled"]) == (2, 1, 1)
    assert figures["classes"].keys() == {"package_defect", "nominal", "multi_pick"}
    damaged, good = figures["classes"]["package_defect"], figures["classes"]["nominal"]
    assert (damaged["n"], good["n"]) == (1, 2)
    assert damaged["recall"] + good["fpr"] == good["recall"] + damaged["fpr"] == 1
    assert figures["classes"]["multi_pick"] is None
    assert figures["not_expressible"] == {"multi_pick": 1}
    code, out, _ = amiss(*command)
    assert code == 0
    assert "not expressible" in out


def test_evaluate_refuses(refused, dataset, captures, point, tmp_path):
    for layout, lacks in (("ids", "holds no picture"), ("armbench-ids", "no pick")):
        assert lacks in refused("evaluate", dataset, "--layout", layout)
    assert "choose from folder" in refused("evaluate", dataset, "--layout", "mvtec")
    assert "7 references" in refused(
        "evaluate", dataset, "--references", 7, "--operating-point", point
    )
    refused("evaluate", tmp_path, "--operating-point", point)
    booth = ("evaluate", captures, "--layout", "booth")
    assert "no --rotate" in refused(*booth, "--rotate")
    assert "no --rotate" in refused(*booth, "--half", "report")
    assert "no split train" in refused(*booth, "--split", "train")
    assert "0 or more" in refused(*booth, "--references", -1, "--operating-point", point)
    assert ".html" in refused(*booth, "--report", tmp_path / "out.pdf")
    assert "no folder" in refused(*booth, "--report", tmp_path / "no" / "out.html")
    assert "manifest" in refused("evaluate", dataset, "--layout", "kaputt")
    assert "no --manifests" in refused(*booth, "--manifests", captures)
    for option in (("--report", tmp_path / "out.html"), ("--split", "train")):
        assert "no --report" in refused("evaluate", dataset, *option)
