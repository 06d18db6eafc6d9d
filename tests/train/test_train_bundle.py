"""From a data set to a bundle that inspects: resumable, repeatable, one model on both sides."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from amiss.bundle.read import open_bundle
from amiss.dataset.labels import Damage, Labels, Masks
from amiss.dataset.reader import open_dataset
from amiss.dataset.writer import writing
from amiss.detect.cues import cues
from amiss.detect.damage import DamageModel
from amiss.detect.discrepancy import Settings
from amiss.detect.match import around, around_finely, match
from amiss.domain.capture import Capture, View
from amiss.domain.errors import BundleError, DatasetError
from amiss.domain.words import DamageType, Decision, Locus, Severity
from amiss.inspector import Inspector
from amiss.train.cache.see import EngineFeatures
from amiss.train.cache.squeeze import Squeezer
from amiss.train.damage import make, weigh
from amiss.train.damage.bundle import AS_TRAINED, write_bundle
from amiss.train.damage.comparator import Beside
from amiss.train.damage.familiar import Familiarity
from amiss.train.damage.graphs import graphs_of
from amiss.train.damage.judge import DamageNetwork
from amiss.train.damage.make import Naming, make_bundle
from amiss.train.damage.network import Descriptor, Width
from amiss.train.damage.run import Options
from amiss.vision.decode import decode

SIDE, CUT = 112, 84
HOLE = 1 + list(DamageType).index(DamageType.HOLE)
NAMING = Naming("tiny", "1", "2026-11-25", ())
SUMMARIES = np.random.default_rng(0).normal(size=(2, 40, 464)).astype(np.float32)
KNOWN = Familiarity(*SUMMARIES)
SQUEEZERS = {
    name: Squeezer.fit(np.random.default_rng(size).normal(size=(800, size)).astype("f4"), 0.5)
    for name, size in (("s8", 40), ("s16b7", 80), ("s16b10", 112))
}
OPTIONS = Options(epochs=2, describe_epochs=1, threads=1)


def picture(product, seed, hole=False):
    """A printed rectangle on a grey tray; its print is the product's own."""
    rng = np.random.default_rng([product, 1])
    printed = cv2.resize(rng.integers(40, 255, (6, 8, 3), dtype=np.uint8), (64, 48))
    rgb = np.full((SIDE, SIDE, 3), 170, np.uint8)
    noise = np.random.default_rng(seed)
    x, y = noise.integers(10, 36, 2)
    rgb[y : y + 48, x : x + 64] = printed
    item = np.zeros((SIDE, SIDE), np.bool_)
    item[y : y + 48, x : x + 64] = True
    mask = np.zeros((SIDE, SIDE), np.uint8)
    if hole:
        cv2.circle(mask, (int(x) + 30, int(y) + 24), 11, HOLE, -1)
        rgb[mask > 0] = 8
    rgb = np.clip(rgb + noise.normal(0, 3, rgb.shape), 0, 255).astype(np.uint8)
    return View(rgb=rgb, source=f"{product}-{seed}", camera="top"), item, mask


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp("data") / "set"
    with writing(root) as writer:
        for product in range(12):
            split = "validation" if product >= 9 else "train"
            for number in range(2):
                hole = number == 1
                view, item, mask = picture(product, 10 * product + number, hole)
                if product == 8:  # not all pictures are of one shape
                    view = replace(view, rgb=view.rgb[:CUT], size=(SIDE, CUT))
                    item, mask = item[:CUT], mask[:CUT]
                damages = (
                    (Damage(DamageType.HOLE, Severity.MAJOR, Locus.OUTER_PACKAGING),)
                    if hole
                    else ()
                )
                name = f"product-{product}"
                writer.add(
                    Capture((view,), product=name, id=f"c{product}-{number}"),
                    Labels(damages=damages, product=name),
                    [Masks(item, mask)],
                    split=split,
                )
            if product == 7:  # not all products have references
                continue
            view, item, _ = picture(product, 10 * product + 5)
            labels = Labels(product=name)
            writer.add_reference(f"r{product}", view, labels, item, split=split)
    return root


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(weigh, "LEAST", 2)
    monkeypatch.setattr("amiss.train.calibrate.LEAST_ITEMS", 2)
    monkeypatch.setattr("amiss.train.damage.make.LEAST_ITEMS", 2)


@pytest.fixture(scope="module")
def made(data, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weigh, "LEAST", 2)
        patch.setattr("amiss.train.calibrate.LEAST_ITEMS", 2)
        patch.setattr("amiss.train.damage.make.LEAST_ITEMS", 2)
        folder = tmp_path_factory.mktemp("made")
        return make_bundle(
            [data], folder / "bundle", folder / "work", open_bundle(), OPTIONS, NAMING
        )


