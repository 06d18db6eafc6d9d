from dataclasses import replace

import cv2
import numpy as np
import pytest

from amiss.bundle.manifest import Encoder, Output
from amiss.bundle.read import open_bundle
from amiss.detect.discrepancy import Comparator, Settings
from amiss.domain.capture import View
from amiss.gallery.bank import build_bank
from amiss.gallery.reference import see_reference
from amiss.vision.engine.choose import load_engine
from amiss.vision.engine.fake import FakeEngine
from amiss.vision.look import Eye
from recorded_pictures import picture

SIZE = 320
NEVER_TURNED = replace(Settings(), turn_agreement=2.0, much_gain=9.0)
NEVER_SURE = replace(Settings(), sure_agreement=2.0, sure_gain=9.0)
NEVER_IN_PLACE = replace(Settings(), most_trust=0.0)


@pytest.fixture(scope="module")
def eye():
    bundle = open_bundle()
    return Eye(load_engine(bundle), bundle.manifest.encoder)


@pytest.fixture(scope="module")
def fake_eye():
    outputs = [Output(name=name, stride=16, channels=24) for name in ("s16b7", "s16b10")]
    facts = Encoder(file="encoder.onnx", multiple=32, outputs=tuple(outputs))
    return Eye(FakeEngine(facts), facts)


def comparator(eye, *pictures, settings=None):
    references = [see_reference(f"r{index}", rgb, eye) for index, rgb in enumerate(pictures)]
    return Comparator(build_bank(references), eye, settings)


def drawing(height, width):
    """Something on a tray that looks different from every side."""
    rgb = np.full((height, width, 3), 170, np.uint8)
    x, y = width // 2, height // 2
    rgb[y - 70 : y + 70, x - 70 : x + 70] = (200, 150, 60)
    rgb[y - 60 : y - 30, x - 60 : x + 20] = (20, 30, 120)
    cv2.circle(rgb, (x + 40, y + 40), 20, (240, 240, 240), -1)
    return rgb


