import io
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

import amiss
from amiss.bundle.operating_point import OperatingPoint, write_operating_point
from amiss.detect.judge import KEPT_COMPARATORS
from amiss.detect.reasons import NO_REFERENCE, PROVISIONAL, SELF_REFERENCE, UNSEEN
from amiss.domain.capture import Capture, View
from amiss.domain.errors import EngineError, GalleryError, InputError
from amiss.domain.words import Decision
from amiss.inspector import Inspector
from amiss.vision.engine.choose import load_engine
from amiss.vision.engine.fake import FakeEngine
from recorded_pictures import HARMS, picture

SIZE = 320
BROKEN = [
    ("blades", "gone"),
    ("juice", "gone"),
    ("pens", "hole"),
    ("parcel", "tear"),
    ("cleaner", "hole"),
    ("coffee", "tear"),
    ("mailer", "spillage"),
    ("book", "spillage"),
    ("toy", "gone"),
    ("kit", "tear"),
]


def operating_point(bundle, **changes):
    facts = {"threshold": 0.5, "provisional": True, "midpoint": 0.7, "slope": 6.0} | changes
    return OperatingPoint(bundle=bundle.id, calibration={}, **facts)


@pytest.fixture(scope="module")
def bundle(plain):
    """Without a damage model, so that references alone decide."""
    return plain


@pytest.fixture(scope="module")
def inspector(bundle):
    return Inspector(bundle, operating_point(bundle), load_engine(bundle))


@pytest.fixture
def faked(bundle):
    return Inspector(bundle, operating_point(bundle), FakeEngine(bundle.manifest.encoder))


@pytest.fixture(scope="module")
def references(inspector):
    """Two references of each product, by name."""
    return {
        name: [
            inspector.see(picture(name, shot, size=SIZE).rgb, f"{name} {shot}")
            for shot in (100, 101)
        ]
        for name, _ in BROKEN
    }


@pytest.fixture(scope="module")
def pristine(inspector, references):
    """Every product in another pose: query, and what Amiss says about it."""
    found = {}
    for name, _ in BROKEN:
        rgb = picture(name, 0, size=SIZE).rgb
        found[name] = rgb, inspector.inspect(rgb, references=references[name])
    return found


def test_damaged_items_score_above_pristine_ones(inspector, references, pristine):
    whole = [result.score for _, result in pristine.values()]
    broken = []
    for name, damage in BROKEN:
        rgb = picture(name, 0, harm=damage, size=SIZE).rgb
        broken.append(inspector.inspect(rgb, references=references[name]).score)
    assert None not in whole + broken
    assert roc_auc_score([0] * len(whole) + [1] * len(broken), whole + broken) >= 0.9
    assert np.mean(np.array(broken) > whole) >= 0.9  # each beside its intact twin


def test_print_that_looks_like_damage_is_not_damage(inspector, references, pristine):
    """A smashed screen is printed on the box."""
    mine, intact = references["kit"], pristine["kit"][1].score
    for damage in HARMS:
        rgb = picture("kit", 0, harm=damage, size=SIZE).rgb
        assert inspector.inspect(rgb, references=mine).score > intact


def test_the_wrong_product_hardly_ever_passes(inspector, bundle, references, pristine):
    """The line is drawn above every pristine item."""
    highest = max(result.score for _, result in pristine.values())
    strict = Inspector(bundle, operating_point(bundle, threshold=highest), inspector.eye.engine)
    products = [*references, next(iter(references))]
    decisions = [
        strict.inspect(pristine[shown][0], references=references[claimed]).decision
        for shown, claimed in pairwise(products)
    ]
    assert len(decisions) >= 6
    assert np.mean([decision is not Decision.PASS for decision in decisions]) >= 0.9


@pytest.fixture(scope="module")
def toy(references, pristine):
    return pristine["toy"][0], references["toy"]


@pytest.mark.parametrize("product", ["toy", "parcel", "mailer"])
@pytest.mark.parametrize("gain", [0.9, 1.1])
def test_the_light_moves_the_score_little(inspector, references, pristine, product, gain):
    rgb, before = pristine[product]
    lit = np.clip(rgb * gain, 0, 255).astype(np.uint8)
    after = inspector.inspect(lit, references=references[product])
    assert abs(after.score - before.score) <= 0.06


