"""The evaluation of captures, with an inspector whose every answer is known."""

import json

import numpy as np
import polars as pl
import pytest
from capture_helpers import (
    CRUSH,
    ITEMS,
    LABELS,
    REFERENCES,
    SCORES,
    TORN,
    LevelMeansDamaged,
    break_picture,
    write_dataset,
)
from PIL import Image
from sklearn.metrics import average_precision_score, roc_auc_score

from amiss.dataset.reader import open_dataset
from amiss.domain.errors import DatasetError
from amiss.evaluate.captures import evaluate_captures
from amiss.evaluate.draw import draw_of_each_camera


def run(root, inspect=None, **options):
    options = {"references": 2, **options}
    report = evaluate_captures(
        inspect or LevelMeansDamaged(), open_dataset(root).split("test"), **options
    )
    document = report.export(details=True)
    json.dumps(document, allow_nan=False)
    return document


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("captures"), ITEMS, REFERENCES)


@pytest.fixture(scope="module")
def document(root):
    return run(root)


def test_figures_agree_with_scikit_learn(document):
    assert document["auroc"] == pytest.approx(roc_auc_score(LABELS, SCORES))
    assert document["ap"] == document["ap_any"]
    assert document["ap"] == pytest.approx(average_precision_score(LABELS, SCORES))
    severe = [0, 1, 2, 3, 5]  # minor damage is left out, as Kaputt's own evaluation does
    assert document["ap_major"] == pytest.approx(
        average_precision_score(np.take(LABELS, severe), np.take(SCORES, severe))
    )
    assert document["recall_at_fpr_1pct"] == pytest.approx(2 / 3)
    assert document["recall_at_50p"] == 1.0
    assert document["recall_at_budget"] == pytest.approx(
        {"0.001": 2 / 3, "0.005": 2 / 3, "0.01": 2 / 3}
    )
    assert document["intervals"].keys() == document["with"].keys()
    assert (document["n_good"], document["n_damaged"], document["n_products"]) == (3, 3, 2)
    assert document["n_simulated"] == 6
    assert document["sidelined"] == pytest.approx({"good": 1 / 3, "damaged": 2 / 3})
    assert document["not_inspected"] == {"good": 0.0, "damaged": 0.0}
    assert document["ms_per_item"] > document["ms_per_image"] > 0


def test_types_and_slices_count_their_own_items(document):
    assert document["by_type"].keys() == {"crush", "tear"}
    assert document["by_type"]["crush"]["n"] == 2
    assert document["by_type"]["crush"]["auroc"] == pytest.approx(
        roc_auc_score([0, 0, 0, 1, 1], [0.2, 0.3, 0.6, 0.25, 0.8])
    )
    tear = document["by_type"]["tear"]
    assert tear["ap_1pct"] == pytest.approx(1.0)
    assert (tear["n"], tear["n_good"], tear["sidelined"], tear["not_inspected"]) == (2, 3, 1, 0)
    slices = document["by_slice"]
    (tray,) = slices["tag"].values()
    assert tray["intervals"].keys() == {
        *("auroc", "ap", "ap_1pct", "recall_at_fpr_1pct"),
        *("recall_at_budget", "good_flagged_at_budget"),
    }
    assert {key: value for key, value in tray.items() if key != "intervals"} == {
        "n_good": 1,
        "n_damaged": 1,
        "auroc": 1.0,
        "ap": 1.0,
        "ap_1pct": 1.0,
        "recall_at_fpr_1pct": 1.0,
        "recall_at_budget": {"0.001": 1.0, "0.005": 1.0, "0.01": 1.0},
        "good_flagged_at_budget": {"0.001": 0.0, "0.005": 0.0, "0.01": 0.0},
        "not_inspected": {"good": 0.0, "damaged": 0.0},
        "sidelined": {"good": 0.0, "damaged": 1.0},
    }
    assert {name: own["n_good"] for name, own in slices["material"].items()} == {
        "cardboard": 2,
        "paper": 1,
    }
    assert slices["step"].keys() == {"pack"}
    assert slices["design"].keys() == {"a"}
    assert slices["references"].keys() == {"1", "4"}
    assert slices["coverage"].keys() == {"0.5-0.8"}
    major, minor = slices["severity"]["major"], slices["severity"]["minor"]
    assert (major["n_good"], major["n_damaged"], minor["n_damaged"]) == (3, 2, 1)
    assert (major["recall_at_budget"]["0.01"], minor["recall_at_budget"]["0.01"]) == (1.0, 0.0)
    assert slices["visible"].keys() == {"no"}  # 25 pixels are hardly to be seen
    assert document["n_unseen"] == 3


