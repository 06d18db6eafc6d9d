"""benchmarks/damage on scores whose figures can be told by hand, and on one tiny data set."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from amiss.bundle.operating_point import default_operating_point_path
from amiss.bundle.read import default_bundle_path
from amiss.dataset.collection import ListedDataset, ListedSplit
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.records import CaptureRecord, ViewRecord
from amiss.detect.damage import TYPES, Told
from amiss.detect.fuse import Judged, numbers
from amiss.domain.capture import Capture, View
from amiss.domain.errors import BundleError, DatasetError
from amiss.domain.evidence import Evidence
from amiss.domain.words import Decision
from amiss.simulate.bulk import Bulk
from amiss.simulate.item import DECEPTIVE
from amiss.simulate.plan import NEW_DESIGN, Plan
from amiss.simulate.studio import Outfit

pytest.importorskip("benchmarks.damage", reason="run pytest where benchmarks/ is")
from benchmarks.damage import lines, look, score, sets
from benchmarks.damage.arms import ARMS, WRONG, swaps
from benchmarks.damage.gains import gained, slices_of
from benchmarks.damage.items import Items, read_items, thresholds
from benchmarks.damage.show import markdown
from benchmarks.damage.table import counts, short, table

from recorded_pictures import picture


def row(place, value, damage="", severity="major", px=500, tags=(), arms=None, **more):
    """One scored item; value: its score in every arm that `arms` does not name."""
    said = {arm: {"score": value} for arm in ARMS} | (arms or {})
    damages = [{"type": damage, "severity": severity, "locus": "product"}] if damage else []
    return {
        "id": f"c{place}",
        "kind": "carton",
        "material": "cardboard",
        "tags": list(tags),
        "tray": ["dirty"],
        "damages": damages,
        "pixels": {damage: px} if damage else {},
        "beside": 0,
        "arms": {
            arm: {"decision": "pass", "types": [0.0] * 8, "hottest": [0.0] * 8} | own
            for arm, own in said.items()
        },
        **more,
    }


def items_of(rows):
    return Items.of({"product": f"p{at // 2}", "items": [one]} for at, one in enumerate(rows))


def figures(items, at):
    shown = lines.measured_lines(items, lines.must_show(items, at))
    return {one.line.key: one for one in shown}


# --- sets -------------------------------------------------------------------------------------


def test_no_set_shares_a_seed_with_another_or_with_what_is_trained_on():
    seeds = [one.seed for one in sets.SETS.values()]
    assert len(set(seeds)) == len(seeds)
    assert not set(seeds) & set(sets.TRAINED)


def test_a_smaller_set_is_the_beginning_of_a_larger_one():
    one = sets.SETS["fast"]
    sizes = [one.scaled(scale) for scale in (0.0, 0.01, 0.1, 1.0)]
    assert sizes == [8, 48, 448, 4440]
    assert one.plan() == one.plan()


def test_what_is_counted_beforehand_is_what_is_made():
    plan = Plan(90_001, 0.5, 2, even=True)
    found = sets.planned(plan, 6)
    labels = [plan.item(index).labels() for index in range(6)]
    sound = [one for one in labels if not one.damages]
    assert found["products"] == len({one.product for one in labels}) == 2
    assert found["pristine"] == len(sound)
    assert found["damaged"] == 6 - len(sound) > 0
    assert found["deceptive"] == sum(DECEPTIVE in one.tags for one in sound)
    assert 0 <= found["on_trays"] <= len(sound)


# --- thresholds and figures -------------------------------------------------------------------


def test_the_threshold_leaves_half_a_percent_of_sound_items_above_it():
    rows = [row(place, float(place)) for place in range(400)]
    new = [row(place, 1000.0, tags=[NEW_DESIGN]) for place in range(10)]
    at = thresholds(items_of(rows + new))
    assert at["all"] == 397.0  # 398 and 399 lie above: 2 of 400
    assert thresholds(items_of(rows + new), new=True)["all"] == 1000.0


def test_what_is_not_inspected_takes_from_the_budget():
    unseen = {"alone": {"score": 0.0, "decision": "not_inspected"}}
    rows = [row(place, float(place)) for place in range(398)]
    items = items_of([*rows, row(398, None), row(399, 0.0, arms=unseen)])
    assert thresholds(items)["all"] == 396.0
    assert thresholds(items)["alone"] == 397.0
    assert counts(items)["not_inspected"] == 1
    assert counts(items)["not_inspected_alone"] == 2
    with pytest.raises(DatasetError, match="No sound item"):
        thresholds(items_of([row(0, 1.0, "crush")]))


def test_recall_counts_major_damage_that_a_view_shows():
    rows = [
        row(0, 5.0, "crush"),
        row(1, 0.0, "crush"),
        row(2, 5.0, "hole", "minor"),
        row(3, 0.0, "hole", px=99),
        row(4, 0.0),
        row(5, 5.0),
    ]
    items = items_of(rows)
    found = figures(items, dict.fromkeys(ARMS, 1.0))
    assert found["major_all"].value == 0.5
    assert found["major_all"].met is False
    assert found["sidelined_all"].value == 0.5
    assert counts(items)["unseen"] == 1
    assert counts(items)["unseen_share"] == 0.25


def test_average_precision_of_a_type_is_weighted_to_one_percent():
    rng = np.random.default_rng(3)
    damaged = [row(place, float(rng.normal(2)), "missing_unit") for place in range(30)]
    others = [row(place, 9.0, "hole") for place in range(20)]
    sound = [row(place, float(rng.normal())) for place in range(300)]
    found = figures(items_of(damaged + others + sound), dict.fromkeys(ARMS, 1.0))
    labels = np.repeat([1, 0], [30, 300])
    scores = [one["arms"]["all"]["score"] for one in damaged + sound]
    weights = np.where(labels == 1, 0.01 / 30, 0.99 / 300)
    expected = average_precision_score(labels, scores, sample_weight=weights)
    assert found["missing_unit_ap"].value == pytest.approx(expected, abs=1e-9)
    low, high = found["missing_unit_ap"].interval
    assert low < expected < high


def test_spillage_beside_the_item_is_what_lies_outside_of_it():
    rows = [row(0, 5.0, "spillage", beside=100), row(1, 0.0, "spillage", beside=99), row(2, 1.0)]
    found = figures(items_of(rows), dict.fromkeys(ARMS, 2.0))
    assert found["spillage_recall"].line.n == 1
    assert found["spillage_recall"].value == 1.0


def test_the_limit_of_a_share_is_clopper_and_pearsons():
    assert lines.above(0, 149) == pytest.approx(1 - 0.05 ** (1 / 149))
    assert lines.above(5, 500) == pytest.approx(0.0209, abs=2e-4)
    assert lines.above(3, 3) == 1.0
    assert lines.above(0, 0) is None


def test_items_keep_what_was_said_where_no_reference_was_replaced():
    hurt = {"damaged-references": {"score": 0.0, "types": [0.0] * 8}}
    rows = [row(0, 5.0, "crush", arms=hurt), row(1, 5.0, "crush"), row(2, 0.0)]
    found = figures(items_of(rows), dict.fromkeys(ARMS, 1.0))
    assert found["damaged-references_lost"].value == 0.5
    assert found["damaged-references_lost_where"].value == 1.0
    assert found["wrong-references_lost"].value == 0.0
    assert found["wrong-references_lost_where"].value is None


def test_types_and_masks_are_those_of_true_positives():
    good = {"all": {"score": 5.0, "types": [0, 0, 9, 0, 0, 0, 0, 0], "finding": "hole",
                    "overlap": [30, 60]}}  # fmt: skip
    bad = {"all": {"score": 5.0, "types": [9.0] + [0.0] * 7, "finding": None, "overlap": [0, 60],
                   "hottest": [0, 0, 9, 0, 0, 0, 0, 0]}}  # fmt: skip
    missed = {"all": {"score": 0.0, "types": [0.0] * 8, "overlap": [60, 60]}}
    rows = [row(at, 0.0, "hole", arms=arm) for at, arm in enumerate((good, bad, missed))]
    found = figures(items_of([*rows, row(3, 0.0)]), dict.fromkeys(ARMS, 1.0))
    assert found["type_accuracy"].value == 0.5
    assert found["no_finding"].value == 0.5
    assert found["type_accuracy_of_view"].value == 0.5
    assert found["type_accuracy_of_place"].value == 0.5
    assert found["mask_iou"].value == 0.25


def test_gains_are_paired_and_small_slices_left_out():
    without = {"depth": {"score": 0.0, "types": [0.0] * 8}}
    rows = [row(at, 5.0, "tear", arms=without) for at in range(100)]
    rows += [row(at, 5.0, "hole") for at in range(99)]
    rows += [row(at, 1.0) for at in range(200)]
    items = items_of(rows)
    found = {one.slice: one for one in gained(items, ("depth", "all"), dict.fromkeys(ARMS, 2.0))}
    assert ("type", "hole") not in found
    tear = found["type", "tear"]
    assert (tear.n, tear.recall.a, tear.recall.b, tear.recall.low) == (100, 0.0, 1.0, 1.0)
    assert (tear.recall_here.a, tear.recall_here.b) == (0.0, 1.0)
    assert (tear.auroc.a, tear.auroc.b) == (0.0, 1.0)
    assert tear.held
    back = {one.slice: one for one in gained(items, ("all", "depth"), dict.fromkeys(ARMS, 2.0))}
    assert not back["type", "tear"].held
    assert {kind for (kind, _), _, _ in slices_of(items)} == {
        *("all", "type", "severity", "kind", "material", "print", "tray")
    }


def test_the_table_says_everything_and_what_is_short():
    rng = np.random.default_rng(0)
    rows = [row(at, float(rng.normal(3)), "crush") for at in range(40)]
    rows += [row(at, float(rng.normal()), tags=[DECEPTIVE] if at % 4 else []) for at in range(80)]
    rows += [row(at, 9.0, tags=[NEW_DESIGN]) for at in range(4)]
    items = items_of(rows)
    document = table(items, items_of([row(at, float(rng.normal())) for at in range(200)]))
    assert document["counts"]["new_designs"] == 4
    assert document["new_designs"]["all/sidelined"]["value"] == 1.0
    assert document["must_show"][0]["n"] == 40
    lacking = short(document["counts"])
    assert "products: 62 of 300" in lacking
    assert "crush: 40 of 100" in lacking
    document["short"] = lacking
    json.dumps(document, allow_nan=False)
    text = markdown("fast", "the test set", document)
    assert "| recall of major damage, with references + depth | ≥ .950 |" in text
    assert "crush: 40 of 100" in text
    assert "lower bounds ≥ −.010 of recall at the budget, ≥ −.005 of AUROC" in text


# --- references that are wrong ----------------------------------------------------------------


def records():
    """A hundred products of four items, the first two damaged, one of them where no view shows."""
    for product in range(100):
        for number in range(4):
            px = (400, 20, 0, 0)[number]
            view = ViewRecord(f"v{product}-{number}", None, None, None, damage_pixels=px)
            yield CaptureRecord(f"{product}-{number}", f"product-{product}", (view,))


def test_a_tenth_of_reference_captures_is_replaced_and_never_by_the_item_itself():
    split = ListedSplit("test", list(records()))
    data = ListedDataset(None, {"test": lambda: split})
    for arm in WRONG:
        found = swaps(data, arm)
        assert sum(map(len, found.values())) == 80  # of 400 items with two captures each
        assert found == swaps(data, arm)
        for name, changes in found.items():
            product = name.partition("-")[0]
            for change in changes:
                if arm == "damaged-references":
                    assert change.by == f"{product}-0" != name
                else:
                    assert change.by.startswith("product-")
                    assert change.by != f"product-{product}"
    assert not any(name.endswith("-0") for name in swaps(data, "damaged-references"))


# --- scoring ----------------------------------------------------------------------------------


class Grey:
    name = "grey"

    def render(self, _scene, camera, _seed):
        return np.full((camera.intrinsics.height, camera.intrinsics.width, 3), 0.3, np.float32)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp("damage") / "fast"
    plan, outfit = Plan(7, 0.5, 2, even=True), Outfit(2, 64, True, Encoding(crops=False))
    Bulk(root, plan, outfit, Grey(), Grey).make(range(8))
    return root


@pytest.fixture
def looks(monkeypatch):
    """What the inspector was shown; it is not run."""
    seen = []

    def listen(_inspector, capture, references, _masks):
        covered = capture.views[0].depth is not None, capture.views[0].empty_tray is not None
        names = sorted({one.rpartition("-")[0] for one in references})
        seen.append(SimpleNamespace(item=capture.id, names=names, covered=covered))
        return {"score": float(len(seen)), "types": [0.0] * 8, "decision": "pass"}

    monkeypatch.setattr(score, "said", listen)
    inspector = SimpleNamespace(see=lambda _view, name: name)
    monkeypatch.setattr(score, "open_inspector", lambda *_args, **_more: inspector)
    return seen


@pytest.fixture
def job(data):
    return score.Job(data, default_bundle_path(), default_operating_point_path())


def test_every_arm_is_shown_what_it_says(job, looks, tmp_path):
    assert score.score(job, tmp_path / "fast.jsonl", limit=1) == 4  # a whole product
    every, one, depth, references, alone = looks[: len(ARMS)]
    assert [len(each.names) for each in (every, one, depth, references, alone)] == [2, 1, 0, 2, 0]
    assert one.names[0] in every.names
    assert [each.covered for each in (every, depth, alone)] == [(True,) * 2] * 2 + [(False,) * 2]
    assert references.covered == (False, False)


def test_scoring_goes_on_where_it_was_cut_off(job, looks, tmp_path):
    out = tmp_path / "fast.jsonl"
    assert score.score(job, out) == 8
    whole = out.read_text()
    first = whole[: whole.index("\n", whole.index("\n") + 1) + 1]
    out.write_text(first + '{"product": "cut o')
    looks.clear()
    assert score.score(job, out) == 8
    again = [json.loads(line) for line in out.read_text().splitlines()]
    before = [json.loads(line) for line in whole.splitlines()]
    assert [line.get("product") for line in again] == [line.get("product") for line in before]
    assert {each.item for each in looks} == {item["id"] for item in before[2]["items"]}
    items = read_items(out)
    assert len(items) == 8
    assert items.sound.sum() + items.damaged.sum() + items.unseen.sum() == 8
    assert len(set(items.products)) == 2


@pytest.mark.usefixtures("looks")
def test_scores_of_another_data_set_are_not_gone_on_with(job, tmp_path):
    out = tmp_path / "fast.jsonl"
    score.score(job, out, limit=1)
    header, rest = out.read_text().split("\n", 1)
    out.write_text(json.dumps({**json.loads(header), "seed": 8}) + "\n" + rest)
    with pytest.raises(DatasetError, match="made with seed 8, not 7"):
        score.score(job, out)


def test_what_was_not_simulated_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="no simulated data set"):
        sets.plan_of(tmp_path)
    with pytest.raises(DatasetError, match="There are no scores"):
        read_items(tmp_path / "fast.jsonl")


# --- what is kept of an inspection ------------------------------------------------------------


def test_what_is_kept_is_what_the_inspector_served():
    """Two views of 8 × 8 pixels; the model marks the left half of the first."""
    maps = np.full((len(TYPES) + 3, 2, 2), -9.0, np.float32)
    maps[3, :, 0] = 9.0
    maps[len(TYPES) :] = 9.0  # of the item, and of what is damaged: no damage themselves
    tolds = [Told(maps, np.arange(10, dtype=np.float32)), Told(maps * 0 - 9, np.ones(10) * 4)]
    judged = tuple(Judged(at, told, ()) for at, told in enumerate(tolds))
    view = View(np.zeros((8, 8, 3), np.uint8), "view")
    result = SimpleNamespace(
        score=0.7,
        decision=Decision.SIDELINE,
        findings=(SimpleNamespace(kind="tear"), SimpleNamespace(kind="hole")),
        evidence=(
            Evidence("comparison", 0, available=True, coverage=0.5),
            Evidence("discrepancy", 1, available=True, coverage=0.9),
        ),
    )
    inspector = SimpleNamespace(inspect=lambda *_args, **_more: result, judged=judged)
    mask = np.zeros((8, 8), np.uint8)
    mask[:4] = 4
    found = look.said(inspector, Capture((view, view)), [], [mask, None])
    assert (found["score"], found["decision"], found["finding"]) == (0.7, "sideline", "tear")
    assert found["types"] == [4, 4, 4, 4, 4, 5, 6, 7]
    assert found["hottest"] == [-9, -9, -9, 9, -9, -9, -9, -9]
    assert found["coverage"] == 0.25
    assert found["numbers"] == numbers(judged)
    assert found["overlap"] == (16, 48)  # of 32 pixels each, 16 are in both
    json.dumps(found)
    assert "overlap" not in look.said(inspector, Capture((view, view)), [], [mask * 0, None])


def test_only_a_bundle_with_a_damage_model_is_scored(monkeypatch):
    def load(_cls, _bundle, **_more):
        opened = object.__new__(look.OpenInspector)
        opened.model = None
        return opened

    monkeypatch.setattr(look.OpenInspector, "load", classmethod(load))
    with pytest.raises(BundleError, match="no damage model"):
        look.open_inspector("bundle", "point")


def test_what_the_packaged_bundle_says_is_kept():
    """The inspector hands it out on its own way, whatever that is called."""
    bundle = default_bundle_path()
    inspector = look.open_inspector(bundle, default_operating_point_path(), threads=1)
    views = tuple(View(picture("kit", shot, upright=True).rgb, "q") for shot in (0, 1))
    found = look.said(inspector, Capture(views), [], [None, None])
    assert len(inspector.judged) == len(found["discrepancy"]) == 2
    assert len(found["types"]) == len(look.TYPES)
    assert found["numbers"]
    json.dumps(found)