def turned(rgb, degrees):
    matrix = cv2.getRotationMatrix2D(((SIZE - 1) / 2, (SIZE - 1) / 2), degrees, 1)
    return cv2.warpAffine(rgb, matrix, (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT_101)


@pytest.mark.parametrize("degrees", [40, 90, 180, 265])
def test_how_the_item_lies_moves_the_score_little(inspector, references, pristine, degrees):
    moves = []
    for product, (rgb, before) in pristine.items():
        after = inspector.inspect(turned(rgb, degrees), references=references[product])
        moves.append(abs(after.score - before.score))
    assert np.median(moves) <= 0.08
    assert max(moves) <= 0.15


def test_the_same_bytes_give_the_same_score_bit_for_bit(inspector, bundle, toy):
    rgb, mine = toy
    first, again = (inspector.inspect(rgb, references=mine) for _ in range(2))
    fresh = Inspector(bundle, inspector.point, inspector.eye.engine)
    anew = fresh.inspect(rgb.copy(), references=mine)
    assert first.score == again.score == anew.score
    assert np.array_equal(first.heatmaps[0], again.heatmaps[0])


def test_the_order_of_references_does_not_matter(inspector, toy):
    rgb, mine = toy
    three = [*mine, inspector.see(picture("toy", 102, size=SIZE).rgb, "third")]
    orders = [three, three[::-1], [three[1], three[2], three[0]]]
    scores = [inspector.inspect(rgb, references=order).score for order in orders]
    assert max(scores) - min(scores) <= 1e-3


def test_a_picture_is_seen_alike_in_every_form(inspector, tmp_path, toy):
    rgb, _ = toy
    reference = picture("toy", 100, size=SIZE).rgb
    for name, shown in (("query.png", rgb), ("reference.png", reference)):
        Image.fromarray(shown).save(tmp_path / name)
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG")
    scores = {
        inspector.inspect(rgb, references=[reference]).score,
        inspector.inspect(buffer.getvalue(), references=[tmp_path / "reference.png"]).score,
        inspector.inspect(
            [tmp_path / "query.png"], references=[str(tmp_path / "reference.png")]
        ).score,
        inspector.inspect(rgb, references=[inspector.see(reference)]).score,
    }
    assert len(scores) == 1


def test_the_item_is_as_bad_as_its_worst_view(inspector, references, pristine):
    mine = references["mailer"]
    rgb, alone = pristine["mailer"]
    harmed = picture("mailer", 0, harm="spillage", size=SIZE).rgb
    worst = inspector.inspect(harmed, references=mine)
    for views in ([rgb, harmed], [harmed, rgb]):
        both = inspector.inspect(views, references=mine)
        assert both.score == worst.score > alone.score
        assert len(both.heatmaps) == len(both.views) == 2
        assert {one.view for one in both.evidence} == {0, 1}
        assert {finding.view for finding in both.findings} <= {0, 1}
        scores = [finding.score for finding in both.findings]
        assert scores == sorted(scores, reverse=True)


def assert_no_opinion(result, reason):
    assert result.score is None
    assert result.decision is Decision.NOT_INSPECTED
    assert reason in result.reasons
    assert result.findings == ()
    assert result.heatmaps == (None,) * len(result.views)
    assert not any(one.available for one in result.evidence)


def test_without_references_there_is_no_opinion(inspector, toy):
    assert_no_opinion(inspector.inspect(toy[0]), NO_REFERENCE)
    assert_no_opinion(inspector.inspect([toy[0]] * 2, references=[]), NO_REFERENCE)


def test_a_picture_is_no_reference_for_itself(inspector, toy):
    rgb, mine = toy
    assert_no_opinion(inspector.inspect(rgb, references=[rgb]), SELF_REFERENCE)
    assert_no_opinion(inspector.inspect(rgb, references=[rgb.copy(), rgb]), SELF_REFERENCE)
    with_itself = inspector.inspect(rgb, references=[*mine, rgb])
    assert with_itself.score == inspector.inspect(rgb, references=mine).score


def test_a_face_that_no_reference_shows_is_no_evidence(inspector, bundle, toy):
    """Whatever the settings say is too little coverage."""
    rgb, mine = toy
    blind = replace(inspector.settings, least_coverage=1.01)
    result = Inspector(bundle, inspector.point, inspector.eye.engine, settings=blind).inspect(
        rgb, references=mine
    )
    assert_no_opinion(result, UNSEEN)
    assert 0 <= result.evidence[0].coverage <= 1


def test_the_threshold_decides(inspector, bundle, toy):
    rgb, mine = toy
    score = inspector.inspect(rgb, references=mine).score
    for threshold, decision in (
        (score, Decision.PASS),
        (np.nextafter(score, 0), Decision.SIDELINE),
    ):
        point = operating_point(bundle, threshold=threshold, provisional=False)
        result = Inspector(bundle, point, inspector.eye.engine).inspect(rgb, references=mine)
        assert result.decision is decision
        assert result.threshold == threshold
        assert result.reasons
        assert PROVISIONAL not in result.reasons
    assert PROVISIONAL in inspector.inspect(rgb, references=mine).reasons


@pytest.mark.parametrize("fault", ["error", "not_finite"])
def test_what_breaks_never_passes(faked, toy, fault):
    rgb = toy[0]
    reference = faked.see(picture("toy", 100, size=SIZE).rgb)
    assert faked.inspect(rgb, references=[reference]).score is not None
    faked.eye.engine.fault = fault
    with pytest.raises(EngineError):
        faked.inspect(rgb, references=[reference])
    with pytest.raises(EngineError):
        faked.see(rgb)


def test_comparators_are_kept_but_not_for_ever(faked, monkeypatch):
    assert KEPT_COMPARATORS <= 64
    monkeypatch.setattr("amiss.detect.judge.KEPT_COMPARATORS", 3)
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (6, 32, 32, 3), np.uint8)
    seen = [faked.see(one) for one in pictures]
    query = np.full((32, 32, 3), 100, np.uint8)
    first = faked.inspect(query, references=[seen[0]]).score
    for reference in seen[1:]:
        faked.inspect(query, references=[reference])
        assert len(faked._detectors._comparators) <= 3
    assert faked.inspect(query, references=[seen[0]]).score == first
    kept = list(faked._detectors._comparators.values())
    faked.inspect(query, references=[seen[0]])
    assert list(faked._detectors._comparators.values()) == kept