def test_cameras_are_judged_picture_by_picture(document):
    """Damage is in the first view alone; the other one is sound, whatever the item is."""
    cameras = document["by_camera"]
    assert (cameras["top"]["n_good"], cameras["top"]["n_damaged"]) == (3, 3)
    assert cameras["top"]["auroc"] == pytest.approx(
        roc_auc_score(LABELS, [0.1, 0.3, 0.6, 0.7, 0.25, 0.8])
    )
    assert (cameras["left"]["n_damaged"], cameras["left"]["auroc"]) == (0, None)


def test_with_and_without_references_stand_side_by_side(root, document):
    assert document["with"] == {key: document[key] for key in document["with"]}
    assert document["without"]["auroc"] == pytest.approx(document["auroc"])  # a tenth: same order
    alone = run(root, references=0)
    assert alone["with"] is None
    assert alone["without"] == {key: alone[key] for key in alone["without"]}
    assert [item["score"] for item in alone["items"]] == pytest.approx(
        [item["score"] / 10 for item in document["items"]]
    )


def test_references_are_those_of_the_product_and_looked_at_once(root):
    inspect = LevelMeansDamaged()
    run(root, inspect)
    assert inspect.prepared == [[3, 1, 4, 2], [5]]
    asked = [references for _, references in inspect.asked if references is not None]
    assert asked == [[3, 1, 4, 2]] * 4 + [[5]] * 2
    assert all(item.step is not None and item.id for item, _ in inspect.asked)


def test_k_is_of_each_camera_and_gives_whole_captures(root):
    pristine = open_dataset(root).split("test").references("p")
    for seed in range(8):
        one = draw_of_each_camera(pristine, 1, seed)
        assert [reference.view.camera for reference in one] == ["left", "top"]
        assert len({reference.view.id.rsplit("-", 1)[0] for reference in one}) == 1
        both = draw_of_each_camera(pristine[::-1], 2, seed)
        assert {one.view.id for one in one} < {one.view.id for one in both}
        assert draw_of_each_camera(pristine, 9, seed) == both
    firsts = {draw_of_each_camera(pristine, 1, seed)[0].view.id for seed in range(8)}
    assert firsts == {"p-1-left", "p-2-left"}
    assert draw_of_each_camera(pristine, 0, 0) == draw_of_each_camera((), 2, 0) == ()


def test_no_figure_drops_an_item(tmp_path):
    """Silence on good items ranks highest, on damaged ones lowest; so does a broken picture."""
    items = [*ITEMS, {"levels": (5, 5)}, {"levels": (5, 5), "damages": [TORN]}]
    items += [{"levels": (11, 12)}, {"levels": (11, 12), "damages": [CRUSH]}]
    root = write_dataset(tmp_path, items, REFERENCES)
    for name in ("c008-1", "c009-0"):
        break_picture(root, name)
    document = run(root, LevelMeansDamaged(silent=(5,)))
    labels = [*LABELS, 0, 1, 0, 1]
    assert document["auroc"] == pytest.approx(roc_auc_score(labels, [*SCORES, 9, -9, 9, -9]))
    assert (document["n_good"], document["n_damaged"], document["n_no_opinion"]) == (5, 5, 4)
    assert document["not_inspected"] == {"good": 0.4, "damaged": 0.4}
    assert document["recall_at_budget"]["0.01"] == 0.0
    assert document["pixel_auroc"] < run(root)["pixel_auroc"] < 1


def test_a_wrong_item_is_amiss_and_an_unknown_product_has_no_references(tmp_path):
    items = [
        {"levels": (10, 10)},
        {"levels": (40, 10), "damages": [CRUSH]},
        {"levels": (30, 10), "true_product": "q"},  # sound, but not what its barcode says
        {"levels": (90, 10), "product": None},
    ]
    inspect = LevelMeansDamaged()
    document = run(write_dataset(tmp_path, items, REFERENCES), inspect)
    assert (document["n_good"], document["n_damaged"]) == (2, 2)
    assert (document["n_wrong_item"], document["n_unknown_product"]) == (1, 1)
    assert document["by_type"]["wrong_item"]["n"] == 1
    unknown = document["items"][3]
    assert (unknown["label"], unknown["score"]) == ("good", 0.09)  # a tenth: no references
    assert document["by_slice"]["references"]["0"]["n_good"] == 1
    assert document["by_camera"]["left"]["n_damaged"] == 1  # all of a wrong item is wrong
    severe = average_precision_score([0, 1, 0], [0.1, 0.3, 0.09])
    assert document["ap_major"] == pytest.approx(severe)
    assert document["n_unmasked"] == 2


