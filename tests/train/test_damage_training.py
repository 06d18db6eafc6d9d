"""The heads learn, and a run that was stopped ends where one that was not ends."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from amiss.detect.cues import CHANNELS as CUES
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType
from amiss.train.cache.store import Kept, KeptItem
from amiss.train.damage.embed import embed, embedding, embedding_loss, standardise, steps
from amiss.train.damage.figures import recognised
from amiss.train.damage.fit import CHECKPOINT, LOG, RUN, Recipe, fit
from amiss.train.damage.losses import UNKNOWN, Weights, damage_loss
from amiss.train.damage.network import (
    ANY,
    GRAVE,
    MAJOR,
    MAPS,
    PRODUCT,
    TYPES,
    WHICH,
    DamageHead,
    Descriptor,
    Embedding,
    Neck,
    Width,
    over_item,
)
from amiss.train.damage.samples import grades, is_placed, targets

GRID = (6, 8)


def inputs(count=3):
    generator = torch.Generator().manual_seed(1)
    rows, columns = GRID
    return (
        torch.randn(count, 40, 2 * rows, 2 * columns, generator=generator),
        torch.randn(count, 192, rows, columns, generator=generator),
        torch.randn(count, CUES, 2 * rows, 2 * columns, generator=generator),
    )


def test_maps_lie_over_fine_cells_and_descriptors_have_length_one():
    s8, s16, cues = inputs()
    torch.manual_seed(0)
    neck, head, descriptor = Neck(Width()), DamageHead(Width()), Descriptor(Width())
    maps, view = head(*neck(s8, s16, cues))
    assert maps.shape == (3, MAPS, 12, 16)
    assert view.shape == (3, 2 * TYPES + 2)
    assert torch.sigmoid(maps[:, :TYPES]).mean() < 0.2  # damage is rare before anything is learnt
    found, item, embedding = descriptor(s8, s16)
    assert found.shape == (3, 48, *GRID)
    assert item.shape == (3, *GRID)
    assert embedding.shape == (3, 128)
    for unit in (found, embedding):
        assert unit.detach().norm(dim=1).numpy() == pytest.approx(1, abs=1e-5)


def test_an_embedding_tells_of_the_item_alone():
    s8, s16, _ = inputs()
    torch.manual_seed(0)
    layer = Embedding(Width()).eval()
    item = torch.zeros(3, *GRID)
    item[:, 1:4, 2:6] = 1
    before = layer(over_item(s8, s16, item))
    beside = s16.clone()
    beside[:, :, 5] += 3
    assert torch.allclose(before, layer(over_item(s8, beside, item)), atol=1e-5)
    beside[:, :, 2] += 3
    assert not torch.allclose(before, layer(over_item(s8, beside, item)), atol=1e-2)
    assert bool(torch.isfinite(layer(over_item(s8, s16, torch.zeros(3, *GRID)))).all())


def test_a_channel_that_is_large_in_every_view_hides_nothing():
    """As the encoder's are: once standardised, embeddings of different views differ."""
    s8, s16, _ = inputs(8)
    s16[:, 3] += 4000
    item = torch.ones(8, *GRID)
    torch.manual_seed(0)
    layer = Embedding(Width()).eval()

    def likeness():
        found = layer(over_item(s8, s16, item))
        return float((found @ found.T).detach().triu(1).sum() / 28)

    before = likeness()
    assert before > 0.95
    layer.standardise(over_item(s8, s16, item))
    assert likeness() < before - 0.4