def test_a_replay_finds_what_it_needs(inspector, bundle, toy):
    rgb, mine = toy
    result = inspector.inspect(rgb, references=mine, product="toy-0")
    assert result.bundle == bundle.id
    assert result.operating_point == inspector.point.hash
    assert result.provisional
    assert result.product == "toy-0"
    assert result.gallery_revision is None
    assert result.elapsed_ms > 0


def test_depth_and_tray_that_nothing_reads_are_said_aloud(faked, toy):
    rgb = toy[0]
    depth = np.ones(rgb.shape[:2], np.float32)
    result = faked.inspect([rgb, rgb], depth=[depth, depth], empty_tray=[rgb, rgb])
    unread = [(one.detector, one.view) for one in result.evidence if one.detector != "discrepancy"]
    assert unread == [("depth", 0), ("surroundings", 0), ("depth", 1), ("surroundings", 1)]
    assert all(one.reason for one in result.evidence)


def test_what_does_not_fit_together_is_refused(faked, toy):
    rgb = toy[0]
    depth = np.ones(rgb.shape[:2], np.float32)
    with pytest.raises(InputError, match="no picture"):
        faked.inspect([])
    with pytest.raises(InputError, match="depth"):
        faked.inspect([rgb, rgb], depth=[depth])
    with pytest.raises(InputError, match="empty_tray"):
        faked.inspect(rgb, empty_tray=[])
    with pytest.raises(InputError, match="carries"):
        faked.inspect(amiss.Capture((amiss.View(rgb, "a"),)), depth=[depth])
    with pytest.raises(GalleryError):
        faked.inspect(rgb, product="unknown")


def test_a_capture_is_inspected_like_its_pictures(inspector, toy):
    rgb, mine = toy
    capture = amiss.Capture((amiss.View(rgb, "camera 1"),), product="toy-0")
    result = inspector.inspect(capture, references=mine)
    assert result.score == inspector.inspect(rgb, references=mine).score
    assert result.product == "toy-0"
    assert inspector.inspect(capture, references=mine, product="other").product == "other"


def test_a_capture_without_views_is_no_pass_and_has_a_reason(faked):
    try:
        result = faked.inspect(amiss.Capture(()))
    except InputError:
        return
    assert result.decision is Decision.NOT_INSPECTED
    assert [reason for reason in result.reasons if reason != PROVISIONAL]


def test_load_takes_the_operating_point_it_is_given(bundle, tmp_path, toy):
    path = tmp_path / "point.json"
    write_operating_point(path, operating_point(bundle, threshold=0.25))
    loaded = Inspector.load(bundle.path, operating_point=path)
    assert loaded.point.threshold == 0.25
    assert loaded.bundle.id == bundle.id
    assert loaded.inspect(toy[0]).decision is Decision.NOT_INSPECTED


def test_heat_and_findings_fit_the_view(inspector, references):
    harmed = picture("mailer", 0, harm="spillage", size=SIZE).rgb
    result = inspector.inspect(harmed, references=references["mailer"])
    (heat,) = result.heatmaps
    assert heat.shape == harmed.shape[:2]
    assert heat.dtype == np.float32
    assert heat.min() >= 0
    assert heat.max() <= 1
    assert result.findings
    for finding in result.findings:
        x, y, width, height = finding.box
        assert 0 <= x < x + width <= SIZE
        assert 0 <= y < y + height <= SIZE
        assert 0 < finding.score <= result.score
    assert result.picture().ndim == 3


def test_many_items_are_inspected_as_each_alone(inspector, references, pristine):
    products = ("toy", "parcel", "toy")
    captures = [Capture((View(pristine[one][0], f"view of {one}"),)) for one in products]
    given = [references["toy"], [], references["toy"]]
    together = inspector.inspect_many(captures, given)
    alone = [
        inspector.inspect(capture, references=some)
        for capture, some in zip(captures, given, strict=True)
    ]
    for one, other in zip(together, alone, strict=True):
        assert one.decision == other.decision
        assert one.reasons == other.reasons
        assert (one.score is None) == (other.score is None)
        if one.score is not None:
            assert one.score == pytest.approx(other.score, abs=1e-3)
    with pytest.raises(InputError, match="one list for each"):
        inspector.inspect_many(captures, [references["toy"]])
    with pytest.raises(InputError, match="no picture"):
        inspector.inspect_many([Capture(())], [[]])
