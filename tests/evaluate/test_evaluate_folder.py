"""The evaluation of a folder, with inspectors whose every answer is known."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from amiss.dataset.folder import FolderDataset, half
from amiss.domain.errors import DatasetError, ImageError
from amiss.domain.words import Decision
from amiss.evaluate.folder import evaluate_folder
from amiss.evaluate.rotate import angle, turn

SIZE = (48, 64)
DAMAGE = (slice(20, 28), slice(28, 36))


@dataclass
class Answer:
    score: float | None
    decision: str = Decision.PASS
    heatmaps: list = field(default_factory=list)


class RedMeansDamaged:
    """Scores by red; remembers what it was handed."""

    def __init__(self, silent=(), unreadable=(), maps=True):
        self.silent, self.unreadable, self.maps = silent, unreadable, maps
        self.prepared, self.queries = [], []

    def prepare(self, references):
        self.prepared.append(references)
        return "prepared"

    def __call__(self, query, references):
        self.queries.append((query, references))
        if isinstance(query, Path):
            if query.name in self.unreadable:
                raise ImageError("The picture is damaged.")
            if query.name in self.silent:
                return Answer(None, Decision.NOT_INSPECTED)
            query = np.asarray(Image.open(query))
        red = query[:, :, 0].astype(np.float32) - query[:, :, 1]
        return Answer(float(red.max()), Decision.SIDELINE, [red] if self.maps else [])


def paint(path, *, damaged):
    pixels = np.full((*SIZE, 3), 120, dtype=np.uint8)
    if damaged:
        pixels[DAMAGE] = (250, 20, 20)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def root(tmp_path):
    for index in range(6):
        paint(tmp_path / f"good/g{index}.png", damaged=False)
    for name in ("tear/d0", "tear/d1", "hole/d2", "hole/d3"):
        paint(tmp_path / f"damaged/{name}.png", damaged=True)
    return tmp_path


def mask_for(root, name, where=DAMAGE, shape=SIZE):
    mask = np.zeros(shape, dtype=np.uint8)
    mask[where] = 255
    path = root / "masks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(mask).save(path)


def run(root, inspect=None, **options):
    inspect = inspect or RedMeansDamaged()
    options = {"references": 2, **options}
    return evaluate_folder(inspect, FolderDataset.open(root), **options)


def test_the_keys_of_the_contract(root):
    document = run(root, seed=3).export()
    assert json.loads(json.dumps(document)) == document
    assert document.pop("ms_per_image") > 0
    reference_images = document.pop("reference_images")
    assert len(reference_images) == 2
    assert document == {
        "auroc": 1.0,
        "ap": 1.0,
        "recall_at_fpr_1pct": 1.0,
        "n_good": 4,
        "n_damaged": 4,
        "n_no_opinion": 0,
        "n_ignored_files": 0,
        "not_inspected": {"good": 0.0, "damaged": 0.0},
        "by_type": {
            "hole": {"n": 2, "auroc": 1.0, "recall_at_fpr_1pct": 1.0},
            "tear": {"n": 2, "auroc": 1.0, "recall_at_fpr_1pct": 1.0},
        },
        "references": 2,
        "half": "all",
        "seed": 3,
        "rotate": False,
    }


def test_every_picture_but_the_references_is_inspected_once(root):
    inspect, seen = RedMeansDamaged(), []
    report = run(root, inspect, progress=lambda done, total: seen.append((done, total)))
    assert len(inspect.prepared) == 1
    assert all(handle == "prepared" for _, handle in inspect.queries)
    tested = {path.relative_to(root).as_posix() for path, _ in inspect.queries}
    references = {path.relative_to(root).as_posix() for path in inspect.prepared[0]}
    assert references == set(report.references)
    assert not tested & references
    assert len(inspect.queries) == len(tested) == 8
    assert seen == [(done, 8) for done in range(1, 9)]


def test_without_references_nothing_is_prepared(root):
    inspect = RedMeansDamaged()
    assert run(root, inspect, references=0).export()["n_good"] == 6
    assert inspect.prepared == []
    assert all(handle is None for _, handle in inspect.queries)


def test_rows_are_shown_when_asked(root):
    rows = run(root).export(details=True)["images"]
    assert len(rows) == 8
    row = next(row for row in rows if row["name"] == "damaged/tear/d0.png")
    assert row.pop("ms") > 0
    assert row == {
        "name": "damaged/tear/d0.png",
        "label": "damaged",
        "type": "tear",
        "score": 230.0,
        "decision": "sideline",
    }


@pytest.mark.parametrize("fault", ["silent", "unreadable"])
def test_no_opinion_and_unreadable_pictures_count_against_amiss(root, fault):
    inspect = RedMeansDamaged(**{fault: ("d0.png",)})
    document = run(root, inspect).export()
    assert document["n_no_opinion"] == 1
    assert document["n_damaged"] == 4
    assert document["auroc"] == 0.75
    assert document["not_inspected"] == {"good": 0.0, "damaged": 0.25}
    assert document["by_type"]["hole"]["auroc"] == 1.0
    assert document["by_type"]["tear"]["auroc"] == 0.5

    references = run(root).references
    good = next(f"g{i}.png" for i in range(6) if f"good/g{i}.png" not in references)
    document = run(root, RedMeansDamaged(**{fault: (good,)})).export()
    assert document["auroc"] == 0.75
    assert document["recall_at_fpr_1pct"] == 0.0
    assert document["not_inspected"] == {"good": 0.25, "damaged": 0.0}


def test_nan_is_no_opinion(root):
    class Confused(RedMeansDamaged):
        def __call__(self, query, references):
            return Answer(super().__call__(query, references).score * float("nan"))

    document = run(root, Confused()).export(details=True)
    assert document["n_no_opinion"] == 8
    assert document["auroc"] == 0.0
    assert {row["score"] for row in document["images"]} == {None}


def test_halves_part_the_tested_pictures(root):
    rows = {which: run(root, half=which).rows for which in ("choose", "report", "all")}
    assert {half(row.name) for row in rows["choose"]} == {"choose"}
    assert {half(row.name) for row in rows["report"]} == {"report"}
    assert len(rows["choose"]) + len(rows["report"]) == len(rows["all"])


def test_figures_need_both_classes(root, tmp_path):
    with pytest.raises(DatasetError, match="both"):
        run(root, references=6)
    paint(tmp_path / "calm/good/1.png", damaged=False)
    with pytest.raises(DatasetError, match="both"):
        run(tmp_path / "calm", references=0)


def test_pixel_figures_count_masked_pictures_and_name_the_others(root):
    mask_for(root, "tear/d0_mask.png")
    mask_for(root, "hole/d2.png", shape=(96, 128), where=(slice(40, 56), slice(56, 72)))
    document = run(root).export()
    assert (document["n_masked"], document["n_unmasked"]) == (2, 2)
    assert document["pixel_auroc"] == document["aupro"] == document["peak_hit_rate"] == 1.0


def test_a_mask_elsewhere_is_not_hit(root):
    mask_for(root, "tear/d0.png", where=(slice(0, 5), slice(0, 5)))
    document = run(root).export()
    assert document["pixel_auroc"] < 0.51
    assert document["peak_hit_rate"] == 0.0


def test_an_inspector_without_maps_localises_nothing(root):
    mask_for(root, "tear/d0.png")
    document = run(root, RedMeansDamaged(maps=False)).export()
    assert document["pixel_auroc"] == document["aupro"] == document["peak_hit_rate"] == 0.0
    assert document["auroc"] == 1.0


def test_rotated_queries_and_upright_references_share_the_crop(root):
    mask_for(root, "tear/d0.png")
    inspect = RedMeansDamaged()
    report = run(root, inspect, rotate=True, seed=1)
    document = report.export()
    assert document["rotate"] is True
    assert document["auroc"] == document["peak_hit_rate"] == 1.0
    assert document["pixel_auroc"] > 0.999  # interpolation softens the edge

    pristine = np.asarray(Image.open(root / report.references[0]))
    assert (inspect.prepared[0][0] == turn(pristine)).all()
    for row, (query, _) in zip(report.rows, inspect.queries, strict=True):
        upright = np.asarray(Image.open(root / row.name))
        assert (query == turn(upright, angle(row.name, seed=1))).all()


def test_damage_outside_the_circle_leaves_the_pixel_figures_only(root):
    mask_for(root, "tear/d0.png", where=(slice(0, 4), slice(0, 4)))
    mask_for(root, "tear/d1.png")
    document = run(root, rotate=True).export()
    assert (document["n_damaged"], document["n_masked"], document["n_unmasked"]) == (4, 1, 3)


def test_an_unreadable_picture_is_no_opinion_when_turned_too(root):
    mask_for(root, "tear/d0.png")
    (root / "damaged/tear/d0.png").write_bytes(b"no picture")
    document = run(root, rotate=True).export()
    assert document["n_no_opinion"] == 1
    assert document["peak_hit_rate"] == 0.0