def test_the_type_is_read_off_where_the_damage_is_and_teaches_nothing_else():
    torch.manual_seed(0)
    width = Width()
    head = DamageHead(width).eval()
    coarse, fine = torch.randn(2, width.coarse, *GRID), torch.randn(2, width.fine, 12, 16)
    _, view = head(coarse, fine)
    view[:, WHICH].sum().backward()
    taught = {
        name.split(".")[0]
        for name, one in head.named_parameters()
        if one.grad is not None and bool(one.grad.any())
    }
    assert taught == {"which"}

    which = head.which
    maps = torch.full((1, TYPES, 12, 16), -20.0)
    maps[0, 2, 4, 6] = 20
    read = torch.zeros(1, which.layers[0].in_features - TYPES - width.coarse - width.fine)
    elsewhere, there = fine[:1].clone(), fine[:1].clone()
    elsewhere[..., 9, 9] += 5
    there[..., 4, 6] += 5
    before, other, changed = (
        which(read, maps, coarse[:1], one) for one in (fine[:1], elsewhere, there)
    )
    assert torch.allclose(before, other, atol=1e-5)
    assert not torch.allclose(before, changed, atol=1e-2)


def test_embeddings_are_taught_to_tell_products_apart(tmp_path):
    """Products differ in few of many numbers; views of one product differ in the others."""
    east, north = torch.eye(4)[:2], torch.eye(4)[2:]
    assert float(embedding_loss(east, east)) < 1e-4
    assert float(embedding_loss(east, north)) > 0.5
    rng = np.random.default_rng(0)
    width = Width(shallow=4, deep=12, embedding=8)

    def products(count):
        """Three captures of two views; the last capture is a reference."""
        found = []
        for _ in range(count):
            numbers = rng.normal(0, 3, (3, 2, 32)).astype(np.float32)
            numbers[..., 20:26] = rng.normal(size=6)
            found.append(list(numbers))
        return found

    taught, others = products(100), [(captures, 1) for captures in products(30)]
    torch.manual_seed(0)
    layer = Embedding(width)
    standardise(layer, taught)
    assert steps(taught) == 2
    before = recognised(layer, others)["recognised"]
    fit(tmp_path, layer, lambda rng: embedding(layer, taught, rng),
        Recipe(60, 2, rate=1e-2, decay=1e-2), about={})  # fmt: skip
    assert before < 0.3
    assert recognised(layer, others)["recognised"] > 0.7
    assert np.linalg.norm(embed(layer, taught[0][0]), axis=1) == pytest.approx(1, abs=1e-5)
    assert steps(taught[:1]) == steps([captures[:1] for captures in taught]) == 0
    assert recognised(layer, others[:1]) == {}


def perfect():
    shares = torch.zeros(2, MAPS, 12, 16)
    shares[0, 2, 3:6, 4:9] = 1
    shares[:, TYPES, 2:10, 2:14] = 1
    targets = torch.zeros(2, TYPES + 2)
    targets[0, [2, ANY, MAJOR]] = 1
    which = 24 * targets[:, :TYPES] - 12
    return 24 * shares - 12, torch.cat([24 * targets - 12, which], 1), shares, targets


def test_the_loss_is_least_where_all_is_right():
    maps, view, shares, targets = perfect()
    weights = Weights()
    best = float(damage_loss(maps, view, shares, targets, weights))
    assert best < 0.02
    assert float(damage_loss(-maps, view, shares, targets, weights)) > best + 1
    assert float(damage_loss(maps, -view, shares, targets, weights)) > best + 1
    shifted = torch.roll(maps, 4, dims=3)
    assert float(damage_loss(shifted, view, shares, targets, weights)) > best + 0.2


def test_what_nobody_knows_teaches_nothing():
    maps, view, shares, targets = perfect()
    targets[:, 4] = UNKNOWN
    before = float(damage_loss(maps, view, shares, targets, Weights()))
    view[:, 4] = 30.0
    assert float(damage_loss(maps, view, shares, targets, Weights())) == pytest.approx(before)
    targets[:] = UNKNOWN
    assert np.isfinite(float(damage_loss(maps, view, shares, targets, Weights())))


def test_where_damage_is_not_placed_its_cells_teach_nothing():
    maps, view, shares, targets = perfect()
    weights = Weights(item=0)
    known = torch.tensor([False, True])
    right = float(damage_loss(maps, view, shares, targets, weights, known))
    wrong = maps.clone()
    wrong[0] = -wrong[0]
    assert float(damage_loss(wrong, view, shares, targets, weights, known)) == right
    assert float(damage_loss(wrong, view, shares, targets, weights)) > right + 0.5
    nothing = torch.tensor([False, False])
    assert float(damage_loss(wrong, view, shares, targets, weights, nothing)) < right + 0.01


