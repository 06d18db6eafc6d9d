"""Whole data sets, painted from photographs that are drawn here."""

import json

import numpy as np
import pytest
from PIL import Image

from amiss.dataset.check.dataset import check_dataset
from amiss.dataset.reader import open_dataset
from amiss.dataset.writer import Writer
from amiss.domain.errors import DatasetError, ImageError, SimulationError
from amiss.domain.words import DamageType, Locus
from amiss.simulate.begun import PAINTED
from amiss.simulate.paint import outline, recipes
from amiss.simulate.paint.outline import sought
from amiss.simulate.paint.paint import paint, untouched
from amiss.simulate.paint.recipe import Recipe, UnfitError
from amiss.simulate.painting.bulk import paint_all
from amiss.simulate.painting.easel import LEAST_SEEN_PX, Easel
from amiss.simulate.painting.photographs import find
from amiss.simulate.painting.plan import Plan
from amiss.vision.decode import decode
from sound_photographs import carton, photograph, save, shop

PLAN = Plan(seed=3, types=(DamageType.HOLE, DamageType.TEAR), references=2, split="train")


def tree(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return find(shop(tmp_path_factory.mktemp("shop")))


@pytest.fixture(scope="module")
def made(tmp_path_factory, found):
    """A data set made in one go, and what making it said."""
    root, told = tmp_path_factory.mktemp("made") / "set", []
    return root, paint_all(root, PLAN, found, lambda *how: told.append(how)), told


@pytest.fixture(scope="module")
def records(made):
    return list(open_dataset(made[0]).split("train"))


def test_it_is_a_data_set_to_train_on(made, records):
    root, said, told = made
    report = check_dataset(open_dataset(root), decode=decode)
    report.require_sound()
    counts = report.splits["train"]
    # of five, three and one photographs, two, one and none are references
    assert (counts.captures, counts.good, counts.damaged, counts.references) == (12, 6, 6, 3)
    assert (said.planned, said.written, said.left_out) == (12, 12, {})
    assert told[0] == (0, 12)
    assert told[-1] == (12, 12)
    assert {record.item for record in records} == {"milk", "juice", "tea"}


def test_captures_say_what_was_painted_and_that_it_was(records):
    by_number = {recipe.name: recipe for recipe in recipes.RECIPES}
    for record in records:
        labels, (view,) = record.labels, record.views
        assert labels.simulated
        assert labels.product == record.product == record.item
        assert record.material is None
        if not labels.damages:
            assert labels.tags == ("painted",)
            assert labels.story.endswith(", untouched")
            assert not view.load_damage_mask().any()
            continue
        (damage,) = labels.damages
        _, name, family = labels.tags
        recipe = by_number[name.partition("/")[2].partition("@")[0]]
        assert (name, family) == (str(recipe), f"family_{recipe.family}")
        assert damage.type is recipe.damage in {DamageType.HOLE, DamageType.TEAR}
        assert damage.severity is not None
        assert damage.locus is Locus.OUTER_PACKAGING
        assert damage.numbers["area_share"] > 0
        mask = view.load_damage_mask()
        assert set(np.unique(mask)) == {0, 1 + tuple(DamageType).index(damage.type)}
        assert (mask > 0).sum() == view.damage_pixels >= LEAST_SEEN_PX
        assert labels.story.startswith(f"{recipe} painted onto ")


def test_the_seed_in_the_labels_paints_the_same_again(records, found):
    shown = {one.name: one for one in found.photographs}
    for record in records[:4]:
        labels = record.labels
        name = labels.story.removesuffix(", untouched").rpartition(" painted onto ")[2]
        rgb = decode(shown[name].path).rgb
        rng, item = np.random.default_rng(labels.seed), sought(rgb).mask
        if labels.damages:
            again = paint(rgb, rng, item=item, damage=labels.damages[0].type)
        else:
            again = untouched(rgb, rng, item=item)
        np.testing.assert_array_equal(again.mask, record.views[0].load_damage_mask() > 0)
        stored = record.load(decode).views[0].rgb.astype(float)
        assert np.abs(stored - again.picture).mean() < 3  # JPEG


def test_no_reference_is_a_photograph_that_was_painted_on(made, records, found):
    split = open_dataset(made[0]).split("train")
    names = {PLAN.name(one): one for one in found.photographs}
    used = {record.id.rpartition("-")[0] for record in records}
    kept = {one.view.id for item in split.items for one in split.references(item)}
    assert not used & kept
    assert used | kept == set(names)
    for item in split.items:
        for one in split.references(item):
            assert not one.simulated
            shown = names[one.view.id]
            assert shown.product == item == one.item
            stored = one.view.load(decode).rgb.astype(float)
            assert np.abs(stored - decode(shown.path).rgb).mean() < 2
    assert split.references("tea") == ()


def test_a_silhouette_is_only_written_where_it_is_certain(records):
    for record in records:
        silhouette = record.views[0].load_item_mask()
        if "held.PNG" in record.labels.story:
            assert silhouette is None
        else:
            there = carton()
            assert (silhouette & there).sum() / (silhouette | there).sum() > 0.85


def test_a_run_that_was_cut_off_leaves_no_data_set_and_goes_on(made, found, tmp_path, monkeypatch):
    placed = []

    def cut(writer, packed, place=Writer.place):
        if len(placed) == 7:
            raise KeyboardInterrupt
        placed.append(packed)
        place(writer, packed)

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "place", cut)
        with pytest.raises(KeyboardInterrupt):
            paint_all(tmp_path / "set", PLAN, found)
    with pytest.raises(DatasetError):
        open_dataset(tmp_path / "set")
    said = paint_all(tmp_path / "set", PLAN, found)
    assert 0 < said.written < said.planned
    assert tree(tmp_path / "set") == tree(made[0])


