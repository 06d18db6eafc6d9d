"""`amiss evaluate` on a folder of sketches."""

import numpy as np
import pytest
from PIL import Image

from amiss.simulate.sketched.sketch import sketch

EVALUATE_KEYS = {
    *("auroc", "ap", "recall_at_fpr_1pct", "n_good", "n_damaged", "n_no_opinion", "ms_per_image"),
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    root = tmp_path_factory.mktemp("dataset")
    for part, damage in (("good", None), ("damaged/crush", "crush")):
        (root / part).mkdir(parents=True)
        for capture in range(3):
            view = sketch(0, capture, damage=damage, pose="upright", size=320)
            Image.fromarray(view.rgb).save(root / part / f"{capture}.png")
            if damage is not None:
                mask = root / "masks" / "crush" / f"{capture}_mask.png"
                mask.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(view.damage_mask.astype(np.uint8) * 255).save(mask)
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


def test_evaluate_without_references_has_no_opinion(document, dataset, point):
    command = ("evaluate", dataset, "--references", 0, "--details", "--operating-point", point)
    figures = document(*command)
    assert figures["n_no_opinion"] == 6
    assert figures["not_inspected"] == {"good": 1.0, "damaged": 1.0}
    assert {image["score"] for image in figures["images"]} == {None}


def test_evaluate_for_people(amiss, dataset, point):
    code, out, err = amiss("evaluate", dataset, "--operating-point", point)
    assert (code, err) == (0, "")
    for words in ("AUROC", "n unmasked", "n ignored files", "good not inspected", "crush"):
        assert words in out


def test_evaluate_refuses(refused, dataset, point, tmp_path):
    assert "layout folder" in refused("evaluate", dataset, "--layout", "kaputt")
    assert "7 references" in refused(
        "evaluate", dataset, "--references", 7, "--operating-point", point
    )
    refused("evaluate", tmp_path, "--operating-point", point)