def test_an_absurd_label_pulls_less_than_an_unsure_one():
    maps, view, shares, targets = perfect()
    pulls = []
    for logit in (-8.0, -0.5):
        view = view.detach().clone()
        view[0, ANY] = logit
        view.requires_grad_(True)
        loss = damage_loss(maps, view, shares, targets, Weights())
        (slope,) = torch.autograd.grad(loss, view)
        pulls.append(abs(float(slope[0, ANY])))
    assert 0 < pulls[0] < 0.5 * pulls[1]


def test_the_more_a_label_is_doubted_the_less_an_absurd_one_pulls():
    maps, view, shares, targets = perfect()
    view[0, ANY] = -6.0
    pulls = []
    for doubt in (0.1, 0.5, 1.0):
        view = view.detach().requires_grad_(True)
        loss = damage_loss(maps, view, shares, targets, Weights(doubt=doubt))
        (slope,) = torch.autograd.grad(loss, view)
        pulls.append(abs(float(slope[0, ANY])))
    assert pulls[0] > 5 * pulls[1] > 25 * pulls[2] > 0


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(4, 1)
        self.drop = nn.Dropout(0.3)


def run(folder, epochs, stop=None):
    torch.manual_seed(3)
    network = Line()
    told = []

    def epoch(rng):
        for _ in range(5):
            x = torch.from_numpy(rng.normal(size=(16, 4)).astype(np.float32))
            yield ((network.one(network.drop(x)) - x.sum(1, keepdim=True)) ** 2).mean()

    def tell(line):
        told.append(line)
        if stop is not None and line["epoch"] == stop:
            raise KeyboardInterrupt

    recipe = Recipe(epochs, steps=5, rate=0.1)
    try:
        fit(folder, network, epoch, recipe, about={"what": "a line"}, tell=tell)
    except KeyboardInterrupt:
        return run(folder, epochs)
    return network, told


def test_a_run_that_was_stopped_ends_with_the_same_weights(tmp_path):
    whole, told = run(tmp_path / "whole", 8)
    stopped, rest = run(tmp_path / "stopped", 8, stop=3)
    assert [line["epoch"] for line in rest] == [4, 5, 6, 7]
    assert torch.equal(whole.one.weight, stopped.one.weight)
    assert torch.equal(whole.one.bias, stopped.one.bias)
    lines = (tmp_path / "stopped" / LOG).read_text().splitlines()
    assert [json.loads(line) for line in lines] == told
    assert told[-1]["loss"] < 0.7 * told[0]["loss"]


def test_a_folder_of_another_run_is_refused(tmp_path):
    run(tmp_path, 2)
    with pytest.raises(DatasetError, match="another kind"):
        run(tmp_path, 3)
    (tmp_path / CHECKPOINT).unlink()
    _, told = run(tmp_path, 2)
    assert [line["epoch"] for line in told] == [0, 1]


@pytest.mark.parametrize(("name", "words"), [(RUN, "another kind"), (CHECKPOINT, "is broken")])
def test_a_run_with_a_broken_file_is_refused(tmp_path, name, words):
    run(tmp_path, 2)
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(DatasetError, match=words):
        run(tmp_path, 2)


def test_an_epoch_without_a_loss_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="nothing to learn from"):
        fit(tmp_path, Line(), lambda _: iter(()), Recipe(1, 1), about={})


def kept(pixels, grid=(28, 28)):
    fine = (2 * grid[0], 2 * grid[1])
    return Kept("v", "top", "0", fine, grid, pixels, {})


def item(damages, views):
    return KeptItem("i", "train", "p", "p", "0", None, (), damages, views)