def test_a_trained_bundle_inspects(made):
    inspector = Inspector(made.bundle, made.point, _engine(made.bundle))
    reference = inspector.see(picture(20, 205)[0])
    result = inspector.inspect(picture(20, 201, hole=True)[0].rgb, references=reference)
    assert result.score is not None
    assert set(result.types) == set(DamageType)
    detectors = {one.detector: one.available for one in result.evidence}
    asked = {"discrepancy": True} if "discrepancy" in detectors else {}
    assert detectors == {
        "damage": True,
        **asked,
        "comparison": detectors["comparison"],
        "depth": False,
        "surroundings": False,
    }
    alone = inspector.inspect(picture(20, 201, hole=True)[0].rgb)
    assert alone.score is not None
    assert alone.decision in set(Decision)
    assert alone.heatmaps[0].shape == (SIDE, SIDE)
    json.dumps(result.export(), allow_nan=False)
    card = (made.bundle.path / "MODEL_CARD.md").read_text()
    assert "set: 18 captures of 9 products in train" in card


@pytest.fixture
def sound(tmp_path):
    """Sound items of products of their own, each with a reference."""
    root = tmp_path / "sound"
    with writing(root) as writer:
        for product in range(30, 34):
            labels = Labels(product=f"product-{product}")
            for number in range(2):
                view, item, mask = picture(product, 10 * product + number)
                capture = Capture((view,), product=labels.product, id=f"s{product}-{number}")
                known = replace(labels, damages=())
                writer.add(capture, known, [Masks(item, mask)], split="test")
            view, item, _ = picture(product, 10 * product + 5)
            writer.add_reference(f"r{product}", view, labels, item, split="test")
    return root


def test_sound_items_of_a_data_set_say_where_sound_ends(made, data, sound, tmp_path):
    arguments = [data], tmp_path / "bundle", tmp_path / "work", open_bundle(), OPTIONS, NAMING
    again = make_bundle(*arguments, calibration=sound)
    assert again.bundle.id == made.bundle.id
    assert again.point.calibration["model_pictures"] == make.CALIBRATION
    assert again.point.calibration["model_count"] == 8
    assert again.point.midpoint == made.point.midpoint  # the discrepancy's, which is the encoder's
    assert again.point.model != made.point.model
    inspector = Inspector(again.bundle, again.point, _engine(again.bundle))
    records = open_dataset(sound).split("test")
    scores = [
        inspector.inspect(replace(record.load(decode), product=None)).score for record in records
    ]
    assert max(scores) <= 0.5 + 1e-6
    with pytest.raises(DatasetError, match="12 products that are trained on"):
        make_bundle(*arguments, calibration=data)


def _engine(bundle):
    from amiss.vision.engine.choose import load_engine

    return load_engine(bundle, threads=1)


def test_a_run_that_was_killed_makes_the_same_bundle(made, data, tmp_path):
    def kill(stage, figures):
        if stage == "judge" and figures.get("epoch") == 0:
            raise KeyboardInterrupt

    arguments = [data], tmp_path / "bundle", tmp_path / "work", open_bundle(), OPTIONS, NAMING
    with pytest.raises(KeyboardInterrupt):
        make_bundle(*arguments, kill)
    assert not (tmp_path / "bundle").exists()
    again = make_bundle(*arguments)
    assert again.bundle.id == made.bundle.id
    assert again.point == made.point


def test_a_leaking_data_set_is_refused_before_anything_is_made(data, tmp_path):
    import shutil

    import polars as pl

    leaking = tmp_path / "leaking"
    shutil.copytree(data, leaking)
    train = pl.read_parquet(leaking / "query-train.parquet")
    held_out = leaking / "query-validation.parquet"
    pl.concat([pl.read_parquet(held_out), train[:1]]).write_parquet(held_out)
    with pytest.raises(DatasetError, match="cannot be trained on"):
        make_bundle(
            [leaking], tmp_path / "bundle", tmp_path / "work", open_bundle(), OPTIONS, NAMING
        )
    assert not (tmp_path / "work").exists()


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    torch.manual_seed(5)
    network, descriptor = DamageNetwork(Width()).eval(), Descriptor(Width()).eval()
    for parameter in (*network.parameters(), *descriptor.parameters()):
        parameter.data += 0.02 * torch.randn_like(parameter)
    bundle = write_bundle(
        tmp_path_factory.mktemp("untrained") / "bundle",
        open_bundle(),
        graphs_of(network, descriptor, KNOWN, SQUEEZERS),
        (AS_TRAINED, AS_TRAINED),
        "# Card\n",
        name="untrained",
        version="1",
        created="2026-11-25",
        sources=(),
    )
    return bundle, network, descriptor


