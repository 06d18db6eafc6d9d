"""The guide, with cameras, people and a scorer of our own."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from booth_helpers import CAMERAS, SIZE, START, exposed, tray, view
from test_accept import encode

from amiss.booth.accept.charts import figure_sharpness, grey_card_box
from amiss.booth.accept.demands import Demands
from amiss.booth.accept.guide import Guide
from amiss.booth.accept.lens import Board, fit_place
from amiss.booth.accept.people import AskedPanel, Person, Unattended, WrittenPanel
from amiss.booth.accept.plan import Plan, Step
from amiss.booth.accept.shoots import ATTEMPTS, Shoots
from amiss.booth.accept.tasks import Task, Thing
from amiss.booth.booth import Booth
from amiss.booth.cameras.simulated import Simulated
from amiss.booth.cameras.source import cameras_of
from amiss.booth.recipe import read_recipe
from amiss.booth.virtual import charts
from amiss.booth.virtual.people import VirtualPanel
from amiss.booth.virtual.tray import VirtualTray
from amiss.domain.errors import ImageError, InputError
from amiss.domain.words import Severity

SAYS = """
damaged = [2, 4]
[judgements.anna]
1 = [2]
2 = [2, 4]
[judgements.ben]
1 = [2, 4]
2 = []
"""


def sheet_on(camera, seed, picture, degrees, scale=0.18):
    """A printed sheet on the tray, as this camera sees it from straight above."""
    middle = np.array(picture.shape[1::-1]) / 2
    turn = cv2.getRotationMatrix2D(tuple(middle), degrees, scale)
    turn[:, 2] += SIZE / 2 - middle
    size = (SIZE, SIZE)
    printed = cv2.warpAffine(picture, turn, size, flags=cv2.INTER_AREA).astype(np.float32)
    printed = cv2.GaussianBlur(printed, (0, 0), 0.7)
    there = cv2.warpAffine(np.full(picture.shape[:2], 255, np.uint8), turn, size)
    share = (there / np.float32(255))[..., None]
    light = tray(camera) * (1 - share) + printed * share
    return replace(view(camera, seed, boxes=(), depth=False), rgb=exposed(light, seed))


def test_the_sharpness_of_a_printed_figure_is_read_however_it_lies():
    empty = view("top", 1, boxes=(), depth=False).rgb
    for degrees in (8, 23, 100, 201):
        rgb = sheet_on("top", 2, charts.figure(), degrees).rgb
        blurred = cv2.GaussianBlur(rgb, (0, 0), 2.0)
        assert 0.15 < figure_sharpness(rgb, empty) < 0.45
        assert figure_sharpness(blurred, empty) < 0.14
    with pytest.raises(ImageError, match="turn it"):  # a square sheet of nothing but ink
        figure_sharpness(sheet_on("top", 2, charts.card(), 0).rgb, empty)
    with pytest.raises(ImageError, match="No sheet"):
        figure_sharpness(view("top", 3, boxes=(), depth=False).rgb, empty)


def test_a_grey_card_on_white_paper_is_found():
    empty = view("left", 1, boxes=(), depth=False).rgb
    rgb = sheet_on("left", 2, charts.card(), 5).rgb
    x, y, width, height = grey_card_box(rgb, empty)
    assert min(width, height) > 30
    assert rgb[y : y + height, x : x + width].mean() == pytest.approx(charts.GREY, abs=2)
    assert encode(np.array([0.18]))[0] == charts.GREY
    blank = np.full_like(charts.card(), charts.PAPER)
    with pytest.raises(ImageError, match="Nothing dark"):
        grey_card_box(sheet_on("left", 2, blank, 5).rgb, empty)


def seen_board(turned, board, pose, focal=700.0, size=(640, 480)):
    """The board flat on the tray (turned by 180° or not), before a camera in a known place."""
    sheet = charts.chessboard(board)
    matrix = np.array([[focal, 0, 319.5], [0, focal, 239.5], [0, 0, 1]])
    plane = matrix @ np.column_stack([pose[:3, :2], pose[:3, 3]])
    metres = 1 / charts.TEXELS
    middle = (np.array(sheet.shape[1::-1]) - 1) / 2
    sign = -1 if turned else 1
    to_booth = np.array(
        [
            [sign * metres, 0, -sign * middle[0] * metres],
            [0, -sign * metres, sign * middle[1] * metres],
            [0, 0, 1],
        ]
    )
    return cv2.warpPerspective(
        sheet, plane @ to_booth, size, flags=cv2.INTER_AREA, borderValue=(120, 120, 120)
    )


@pytest.mark.parametrize("azimuth", [-150, -30, 90])
def test_the_place_of_a_camera_is_found_from_a_board_on_the_tray(azimuth):
    from amiss.simulate.rig import look_at

    board, angle = Board(), np.radians(azimuth)
    position = np.array([0.5 * np.cos(angle), 0.5 * np.sin(angle), 0.6])
    pose = look_at(position, np.zeros(3), np.array([0.0, 0.0, 1.0]))
    lens = fit_lens_of(pose, board)
    found = fit_place(seen_board(False, board, pose), board, lens)
    assert found == pytest.approx(pose, abs=0.005)
    turned = fit_place(seen_board(True, board, pose), board, lens)
    assert turned[:3, :2] == pytest.approx(-pose[:3, :2], abs=0.01)  # as it was laid
    with pytest.raises(ImageError, match="not found"):
        fit_place(np.full((480, 640, 3), 90, np.uint8), board, lens)
    with pytest.raises(ImageError, match="upside down"):
        fit_place(seen_board(False, board, pose), Board((9, 5)), lens)


def fit_lens_of(pose, board):
    """The lens itself; the fit of lenses has a test of its own."""
    del pose, board
    from amiss.domain.capture import Intrinsics

    return Intrinsics(640, 480, 700.0, 700.0, 319.5, 239.5)


class Stage:
    """A stagehand and its cameras: whatever is laid down is what they see."""

    def __init__(self):
        self.tasks, self.now = [], None
        self.shots = 0

    def do(self, task):
        self.tasks.append(task)
        self.now = task

    def __call__(self, number):
        self.shots = number
        return {name: self.seen(name, number) for name in CAMERAS}

    def seen(self, name, number):
        if self.now.thing is Thing.NOTHING:
            return view(name, number, boxes=(), depth=False)
        if self.now.thing is Thing.FIGURE:
            # The wrong way up at first.
            printed = charts.figure() if self.now.attempt else np.full_like(charts.figure(), 236)
            return sheet_on(name, number, printed, 8)
        if self.now.thing is Thing.CARD:
            return sheet_on(name, number, charts.card(), 4)
        return view(name, number, depth=False)


class Scorer:
    """Even items are damaged; the third one nobody can judge."""

    threshold = 0.5

    def __init__(self):
        self.learnt = {}

    def learn(self, item, captures):
        self.learnt[item] = len(captures)

    def score(self, item, capture):
        assert len(capture.views) == len(CAMERAS)
        if item == 3:
            return None
        return (0.8 if item % 2 == 0 else 0.2) + 0.001 * (capture.sequence % 3)


@pytest.fixture
def shoots():
    """A booth whose stagehand is the scene itself, and what was said meanwhile."""
    stage, said = Stage(), []
    booth = Booth(cameras_of(Simulated(CAMERAS, stage)), deadline_s=30, clock=lambda: START)
    with booth:
        made = Shoots(booth, stage, read_recipe(), said.append)
        made.stage, made.said = stage, said
        yield made


def panel(tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text(SAYS, encoding="utf-8")
    return WrittenPanel(path)


def test_charts_are_laid_again_until_every_camera_has_seen_them(shoots):
    plan = Plan((Step.EVENNESS, Step.SHARPNESS, Step.COLOUR, Step.SYNCHRONISATION), captures=9)
    moved = []
    report = Guide(shoots, plan, Demands(), moved=moved.append).run().report
    assert moved == [Step.EVENNESS, Step.SHARPNESS, Step.COLOUR, Step.SYNCHRONISATION]
    names = {(row.name, row.camera) for row in report.rows}
    assert {("sharpness (MTF50) in a corner", name) for name in CAMERAS} <= names
    assert {("light of a grey card", name) for name in CAMERAS} <= names
    attempts = [
        (task.time, task.attempt) for task in shoots.stage.tasks if task.thing is Thing.FIGURE
    ]
    assert attempts == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert "turn it" in shoots.stage.tasks[2].sentence
    assert "left: Nothing dark lies on the sheet; lay the card or the figure on it." in shoots.said
    (spread,) = [row for row in report.rows if row.name == "synchronisation"]
    assert spread.measured == pytest.approx(6, abs=0.01)
    assert len(shoots.spreads_ms) >= 9
    assert not report.passed
    assert report.left_out == ("intrinsics", "repeatability", "agreement")


def test_items_are_laid_down_and_people_are_heard(shoots, tmp_path):
    scorer = Scorer()
    plan = Plan((Step.REPEATABILITY, Step.AGREEMENT), items=3, placements=2, judged=4, trials=2)
    guide = Guide(shoots, plan, Demands(), scorer=scorer, panel=panel(tmp_path))
    report = guide.run().report
    rows = {row.name: row.measured for row in report.rows}
    assert rows["placements without opinion"] == 1 / 3
    assert rows["variance from placement"] < 0.01
    assert rows["decisions that flip"] == 0
    # Item 3 is sound, and to have no opinion on it counts as a false alarm.
    assert rows["effectiveness"] == 3 / 4
    assert (rows["misses"], rows["false alarms"]) == (0, 1 / 2)
    assert rows["kappa against anna"] == pytest.approx(0.5, abs=0.3)
    assert rows["captures with a fault"] == 0
    assert scorer.learnt == dict.fromkeys((1, 2, 3, 4), 2)
    laid = [task for task in shoots.stage.tasks if task.thing is Thing.ITEM]
    assert len({(task.item, task.time) for task in laid}) == len(laid) == 3 * 2 + 4 * 2
    assert json.dumps(report.export(), allow_nan=False)
    assert any("anna judged 75% of the items alike" in note for note in report.notes)


def test_a_step_that_cannot_be_taken_does_not_lose_the_others(shoots):
    shoots.stage.seen = lambda name, number: view(name, number, boxes=(), depth=False)
    plan = Plan((Step.EVENNESS, Step.SHARPNESS, Step.REPEATABILITY), items=2, placements=2)
    report = Guide(shoots, plan, Demands(), scorer=Scorer()).run().report
    assert {row.name for row in report.rows} == {"evenness of light", "captures with a fault"}
    assert {"sharpness", "repeatability"} <= set(report.left_out)
    assert not report.passed
    failed = [note for note in report.notes if "failed" in note]
    assert "top, left, right could not find it" in failed[0]
    assert "No camera sees an item" in failed[1]
    assert len([task for task in shoots.stage.tasks if task.thing is Thing.FIGURE]) == ATTEMPTS


def test_a_step_without_those_it_needs_is_refused_at_once(shoots, tmp_path):
    with pytest.raises(InputError, match="repeatability needs something that scores"):
        Guide(shoots, Plan((Step.REPEATABILITY,)), Demands())
    with pytest.raises(InputError, match="agreement needs people"):
        Guide(shoots, Plan((Step.AGREEMENT,)), Demands(), scorer=Scorer())
    short = Plan((Step.AGREEMENT,), judged=4, trials=3)
    guide = Guide(shoots, short, Demands(), scorer=Scorer(), panel=panel(tmp_path))
    with pytest.raises(InputError, match="lacks trial 3 of anna"):
        guide.run()


def test_people_are_asked_or_answer_in_a_file(tmp_path):
    asked = []

    def ask(sentence):
        asked.append(sentence)
        return {1: "", 2: "perhaps", 3: " Y "}.get(len(asked), "no")

    Person(ask).do(Task(Thing.CARD, "Lay the card."))
    assert asked == ["Lay the card. Then press Enter. "]
    people = AskedPanel(ask, ("anna",))
    assert people.is_damaged(7)  # "perhaps" is asked again
    assert not people.judges("anna", 7, 2)
    assert "anna, trial 2: is item 7" in asked[-1]
    said = []
    Unattended(said.append).do(Task(Thing.CARD, "Lay the card."))
    assert said == ["Lay the card."]
    written = panel(tmp_path)
    assert written.appraisers == ("anna", "ben")
    assert written.is_damaged(4)
    assert not written.judges("anna", 4, 1)
    assert written.judges("anna", 4, 2)
    (tmp_path / "bad.toml").write_text("damaged = [0]\n")
    with pytest.raises(InputError, match="not right at damaged"):
        WrittenPanel(tmp_path / "bad.toml")


def test_simulated_people_miss_little_and_answer_alike_when_asked_again():
    tray_of_items = VirtualTray(4, views=1, size=64)
    people = VirtualPanel(tray_of_items, ("A", "B"))
    people._severities = {item: Severity.MAJOR if item % 4 else Severity.MINOR
                          for item in range(0, 400, 2)}  # fmt: skip
    said = {(who, item): people.judges(who, item, 1) for who in "AB" for item in range(1, 401)}
    assert said == {key: people.judges(*key, 1) for key in said}
    sound = [said[who, item] for who in "AB" for item in range(1, 401, 2)]
    minor = [said[who, item] for who in "AB" for item in range(4, 400, 4)]
    major = [said[who, item] for who in "AB" for item in range(2, 400, 4)]
    assert np.mean(sound) == pytest.approx(people.SEEN_IN_SOUND, abs=0.03)
    assert np.mean(minor) == pytest.approx(1 - people.MISSED_MINOR, abs=0.08)
    assert all(major)
    assert [said["A", item] for item in range(1, 401)] != [
        said["B", item] for item in range(1, 401)
    ]
