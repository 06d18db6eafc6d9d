import json
from dataclasses import replace

import numpy as np
import pytest

from amiss.domain.capture import View
from amiss.domain.evidence import Evidence, Finding
from amiss.domain.picture import BOX_COLOUR, TILE_SIZE, contact_sheet, overlay
from amiss.domain.result import Result
from amiss.domain.words import Decision, Locus, Severity

CONTRACT = {
    "score",
    "threshold",
    "decision",
    "reasons",
    "types",
    "findings",
    "evidence",
    "heatmaps",
    "elapsed_ms",
    "bundle",
    "operating_point",
}
FINDING_KEYS = {"kind", "severity", "locus", "view", "box", "score", "reference", "reference_place"}


def view(level=100, height=60, width=80):
    return View(np.full((height, width, 3), level, np.uint8), f"{level}.png")


def result(views=1, *, seen=True):
    """An item with a finding in its first view, or one that nothing could see."""
    heat = np.zeros((30, 40), np.float32)
    heat[10:20, 10:20] = 0.9
    finding = Finding("tear", 0, (20, 20, 20, 20), 0.9, Severity.MAJOR, Locus.PRODUCT, "r.png")
    score, decision = (0.9, Decision.SIDELINE) if seen else (None, Decision.NOT_INSPECTED)
    return Result(
        score=score,
        threshold=0.5,
        decision=decision,
        reasons=("Something is amiss.",),
        findings=(finding,) if seen else (),
        evidence=tuple(
            Evidence(
                "discrepancy", index, seen, score=score, coverage=1.0, details={"novelty": 0.7}
            )
            for index in range(views)
        ),
        heatmaps=tuple(heat if seen else None for _ in range(views)),
        views=tuple(view(100 + index) for index in range(views)),
        elapsed_ms=12.5,
        bundle="b@0123456789ab",
        operating_point="f" * 64,
        provisional=True,
    )


@pytest.mark.parametrize("seen", [True, False])
def test_the_export_has_the_keys_of_the_contract_and_is_plain_json(seen):
    exported = result(2, seen=seen).export()
    assert set(exported) >= CONTRACT
    again = json.loads(json.dumps(exported, allow_nan=False))
    assert again == exported
    assert exported["heatmaps"] == []
    assert exported["score"] == (0.9 if seen else None)
    assert exported["decision"] == ("sideline" if seen else "not_inspected")
    assert all(set(finding) == FINDING_KEYS for finding in exported["findings"])
    assert [one["view"] for one in exported["evidence"]] == [0, 1]
    assert exported["evidence"][0]["novelty"] == 0.7


def test_the_files_of_the_heat_maps_stand_in_the_export():
    assert result().export(["out.png"])["heatmaps"] == ["out.png"]


@pytest.mark.parametrize("seen", [True, False])
def test_a_row_is_flat_and_has_one_form(seen):
    row = result(3, seen=seen).row()
    assert all(value is None or type(value) in {str, float, int, bool} for value in row.values())
    assert list(row) == list(result().row())
    assert (row["n_views"], row["n_findings"]) == (3, int(seen))
    assert set(row) <= set(result(3, seen=seen).export())


@pytest.mark.parametrize(
    ("views", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (3, 2, 2), (4, 2, 2), (5, 2, 3)]
)
@pytest.mark.parametrize("seen", [True, False])
def test_the_picture_holds_every_view_once(views, rows, columns, seen):
    sheet = result(views, seen=seen).picture()
    assert sheet.dtype == np.uint8
    assert sheet.shape == (rows * TILE_SIZE * 60 // 80, columns * TILE_SIZE, 3)
    for index in range(rows * columns):
        tile = sheet[index // columns * 480 :, index % columns * 640 :][:480, :640]
        level = 100 + index if index < views else 255
        assert (tile[2, 2] == level).all()


def test_boxes_and_heat_are_drawn_where_they_are_and_on_their_view_only():
    sheet = result(2).picture()
    first, second = sheet[:, :640], sheet[:, 640:]
    drawn = (np.abs(first.astype(int) - BOX_COLOUR) <= 2).all(axis=2)
    rows, columns = np.nonzero(drawn)
    assert (rows.min(), rows.max()) == pytest.approx((160, 320), abs=2)
    assert (columns.min(), columns.max()) == pytest.approx((160, 320), abs=2)
    assert not (np.abs(second.astype(int) - BOX_COLOUR) <= 2).all(axis=2).any()
    assert (second[240, 240] != 101).any()  # its own heat
    assert (second[20, 20] == 101).all()


def test_what_nothing_could_see_is_shown_as_it_is():
    sheet = result(seen=False).picture()
    assert (sheet == 100).all()


def test_boxes_are_in_pixels_of_the_full_picture():
    reduced = replace(view(), size=(8000, 6000))
    tile = overlay(reduced, None, [Finding("tear", 0, (4000, 3000, 2000, 1500), 0.9)])
    rows, columns = np.nonzero((tile != 100).any(axis=2))
    assert (rows.min(), rows.max()) == pytest.approx((240, 360), abs=3)
    assert (columns.min(), columns.max()) == pytest.approx((320, 480), abs=3)


def test_views_of_different_shapes_share_a_sheet():
    tiles = [np.zeros((10, 20, 3), np.uint8), np.zeros((30, 5, 3), np.uint8)]
    sheet = contact_sheet(tiles)
    assert sheet.shape == (30, 40, 3)
    assert (sheet == 0).all(axis=2).sum() == 10 * 20 + 30 * 5


def test_a_view_takes_its_own_size_where_none_is_given():
    assert view().size == (80, 60)
    assert replace(view(), size=(800, 600)).size == (800, 600)
