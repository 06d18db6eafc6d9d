import json
import re
from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest
from booth_helpers import CAMERAS, START, calibrated, capture, with_view
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from amiss.booth.accept import demands
from amiss.booth.accept.agreement import agreement, cohen_kappa, fleiss_kappa
from amiss.booth.accept.demands import Demands
from amiss.booth.accept.lens import Board, fit_lens
from amiss.booth.accept.light import evenness, grey_card
from amiss.booth.accept.repeat import repeatability
from amiss.booth.accept.report import Report, Row
from amiss.booth.accept.sharpness import mtf50
from amiss.domain.errors import CameraError, ImageError, InputError

DEMANDS = Demands()
SMALL_BOARD = Board((7, 5), 0.03)


def encode(light):
    """Linear light in [0, 1] to sRGB uint8."""
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(np.clip(curve, 0, 1) * 255).astype(np.uint8)


def edge(sigma, degrees=5.0, *, lying=False, noise=0.0, size=(80, 90)):
    """A slanted edge blurred by a Gaussian; each pixel is the mean over its square."""
    fine = 4
    rows, columns = np.indices((size[0] * fine, size[1] * fine)) / fine
    slope = np.tan(np.radians(degrees))
    distance = (columns - size[1] / 2 - slope * (rows - size[0] / 2)) * np.cos(np.radians(degrees))
    sharp = (distance > 0).astype(np.float32)
    soft = cv2.GaussianBlur(sharp, (0, 0), sigma * fine)
    light = soft.reshape(size[0], fine, size[1], fine).mean((1, 3)) * 0.6 + 0.1
    light += np.random.default_rng(0).normal(0, noise, light.shape)
    rgb = np.repeat(encode(light)[..., None], 3, axis=2)
    return np.ascontiguousarray(rgb.swapaxes(0, 1) if lying else rgb)


@pytest.mark.parametrize("sigma", [0.8, 1.2, 2.0, 3.0])
@pytest.mark.parametrize("lying", [False, True])
def test_a_gaussian_edge_has_the_sharpness_that_follows_from_its_width(sigma, lying):
    """The MTF of the blur is exp(−2π²σ²f²), times sinc(f) of the pixels themselves."""
    frequency = np.linspace(0, 0.5, 5001)
    truth = np.exp(-2 * (np.pi * sigma * frequency) ** 2) * np.sinc(frequency)
    expected = frequency[np.argmax(truth < 0.5)]
    for degrees in (-8, 4, 10):
        found = mtf50(edge(sigma, degrees, lying=lying, noise=0.003))
        assert found == pytest.approx(expected, rel=0.08)


def test_what_is_no_slanted_edge_is_refused():
    with pytest.raises(ImageError, match="no edge"):
        mtf50(np.full((60, 60, 3), 128, np.uint8))
    with pytest.raises(ImageError, match="turn it"):
        mtf50(edge(1.0, 0.2))
    with pytest.raises(ImageError, match="no edge"):
        mtf50(edge(1.0)[:8])


def test_a_grey_card_shows_cast_and_exposure():
    rgb = np.zeros((100, 100, 3), np.uint8)
    rgb[20:60, 30:80] = encode(np.array([0.18 * 1.1, 0.18, 0.18 * 0.8]))
    card = grey_card(rgb, (32, 22, 40, 30))
    assert card.cast == pytest.approx(0.2, abs=0.01)
    assert card.level == pytest.approx(0.18 * 2.9 / 3, rel=0.02)
    for box in ((90, 0, 20, 20), (-1, 0, 20, 20), (30, 30, 4, 4)):
        with pytest.raises(ImageError, match="draw it again"):
            grey_card(rgb, box)
    with pytest.raises(ImageError, match="saturated or black"):
        grey_card(rgb, (0, 60, 30, 30))


def test_evenness_is_the_darkest_over_the_brightest_part():
    light = np.tile(np.linspace(0.3, 0.6, 400), (200, 1))
    rgb = np.repeat(encode(light)[..., None], 3, axis=2)
    steps = np.linspace(0.3, 0.6, 400).reshape(8, 50).mean(axis=1)
    assert evenness(rgb) == pytest.approx(steps[0] / steps[-1], abs=0.02)
    rgb[::17] = 0  # scratches
    assert evenness(rgb) == pytest.approx(steps[0] / steps[-1], abs=0.02)
    assert evenness(rgb, (0, 0, 100, 200)) > evenness(rgb)