def test_targets_say_what_is_seen():
    crush, tear = 0, 1
    pixels = [0] * TYPES
    pixels[crush], pixels[tear] = 400, 30
    view = kept(tuple(pixels))
    shown = item((("crush", "minor", None), ("tear", "major", None)), (view,))
    found = targets(shown, view)
    assert found[[crush, tear, 4, ANY, MAJOR]].tolist() == [1, UNKNOWN, 0, 1, UNKNOWN]
    sound = item((), (view,))
    clean = kept((0,) * TYPES)
    assert not targets(sound, clean).any()
    assert not targets(None, clean).any()
    assert (targets(item(None, (clean,)), clean) == UNKNOWN).all()


def test_without_masks_a_damage_is_on_one_of_several_views():
    bare = kept(None)
    several = item((("hole", "major", None),), (bare, bare))
    assert targets(several, bare)[[2, ANY, MAJOR, 0]].tolist() == [UNKNOWN, UNKNOWN, UNKNOWN, 0]
    assert not is_placed(several, bare)
    assert is_placed(item((), (bare,)), bare)
    assert is_placed(None, bare)
    assert is_placed(several, kept((0,) * TYPES))
    alone = item((("hole", "major", None),), (bare,))
    assert targets(alone, bare)[[2, ANY, MAJOR]].tolist() == [1, 1, 1]


def test_other_peoples_words_teach_as_far_as_they_go():
    bare = replace(kept(None), any=True, major=False, words=("penetration", "spillage"))
    foreign = item(None, (bare,))
    found = dict(zip([*DamageType, "any", "major"], targets(foreign, bare), strict=True))
    assert found[DamageType.SPILLAGE] == 1
    assert found[DamageType.HOLE] == found[DamageType.TEAR] == UNKNOWN
    assert found[DamageType.CRUSH] == 0
    assert (found["any"], found["major"]) == (1, 0)
    assert not is_placed(foreign, bare)
    sound = replace(kept(None), any=False, major=False)
    assert not targets(item(None, (sound,)), sound).any()
    assert is_placed(item(None, (sound,)), sound)


def test_grades_are_told_where_damage_is_and_only_there():
    damage = np.zeros((TYPES, 4, 6), np.float32)
    damage[0, 1, 1:3], damage[2, 3, 4] = 0.8, 0.6
    view = kept((0,) * TYPES)
    told = (("crush", "major", "outer_packaging"), ("hole", "minor", "product"))
    found = grades(item(told, (view,)), damage)
    assert found[:, 1, 1].tolist() == [1, 0]
    assert found[:, 3, 4].tolist() == [0, 1]
    assert (found != UNKNOWN).sum() == 2 * 3
    twice = (("crush", "major", None), ("crush", "minor", None))
    assert (grades(item(twice, (view,)), damage) == UNKNOWN).all()
    assert (grades(None, damage) == UNKNOWN).all()


def test_grades_teach_nothing_where_there_is_nothing_to_grade():
    maps, view, shares, _ = perfect()
    told = torch.zeros(2, TYPES + 2)
    graded = torch.full((2, 2, 12, 16), UNKNOWN)
    graded[0, :, 4, 5] = torch.tensor([1.0, 0.0])
    right, wrong = maps.clone(), maps.clone()
    right[0, [GRAVE, PRODUCT], 4, 5] = torch.tensor([9.0, -9.0])
    wrong[0, [GRAVE, PRODUCT], 4, 5] = torch.tensor([-9.0, 9.0])
    away = right.clone()
    away[1, GRAVE:] = 9.0
    lost = [
        float(damage_loss(one, view, shares, told, Weights(), None, graded))
        for one in (right, wrong, away)
    ]
    assert lost[1] > lost[0] + 1
    assert lost[2] == pytest.approx(lost[0])


def test_a_loss_that_is_no_number_stops_the_run(tmp_path):
    network = Line()

    def epoch(_rng):
        yield network.one(torch.full((1, 4), float("nan"))).mean()

    with pytest.raises(DatasetError, match="no number"):
        fit(tmp_path, network, epoch, Recipe(1, 1), about={})
    assert not (tmp_path / CHECKPOINT).exists()
