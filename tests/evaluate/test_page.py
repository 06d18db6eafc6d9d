"""The page of an evaluation: complete, and in need of nothing beside itself."""

import io
import re

import numpy as np
import pytest
from capture_helpers import (
    ITEMS,
    LABELS,
    REFERENCES,
    SCORES,
    LevelMeansDamaged,
    break_picture,
    write_dataset,
)
from PIL import Image
from sklearn.metrics import precision_recall_curve as sklearn_curve

from amiss.dataset.reader import open_dataset
from amiss.domain.errors import InputError
from amiss.evaluate.captures import evaluate_captures
from amiss.evaluate.curve import budget_curve, precision_recall_curve, steps
from amiss.evaluate.metrics import average_precision, recall_at_budget
from amiss.evaluate.page import write_page
from amiss.evaluate.worst import TRUTH_COLOUR, worst_errors

MADE_BY = {"bundle": "b", "operating_point": "o", "engine": "fake"}


@pytest.fixture(scope="module")
def tested(tmp_path_factory):
    root = write_dataset(
        tmp_path_factory.mktemp("captures"), [*ITEMS, {"levels": (1, 1)}], REFERENCES
    )
    break_picture(root, "c006-0")
    split, inspect = open_dataset(root).split("test"), LevelMeansDamaged()
    return evaluate_captures(inspect, split, references=1), split, inspect


def test_the_worst_come_first_and_are_shown_with_what_is_amiss(tested):
    shown = worst_errors(*tested, count=2)
    assert [one.row.id for one in shown["alarms"]] == ["c006", "c002"]
    assert [one.row.id for one in shown["misses"]] == ["c004", "c003"]
    unread, alarm = shown["alarms"]
    assert (len(unread.views), len(unread.references)) == (0, 2)
    assert (len(alarm.views), len(alarm.references)) == (2, 2)
    missed = shown["misses"][0]
    outlined = [
        (np.abs(np.asarray(Image.open(io.BytesIO(file))).astype(int) - TRUTH_COLOUR).max(-1) < 60)
        for file in missed.views
    ]
    assert outlined[0].any()
    assert not outlined[1].any()


def test_the_page_stands_alone_and_says_everything(tested, tmp_path):
    report, split, inspect = tested
    document = {**report.export(), **MADE_BY}
    write_page(tmp_path / "out.html", report, document, split, inspect)
    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="(?!data:image/jpeg;base64,)', text) == []
    assert not re.search(r"<script|https?://|@import|url\(", text)
    for key in ("auroc", "ap_major", "recall_at_50p"):
        assert f"{document[key]:.3f}" in text
    for words in ("Simulated captures", "crush", "dirty_tray", "cardboard", "top"):
        assert words in text
    assert text.count("<svg") == 4
    assert len(re.findall(r'style="fill:[^"]+">(?:with references|pictures alone)<', text)) == 6
    for words in ("with references", "pictures alone", "No item came with depth", "references add"):
        assert words in text
    assert "&lt;b&gt;once&lt;/b&gt;" in text  # a story is text, not markup
    assert "<b>once" not in text
    assert text.count("<figure>") == 7  # four good, three damaged
    assert text.count("<td") == len(re.findall(r"</td>", text))


def test_a_page_that_cannot_be_written_is_refused(tested, tmp_path):
    report, split, inspect = tested
    document = {**report.export(), **MADE_BY}
    with pytest.raises(InputError, match="cannot be written"):
        write_page(tmp_path, report, document, split, inspect)


def test_the_curve_goes_through_the_figures():
    shares, recalls = budget_curve([bool(one) for one in LABELS], SCORES)
    assert (np.diff(shares) >= 0).all()
    assert (np.diff(recalls) >= 0).all()
    assert (shares[0], recalls[0]) == (0, 0)
    assert (shares[-1], recalls[-1]) == pytest.approx((1, 1))
    for budget in (0.001, 0.3, 0.5, 0.9):
        within = recalls[shares <= budget * (1 + 1e-9)].max()
        assert within == pytest.approx(recall_at_budget(LABELS, SCORES, budget))


def test_precision_is_that_of_scikit_learn_and_average_precision_lies_under_it():
    labels = np.array(LABELS, dtype=bool)
    recall, precision = precision_recall_curve(labels, SCORES)
    expected, found, _ = sklearn_curve(labels, SCORES)
    assert (recall, precision) == (pytest.approx(found[-2::-1]), pytest.approx(expected[-2::-1]))
    for prevalence in (None, 0.001):
        recall, precision = precision_recall_curve(labels, SCORES, prevalence)
        area = np.sum(np.diff(recall, prepend=0) * precision)
        assert area == pytest.approx(average_precision(labels, SCORES, prevalence))


def test_a_step_stays_at_its_height():
    assert steps([0, 1, 3], [0, 5, 7]) == [(0, 0), (1, 0), (1, 5), (3, 5), (3, 7)]
    assert steps([2], [1]) == [(2, 1)]