def boards(count, focal=700.0, size=(640, 480), corners=(7, 5), square=0.03):
    """A chessboard before a known pinhole, in different tilts."""
    matrix = np.array([[focal, 0, 325.0], [0, focal, 236.0], [0, 0, 1]])
    cell = 40
    flat = np.kron(np.indices((corners[1] + 1, corners[0] + 1)).sum(0) % 2, np.ones((cell, cell)))
    paper = np.pad(flat * 200 + 30, cell, constant_values=230).astype(np.uint8)
    rng = np.random.default_rng(2)
    for _ in range(count):
        turn, _ = cv2.Rodrigues(rng.uniform(-0.45, 0.45, 3))
        middle = np.array([(corners[0] - 1) / 2, (corners[1] - 1) / 2, 0]) * square
        place = np.array([*rng.uniform(-0.05, 0.05, 2), rng.uniform(0.45, 0.65)])
        shift = place - turn @ middle
        plane = matrix @ np.column_stack([turn[:, :2], shift])  # metres of the board to pixels
        # A pixel of the paper to metres of the board, whose first inner corner is the origin.
        scale = square / cell
        origin = -(2 * cell - 0.5) * scale
        metres = np.array([[scale, 0, origin], [0, scale, origin], [0, 0, 1]])
        picture = cv2.warpPerspective(
            paper, plane @ metres, size, flags=cv2.INTER_AREA, borderValue=120
        )
        yield np.repeat(cv2.GaussianBlur(picture, (0, 0), 0.7)[..., None], 3, axis=2)


def test_a_lens_is_found_again_from_pictures_of_a_chessboard():
    pictures = [*boards(12), np.full((480, 640, 3), 90, np.uint8)]
    fit = fit_lens(pictures, SMALL_BOARD)
    lens = fit.intrinsics
    assert fit.used >= 10
    assert fit.error_px < 0.3
    assert (lens.fx, lens.fy) == pytest.approx((700, 700), rel=0.01)
    assert (lens.cx, lens.cy) == pytest.approx((325, 236), abs=5)
    assert (lens.width, lens.height) == (640, 480)
    with pytest.raises(ImageError, match="found in 0 of 1 pictures"):
        fit_lens(pictures[-1:], SMALL_BOARD)


def test_repeatability_finds_the_variances_that_scores_were_made_with():
    rng = np.random.default_rng(3)
    truth = rng.normal(0.4, 0.2, (2000, 1))
    study = repeatability(truth + rng.normal(0, 0.05, (2000, 10)), 0.5)
    assert study.within == pytest.approx(0.05, rel=0.03)
    assert study.between == pytest.approx(0.2, rel=0.05)
    assert study.share == pytest.approx(0.05**2 / (0.05**2 + 0.2**2), rel=0.1)
    assert (study.items, study.placements) == (2000, 10)


def test_decisions_that_flip_are_counted_against_most_of_the_same_item():
    scores = [[0.9, 0.9, 0.2, 0.9], [0.1, 0.1, 0.1, 0.1]]
    assert repeatability(scores, 0.5).flips == 1 / 8
    assert repeatability([[0.1, 0.1], [0.1, 0.1]], 0.5).share == 0
    for bad in ([[0.1, 0.2]], [[0.1], [0.2]], [[0.1, None], [0.2, 0.3]]):
        with pytest.raises(InputError, match="two items with two scores"):
            repeatability(bad, 0.5)
    for bad in ([[0.1, np.nan], [0.2, 0.3]], [[0.1, 0.2], [0.3]]):
        with pytest.raises(InputError, match="equally many placements"):
            repeatability(bad, 0.5)


def test_to_have_no_opinion_is_a_decision_and_its_share_is_told():
    scores = [[0.9, None, 0.9, 0.9], [0.1, 0.2, None, None], [0.4, 0.4, 0.4, 0.4]]
    study = repeatability(scores, 0.5)
    assert study.flips == (1 + 2) / 12
    assert study.no_opinion == 3 / 12
    # Pooled by degrees of freedom: 2, 1 and 3 of them, and only the second item varies.
    assert study.within == pytest.approx((np.var([0.1, 0.2], ddof=1) / 6) ** 0.5)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=40))
def test_kappa_of_two_is_scikit_learn_s(pairs):
    one, other = np.array(pairs).T
    if one.all() == other.all() and one.any() == other.any() and len({*one, *other}) == 1:
        assert cohen_kappa(one, other) == 1
        return
    assert cohen_kappa(one, other) == pytest.approx(cohen_kappa_score(one, other))


@settings(max_examples=30)
@given(st.integers(2, 12), st.integers(2, 6), st.integers(0, 1000))
def test_kappa_of_many_is_what_counting_pairs_gives(items, raters, seed):
    ratings = np.random.default_rng(seed).integers(0, 3, (items, raters))
    counts = np.stack([(ratings == category).sum(1) for category in range(3)], axis=1)
    alike = [
        np.mean([a == b for i, a in enumerate(row) for j, b in enumerate(row) if i != j])
        for row in ratings
    ]
    shares = np.array([(ratings == category).mean() for category in range(3)])
    chance = (shares**2).sum()
    expected = 1.0 if chance == 1 else (np.mean(alike) - chance) / (1 - chance)
    assert fleiss_kappa(counts) == pytest.approx(expected)


def test_kappa_needs_as_many_ratings_for_each_item():
    with pytest.raises(InputError, match="same number of ratings"):
        fleiss_kappa([[2, 1], [2, 2]])