def test_what_is_there_is_not_painted_again(made, found, monkeypatch):
    monkeypatch.setattr(Easel, "put_up", None)
    before = tree(made[0])
    assert paint_all(made[0], PLAN, found).written == 0
    assert tree(made[0]) == before


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"seed": 4}, "seed 3, not 4"),
        ({"copies": 3}, "copies 2, not 3"),
        ({"families": frozenset({0})}, "families , not 0"),
        ({"split": None}, "split train, not None"),
    ],
)
def test_a_data_set_is_gone_on_with_as_it_was_begun(made, found, change, word):
    plan = Plan(**{**{name: getattr(PLAN, name) for name in PLAN.__dataclass_fields__}, **change})
    with pytest.raises(DatasetError, match=word):
        paint_all(made[0], plan, found)


def test_other_photographs_are_another_data_set(made, tmp_path):
    gallery, iconic = shop(tmp_path)
    save(gallery / "milk" / "new.jpg", photograph(50))
    with pytest.raises(DatasetError, match=r"photographs 9 \(\w+\), not 10"):
        paint_all(made[0], PLAN, find([gallery, iconic]))


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, found):
    (tmp_path / "simulation.json").write_text("{}")
    with pytest.raises(DatasetError, match="name a new folder"):
        paint_all(tmp_path, PLAN, found)
    assert set(tree(tmp_path)) == {"simulation.json"}


def test_what_a_set_was_begun_with_can_be_read(made):
    settings = json.loads((made[0] / PAINTED).read_text())
    assert (settings["seed"], settings["types"]) == (3, ["tear", "hole"])


def test_photographs_without_an_item_become_no_captures(tmp_path):
    small = np.full((300, 300, 3), 120, np.uint8)
    small[130:170, 130:170] = (200, 40, 40)
    save(tmp_path / "shop" / "tiny" / "1.png", small)
    save(tmp_path / "shop" / "nothing.png", np.full((200, 200, 3), 128, np.uint8))
    with pytest.raises(SimulationError, match="In none of 2 photographs"):
        paint_all(tmp_path / "none", PLAN, find([tmp_path / "shop"]))
    with pytest.raises(DatasetError):
        open_dataset(tmp_path / "none")
    save(tmp_path / "shop" / "carton.png", photograph(1))
    said = paint_all(tmp_path / "set", PLAN, find([tmp_path / "shop"]))
    assert said.left_out == {"no_item": 2, "small_item": 2}
    assert said.written == 2