def test_what_is_served_is_what_was_trained(untrained):
    """On golden captures: logits of the trained network and of the exported graphs agree."""
    bundle, network, descriptor = untrained
    model, features = DamageModel(bundle, 1), EngineFeatures.of(bundle, 1)
    views = [picture(3, seed, hole=seed == 1)[0] for seed in (1, 2, 3)]
    readings, keys = [], []
    with torch.inference_mode():
        for view in views:
            frame = cv2.resize(view.rgb, (448, 448), interpolation=cv2.INTER_LINEAR)
            maps = features(frame)
            beside = cues(view, (56, 56))[None]
            readings += model.read({name: one[None] for name, one in maps.items()}, beside)
            squeezed = {
                name: one.unsqueeze(one.squeeze(maps[name]), maps[name].shape[1:])
                for name, one in SQUEEZERS.items()
            }
            s16 = np.concatenate([squeezed["s16b7"], squeezed["s16b10"]])[None]
            s8, s16, cue = map(torch.from_numpy, (squeezed["s8"][None], s16, beside))
            coarse, fine = network.neck(s8, s16, cue)
            told, found = network.alone(coarse, fine), descriptor(s8, s16)
            reading = readings[-1]
            (alone,) = model.tell([reading.maps])
            assert np.abs(told[0][0].numpy() - alone.maps).max() < 1e-3
            assert np.abs(told[1][0].numpy() - alone.view).max() < 1e-3
            (seen,) = model.describe([reading])
            assert np.abs(found[0][0].numpy() - seen.descriptors).max() < 1e-3
            assert np.abs(found[2][0].numpy() - seen.embedding).max() < 1e-3
            keys.append((coarse, fine, *network.comparator.keys(coarse, fine)))
        own, *references = model.describe(readings)
        first, second = model.compare(readings[:2], model.describe(readings[:2]), references)
        compared, _ = model.tell([first.maps, second.maps])
        places = match(
            (own.descriptors, own.item),
            [(one.descriptors, one.item) for one in references],
        )
        rows = [
            torch.cat([*(key[at].permute(0, 2, 3, 1).flatten(0, 2) for key in keys[1:]), zeros])
            for at, zeros in ((2, torch.zeros(1, 32)), (3, torch.zeros(1, 12)))
        ]
        grids = [(28, 28)] * 2
        beside = Beside(
            *rows,
            *(
                torch.from_numpy(np.asarray(one)[None])
                for one in (
                    around(places, grids),
                    around_finely(places, grids),
                    places.support,
                    places.likeness,
                )
            ),
        )
        maps, view = network.beside(keys[0][0], keys[0][1], beside)
    # Single places of random maps go further apart than what is made of all of them.
    assert np.abs(maps[0].numpy() - compared.maps).max() < 3e-3
    assert np.abs(view[0].numpy() - compared.view).max() < 1e-3


def test_views_are_told_alike_together_and_one_by_one(made):
    """Of two sizes, one of them its own reference: what is computed together changes nothing."""
    inspector = Inspector(
        made.bundle, made.point, _engine(made.bundle), settings=Settings(least_shown=0.0)
    )
    views = [picture(20, seed, hole=seed == 302)[0] for seed in (301, 302, 303)]
    views[1] = replace(views[1], rgb=views[1].rgb[:CUT], size=(SIDE, CUT))
    references = [inspector.see(picture(20, seed)[0], str(seed)) for seed in (303, 304)]
    together = inspector.judge(Capture(tuple(views)), references)
    for index, view in enumerate(views):
        (alone,) = inspector.judge(Capture((view,)), references)
        assert np.abs(alone.told.view - together[index].told.view).max() < 1e-4
        assert (alone.beside is None) == (together[index].beside is None)
        assert alone.familiarity == pytest.approx(together[index].familiarity, abs=1e-5)
    beside = [[reference.name for reference in one.beside[1]] for one in together]
    # A picture is no reference for itself.
    assert beside == [["303", "304"], ["303", "304"], ["304"]]


def test_a_model_for_other_preprocessing_is_refused(untrained, monkeypatch):
    bundle, _, _ = untrained
    monkeypatch.setattr("amiss.detect.preprocessing.RELIEF_VERSION", 2)
    with pytest.raises(BundleError, match="prepared in another way"):
        DamageModel(bundle, 1)


def test_weights_that_are_no_numbers_are_refused(untrained, tmp_path):
    _, network, descriptor = untrained
    import copy

    broken = copy.deepcopy(network)
    next(broken.head.parameters()).data.fill_(float("nan"))
    bundle = write_bundle(
        tmp_path / "bundle",
        open_bundle(),
        graphs_of(broken, descriptor, KNOWN, SQUEEZERS),
        (AS_TRAINED, AS_TRAINED),
        "# Card\n",
        name="broken",
        version="1",
        created="2026-11-25",
        sources=(),
    )
    with pytest.raises(BundleError, match="not finite"):
        DamageModel(bundle, 1)


def test_the_work_folder_of_another_run_is_refused(made, data, tmp_path):
    work = made.bundle.path.with_name("work")
    other = Options(epochs=3, describe_epochs=1, threads=1)
    with pytest.raises(DatasetError, match="another kind"):
        make_bundle([data], tmp_path / "bundle", work, open_bundle(), other, NAMING)


def test_facts_of_the_run_stand_in_its_folder(made):
    facts = json.loads((made.bundle.path.with_name("work") / make.FACTS).read_text())
    assert facts["bundle"] == made.bundle.id
    assert facts["datasets"][0]["products"] == {"train": 9, "validation": 3}