def test_an_attribute_study_counts_as_the_manual_does():
    truth = [True, True, False, False, False]
    study = agreement(
        {
            "anna": [[1, 1], [1, 1], [0, 0], [0, 0], [0, 0]],
            "amiss": [[1, 0], [1, 1], [0, 0], [1, 0], [1, 1]],
        },
        truth,
    )
    anna, amiss = study.appraisers
    assert (anna.repeats, anna.effectiveness, anna.misses, anna.false_alarms, anna.kappa) == (
        1,
        1,
        0,
        0,
        1,
    )
    assert amiss.repeats == 3 / 5
    assert amiss.effectiveness == 2 / 5
    assert amiss.misses == 1 / 4
    assert amiss.false_alarms == 3 / 6
    assert amiss.kappa == pytest.approx(
        cohen_kappa_score([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [1, 0, 1, 1, 0, 0, 1, 0, 1, 1])
    )
    assert study.between["anna", "amiss"] == pytest.approx(amiss.kappa)
    assert study.fleiss < 1
    for judgements, real in (
        ({"anna": [[1], [0]], "ben": [[1]]}, [True, False]),
        ({"anna": [1, 0]}, [True, False]),
        ({"anna": [[1], [0]]}, [True]),
        ({"anna": [[1], [0]]}, [True, True]),
    ):
        with pytest.raises(InputError):
            agreement(judgements, real)


def test_the_steps_of_an_acceptance_make_one_report():
    edges = {name: mtf50(edge(1.0)) for name in CAMERAS}
    card = np.full((60, 60, 3), encode(np.array([0.18, 0.18, 0.175])), np.uint8)
    truth = [True, False] * 10
    study = agreement({"amiss": [[value] * 2 for value in truth]}, truth)
    scores = [[0.1, 0.12, 0.11], [0.9, 0.88, 0.91], [0.5, 0.52, 0.51]]
    rows = [
        *demands.synchronisation([demands.spread_ms(capture(seed)) for seed in (1, 2)], DEMANDS),
        *demands.sharpness(edges, DEMANDS, "in the middle"),
        *demands.colour(dict.fromkeys(CAMERAS, (card, (10, 10, 30, 30))), DEMANDS),
        *demands.even_light(calibrated(), DEMANDS, dict.fromkeys(CAMERAS, (30, 30, 260, 260))),
        *demands.lenses({"top": fit_lens(list(boards(6)), SMALL_BOARD)}, DEMANDS),
        *demands.repeated(repeatability(scores, 0.7), DEMANDS),
        *demands.agreed(study, "amiss", DEMANDS),
    ]
    report = Report("dock-4", START, tuple(rows))
    assert [row.name for row in rows if not row.passed] == []
    assert report.passed
    assert len(rows) == 1 + 3 + 6 + 3 + 1 + 3 + 4
    assert rows[0].measured == pytest.approx(6, abs=0.01)  # ms from the first view to the last


def test_a_booth_that_fails_one_demand_is_not_accepted():
    late = with_view(
        capture(1),
        "left",
        lambda v: replace(v, taken=v.taken + timedelta(seconds=1)),
    )
    red = np.full((60, 60, 3), (200, 90, 60), np.uint8)
    bad = [
        *demands.synchronisation([demands.spread_ms(late)], DEMANDS),
        *demands.sharpness({"top": mtf50(edge(4.0))}, DEMANDS),
        *demands.colour({"top": (red, (0, 0, 60, 60))}, DEMANDS),
    ]
    assert [row.passed for row in bad] == [False, False, False, True]
    good = Row("light", "top", 0.2, "", least=0.1)
    assert Report("b", START, (good,)).passed
    assert not Report("b", START, (good, bad[0])).passed
    assert not Report("b", START, ()).passed
    assert not Row("lost", "", float("nan"), "", most=1).passed
    with pytest.raises(InputError, match="has no limit"):
        Row("nothing", "", 1, "")
    with pytest.raises(CameraError, match="two cameras"):
        demands.spread_ms(replace(late, views=late.views[:1]))
    alone = agreement({"anna": [[1, 1], [0, 0]]}, [True, False])
    with pytest.raises(InputError, match="took no part"):
        demands.agreed(alone, "amiss", DEMANDS)


def test_a_report_exports_itself():
    sharp = Row("sharpness", "top", 0.123456, "cycles/px", least=0.15)
    rows = (sharp, Row("<b>", "", 2, "ms", most=5))
    report = Report("dock <4>", START, rows)
    document = json.loads(json.dumps(report.export(), allow_nan=False))
    assert document["passed"] is False
    assert [row["passed"] for row in document["rows"]] == [False, True]
    assert document["made"] == START.isoformat()
    text = report.to_markdown()
    assert "| sharpness | top | 0.1235 cycles/px | at least 0.15 | no |" in text
    assert text.splitlines()[2].startswith("Not accepted.")
    page = report.to_html()
    assert "dock &lt;4&gt;" in page
    assert "&lt;b&gt;" in page
    assert re.findall(r'<td class="no">no</td>', page)
    assert page.count("<tr>") == 3