def test_where_no_damage_fits_nothing_is_called_damaged(tmp_path, monkeypatch):
    def unfit(_photo, _rng, _share):
        raise UnfitError

    monkeypatch.setattr(recipes, "RECIPES", (Recipe(DamageType.HOLE, 0, "unfit", unfit),))
    save(tmp_path / "shop" / "carton.png", photograph(1))
    said = paint_all(tmp_path / "set", Plan(seed=1, split="train"), find([tmp_path / "shop"]))
    assert (said.written, said.left_out) == (1, {"no_damage_fits": 1})
    (record,) = open_dataset(tmp_path / "set").split("train")
    assert record.labels.damages == ()


def test_damage_that_hardly_shows_is_drawn_anew(tmp_path, monkeypatch):
    drawn = []

    def spot(photo, _rng, _share):
        side = 9 if len(drawn) < 3 else 13
        drawn.append(side)
        photo.light[60 : 60 + side, 90 : 90 + side] *= 0.2
        photo.marked[60 : 60 + side, 90 : 90 + side] = True
        return {}

    monkeypatch.setattr(recipes, "RECIPES", (Recipe(DamageType.HOLE, 0, "spot", spot),))
    save(tmp_path / "shop" / "carton.png", photograph(1))
    plan = Plan(seed=1, copies=1, damaged=1, split="train")
    (one,) = find([tmp_path / "shop"]).photographs
    paint_all(tmp_path / "set", plan, find([tmp_path / "shop"]))
    assert drawn == [9, 9, 9, 13]
    (record,) = open_dataset(tmp_path / "set").split("train")
    assert record.views[0].damage_pixels > LEAST_SEEN_PX
    assert record.labels.seed == plan.copies_of(one)[0].seed + 3


def test_large_photographs_are_reduced_and_small_ones_are_not_enlarged(tmp_path):
    big = Image.fromarray(photograph(1)).resize((1000, 1040))
    save(tmp_path / "shop" / "big.png", np.asarray(big))
    save(tmp_path / "shop" / "small.png", photograph(2))
    plan = Plan(seed=1, copies=1, damaged=0, size=416, split="test")
    paint_all(tmp_path / "set", plan, find([tmp_path / "shop"]))
    shapes = {
        record.item: record.load(decode).views[0].rgb.shape
        for record in open_dataset(tmp_path / "set").split("test")
    }
    assert shapes == {"big": (416, 400, 3), "small": (260, 250, 3)}


def test_outlines_in_clutter_and_with_bites_are_guesses():
    assert sought(photograph(1)).certain
    assert not sought(photograph(1, plain=False)).certain
    bitten = photograph(1)
    bitten[80:180, 75:130] = 120  # in the ground's own colour
    assert not sought(bitten).certain


def test_a_guess_that_hangs_on_the_rim_is_none(monkeypatch):
    """Two strips overlap by half once the rim is off: what was held is anybody's guess."""
    picture = photograph(1, plain=False)

    def guess(shown):
        mask = np.zeros(shown.shape[:2], bool)
        mask[60:160, 60 : 160 if shown.shape == picture.shape else 100] = True
        return mask

    monkeypatch.setattr(outline, "held", guess)
    with pytest.raises(ImageError, match="hand in a mask"):
        sought(picture)


def test_clutter_around_what_stands_out_is_no_plain_ground():
    """A border of one colour is not enough: shelves inside it are no item."""
    picture = photograph(1, plain=False)
    picture[:8] = picture[-8:] = 60
    picture[:, :8] = picture[:, -8:] = 60
    found = sought(picture)
    assert not found.certain
    assert (found.mask & carton()).sum() / (found.mask | carton()).sum() > 0.75