def test_what_nobody_has_looked_at_is_counted_and_not_inspected(tmp_path):
    root = write_dataset(tmp_path, [*ITEMS, {"labelled": False}], REFERENCES)
    inspect = LevelMeansDamaged()
    document = run(root, inspect)
    assert (document["n_unlabelled"], document["n_good"] + document["n_damaged"]) == (1, 6)
    assert len(inspect.asked) == 12


def test_pixels_are_judged_where_masks_are(document, tmp_path):
    """The maps are hot on the very place of the damage, in every view."""
    assert document["n_masked"] == 3
    assert document["n_unmasked"] == 0
    assert 0.9 < document["pixel_auroc"] < 1
    unmasked = [{**item, "masked": False} for item in ITEMS]
    assert "pixel_auroc" not in run(write_dataset(tmp_path, unmasked, REFERENCES))


@pytest.mark.parametrize(
    "items", [ITEMS[:3], ITEMS[3:], [{**item, "labelled": False} for item in ITEMS]]
)
def test_figures_need_both_classes(tmp_path, items):
    root = write_dataset(tmp_path, items, REFERENCES)
    with pytest.raises(DatasetError, match="both"):
        run(root)


def test_less_than_no_references_are_refused(root):
    with pytest.raises(DatasetError, match="0 or more"):
        run(root, references=-1)


def test_progress_counts_every_item(root):
    moved = []
    split = open_dataset(root).split("test")
    evaluate_captures(
        LevelMeansDamaged(), split, references=1, progress=lambda *at: moved.append(at)
    )
    assert moved == [(n, 6) for n in range(1, 7)]


KAPUTT = [
    # id, item, defect, major, types, material, level of the whole picture, of the crop
    ("a", "i1", False, False, "", "paper", 90, 10),
    ("b", "i1", True, True, "penetration,spillage", "paper", 10, 80),
    ("c", "i2", True, False, "deformation", "other", 10, 70),
    ("d", "i2", False, False, "", "other", 90, 20),
    ("e", "i3", True, True, "missing_unit", "other", 10, 60),
]


@pytest.fixture(scope="module")
def kaputt(tmp_path_factory):
    """Kaputt as it is: one view a row, crops, no damage masks, items without references."""
    root = tmp_path_factory.mktemp("kaputt")
    rows, references = [], []
    for name, item, *labels, whole, crop in KAPUTT:
        paths = [f"data/test/query-data/{kind}/{name}.jpg" for kind in ("image", "crop", "mask")]
        for path, level, side in zip(paths, (whole, crop, 255), (96, 80, 96), strict=True):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((side, side, 3), level, np.uint8)).save(root / path)
        rows.append((name, item, *labels, *paths))
        if item != "i3":
            references.append((item, paths[0], paths[1], paths[2]))
    names = ("capture_id", "item_identifier", "defect", "major_defect", "defect_types")
    names += ("item_material", "query_image", "query_crop", "query_mask")
    pl.DataFrame(rows, names, orient="row").write_parquet(root / "query-test.parquet")
    names = ("item_identifier", "reference_image", "reference_crop", "reference_mask")
    pl.DataFrame(references, names, orient="row").write_parquet(root / "reference-test.parquet")
    return root


def test_kaputt_is_judged_by_its_crops(kaputt):
    inspect = LevelMeansDamaged()
    document = run(kaputt, inspect, picture="crop", references=1)
    assert inspect.prepared in ([[10], [70]], [[80], [70]], [[10], [20]], [[80], [20]])
    assert [item["view_scores"] for item in document["items"]] == [
        [0.1],
        [0.8],
        [0.7],
        [0.2],
        [0.06],
    ]
    assert document["auroc"] == pytest.approx(
        roc_auc_score([0, 1, 1, 0, 1], [0.1, 0.8, 0.7, 0.2, 0.06])
    )
    assert document["by_type"].keys() == {
        "deformation",
        "missing_unit",
        "penetration",
        "spillage",
    }
    assert document["by_slice"]["references"].keys() == {"0", "1"}
    assert "pixel_auroc" not in document
    assert document["n_simulated"] == document["n_unknown_product"] == 0
    assert run(kaputt)["auroc"] == 0.0  # whole pictures say the opposite