def turned(rgb, degrees, shape):
    """The picture turned counter-clockwise about its middle, in a frame of another shape."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    matrix[:, 2] += [(shape[1] - width) / 2, (shape[0] - height) / 2]
    return cv2.warpAffine(rgb, matrix, shape[::-1], borderValue=(170, 170, 170)), matrix


@pytest.mark.parametrize("degrees", [0, 25, 90, 140, -60, 180])
@pytest.mark.parametrize(
    ("shape", "other"),
    [
        ((320, 320), (320, 320)),
        ((320, 420), (320, 420)),
        ((500, 640), (640, 480)),
        ((640, 480), (480, 640)),
    ],
)
def test_the_heat_lies_over_the_view_as_it_was_handed_in(fake_eye, degrees, shape, other):
    stained = drawing(*other)
    place = (other[1] // 2 - 45, other[0] // 2 + 45)
    cv2.circle(stained, place, 14, (190, 10, 160), -1)
    query, matrix = turned(stained, degrees, shape)
    found = comparator(fake_eye, drawing(*other)).compare(View(query, "query"))
    scale = min(1, 448 / max(shape))
    assert found.heat.shape == (round(shape[0] * scale), round(shape[1] * scale))
    peak = np.unravel_index(found.heat.argmax(), found.heat.shape)
    truth = matrix @ [*place, 1] * scale
    assert np.hypot(peak[1] - truth[0], peak[0] - truth[1]) < 26 * scale + 8


@pytest.mark.parametrize(
    ("name", "damage"),
    [("parcel", "hole"), ("kit", "spillage"), ("mailer", "tear"), ("book", "spillage")],
)
def test_the_heat_peaks_where_the_damage_is(eye, name, damage):
    pristine = [picture(name, 50 + shot, size=SIZE).rgb for shot in range(2)]
    comparing = comparator(eye, *pristine)
    hits = 0
    for shot in range(4):
        harmed = picture(name, shot, harm=damage, size=SIZE)
        heat = comparing.compare(View(harmed.rgb, "query")).heat
        assert heat.shape == (SIZE, SIZE)
        assert heat.dtype == np.float32
        near = cv2.dilate(harmed.damage.astype(np.uint8), np.ones((49, 49)))
        hits += int(near[np.unravel_index(heat.argmax(), heat.shape)])
    assert hits >= 3


def test_heat_is_never_negative(fake_eye):
    stained = drawing(320, 320)
    stained[200:216, 200:216] = (190, 10, 160)
    found = comparator(fake_eye, drawing(320, 320)).compare(View(stained, "query"))
    assert found.heat.min() >= 0


def test_the_same_picture_differs_by_next_to_nothing(eye):
    rgb = picture("blades", 0, size=SIZE).rgb
    found = comparator(eye, rgb).compare(View(rgb, "query"))
    assert found.score < 0.02
    assert found.coverage == pytest.approx(1)
    assert found.parts["agreement"] == pytest.approx(1, abs=1e-3)


def test_the_reference_named_is_the_one_that_lies_alike(eye):
    pictures = [picture("toy", shot, size=SIZE).rgb for shot in range(3)]
    comparing = comparator(eye, *pictures)
    for number, rgb in enumerate(pictures):
        bright = cv2.convertScaleAbs(rgb, alpha=1.04)
        assert comparing.compare(View(bright, "query")).reference == f"r{number}"


@pytest.fixture(scope="module")
def half_empty():
    """A reference, and two captures of the same pack: whole, and with a part missing."""
    pairs = []
    for name in ("blades", "juice", "toy"):
        reference = picture(name, 0, upright=True, size=SIZE).rgb
        whole = picture(name, 1, upright=True, size=SIZE).rgb
        gone = picture(name, 1, harm="gone", upright=True, size=SIZE)
        pairs.append((reference, whole, gone))
    return pairs


def test_a_missing_unit_raises_the_score(eye, half_empty):
    for reference, whole, gone in half_empty:
        comparing = comparator(eye, reference)
        before, after = (comparing.compare(View(rgb, "query")) for rgb in (whole, gone.rgb))
        assert after.score > before.score


def test_what_is_gone_is_missed_where_it_was_and_is_no_surplus(fake_eye):
    whole = drawing(320, 320)
    gone = whole.copy()
    cv2.circle(gone, (200, 200), 21, (200, 150, 60), -1)
    found = comparator(fake_eye, whole).compare(View(gone, "query"))
    assert found.parts["trust"] > 0
    assert found.parts["missing"] > 0.2
    assert found.parts["missing"] > 1.3 * found.parts["surplus"]
    both_ways = (found.parts["missing"] + found.parts["surplus"]) / 2
    assert found.score > 0.8 * found.parts["trust"] * both_ways  # although nothing in it is novel
    assert found.parts["novelty"] < 0.05
    peak = np.unravel_index(found.heat.argmax(), found.heat.shape)
    assert np.hypot(peak[0] - 200, peak[1] - 200) < 32
    aside = np.ascontiguousarray(np.rot90(gone))
    unaligned = comparator(fake_eye, whole, settings=NEVER_TURNED)
    assert unaligned.compare(View(aside, "query")).parts["missing"] == 0
    aligned = comparator(fake_eye, whole).compare(View(aside, "query"))
    assert aligned.parts["missing"] == pytest.approx(found.parts["missing"], abs=0.1)


def test_what_is_there_and_should_not_be_is_surplus(fake_eye):
    whole = drawing(320, 320)
    gone = whole.copy()
    cv2.circle(gone, (200, 200), 21, (200, 150, 60), -1)
    found = comparator(fake_eye, gone).compare(View(whole, "query"))
    assert found.parts["surplus"] > 1.3 * found.parts["missing"]


def test_without_alignment_nothing_is_missed(eye, half_empty):
    reference, _, gone = half_empty[0]
    aside = np.ascontiguousarray(np.rot90(gone.rgb))
    unaligned = comparator(eye, reference, settings=NEVER_TURNED).compare(View(aside, "query"))
    assert (unaligned.parts["trust"], unaligned.parts["missing"]) == (0, 0)
    assert unaligned.parts["surplus"] == 0
    aligned = comparator(eye, reference).compare(View(aside, "query"))
    assert aligned.parts["agreement"] > unaligned.parts["agreement"]
    assert aligned.parts["missing"] > 0


def test_what_is_not_trusted_does_not_count(eye, half_empty):
    reference, _, gone = half_empty[0]
    found = comparator(eye, reference, settings=NEVER_IN_PLACE).compare(View(gone.rgb, "query"))
    assert found.parts["trust"] == 0
    assert found.score == pytest.approx(found.parts["novelty"] + found.parts["colour"])


def test_of_two_poses_the_one_that_differs_least_counts(fake_eye):
    whole = drawing(320, 320)
    aside, _ = turned(whole, 90, (320, 320))
    as_it_lies, both, best = (
        comparator(fake_eye, whole, settings=settings).compare(View(aside, "query"))
        for settings in (NEVER_TURNED, NEVER_SURE, None)
    )
    assert best.score < as_it_lies.score
    assert both.score == best.score


def test_references_of_two_cameras_are_compared_with_what_has_their_shape(fake_eye):
    wide, square = drawing(320, 420), drawing(420, 420)
    comparing = comparator(fake_eye, wide, square)
    for rgb in (wide, square):
        found = comparing.compare(View(rgb.copy(), "query"))
        assert found.parts["trust"] > 0
        assert found.score == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("shape", [(320, 200), (200, 320), (60, 400)])
def test_references_of_another_shape_are_no_trouble(eye, shape):
    rng = np.random.default_rng(0)
    query = rng.integers(0, 256, (*shape, 3), np.uint8)
    found = comparator(eye, picture("kit", 0, size=SIZE).rgb).compare(View(query, "query"))
    assert np.isfinite(found.score)
    assert np.isfinite(found.heat).all()
    assert found.heat.shape == shape


def test_a_new_colour_is_seen_however_small_it_is(eye):
    rgb = picture("parcel", 0, size=SIZE).rgb
    stained = rgb.copy()
    cv2.circle(stained, (160, 160), 7, (30, 200, 40), -1)
    comparing = comparator(eye, rgb)
    assert comparing.compare(View(rgb, "query")).parts["colour"] == 0
    found = comparing.compare(View(stained, "query"))
    assert found.parts["colour"] > 0.1
    peak = np.unravel_index(found.heat.argmax(), found.heat.shape)
    assert np.hypot(peak[0] - 160, peak[1] - 160) < 30
