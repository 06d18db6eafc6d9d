"""The folder layout on generated miniature trees, and its real examples where they are at hand."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from amiss.dataset.folder import FolderDataset, draw_references, half
from amiss.dataset.mask import load_mask
from amiss.domain.errors import DatasetError

REAL = os.environ.get("AMISS_REAL_DATA")


def grow(root: Path, *files: str) -> Path:
    """Listing opens no picture, so empty files will do."""
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def names(samples):
    return [sample.name for sample in samples]


def test_everything_has_its_place(tmp_path):
    grow(
        tmp_path,
        "good/2.jpg", "good/10.JPG", "good/shelf/1.png",
        "damaged/plain.jpeg", "damaged/tear/1.jpg", "damaged/tear/2.jpg", "damaged/hole/left/1.png",
        "masks/tear/1_mask.png", "masks/hole/left/1.JPG",
    )  # fmt: skip
    dataset = FolderDataset.open(tmp_path)
    assert names(dataset.good) == ["good/10.JPG", "good/2.jpg", "good/shelf/1.png"]
    assert [(s.name, s.type, s.mask and s.mask.name) for s in dataset.damaged] == [
        ("damaged/hole/left/1.png", "hole", "1.JPG"),
        ("damaged/plain.jpeg", None, None),
        ("damaged/tear/1.jpg", "tear", "1_mask.png"),
        ("damaged/tear/2.jpg", "tear", None),
    ]
    assert all(s.damaged for s in dataset.damaged)
    assert not any(s.damaged or s.type or s.mask for s in dataset.good)
    assert all(s.path == tmp_path / s.name for s in dataset.good + dataset.damaged)
    assert dataset.references == ()
    assert dataset.ignored == 0


def test_a_mask_of_the_same_name_is_found_and_belongs_to_its_own_folder(tmp_path):
    grow(tmp_path, "good/1.jpg", "damaged/a.jpg", "damaged/tear/a.jpg", "masks/a.jpg")
    plain, tear = FolderDataset.open(tmp_path).damaged
    assert plain.mask == tmp_path / "masks/a.jpg"
    assert tear.mask is None


def test_hidden_files_are_skipped_and_unknown_ones_counted(tmp_path):
    grow(
        tmp_path,
        "good/1.jpg", "good/.DS_Store", "good/.thumbs/1.jpg", "good/Thumbs.db",
        "damaged/1.jpg", "damaged/1.txt", "README.md", "masks/unknown.png", "other/1.jpg",
    )  # fmt: skip
    dataset = FolderDataset.open(tmp_path)
    assert names(dataset.good + dataset.damaged) == ["good/1.jpg", "damaged/1.jpg"]
    assert dataset.ignored == 5


def test_two_masks_for_one_picture_are_refused(tmp_path):
    grow(tmp_path, "good/1.jpg", "damaged/1.jpg", "masks/1.png", "masks/1_mask.png")
    with pytest.raises(DatasetError, match="masks for the same picture"):
        FolderDataset.open(tmp_path)


def test_missing_parts_are_said_in_one_sentence(tmp_path):
    with pytest.raises(DatasetError, match="no folder"):
        FolderDataset.open(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="good/"):
        FolderDataset.open(grow(tmp_path, "damaged/1.jpg"))
    with pytest.raises(DatasetError, match="good/"):
        FolderDataset.open(grow(tmp_path, "good/notes.txt"))
    assert FolderDataset.open(grow(tmp_path / "calm", "good/1.jpg")).damaged == ()


@pytest.fixture
def ten(tmp_path):
    return FolderDataset.open(
        grow(tmp_path, *(f"good/{i}.jpg" for i in range(10)), "damaged/1.jpg", "damaged/2.jpg")
    )


def test_references_are_drawn_from_good_and_the_rest_is_tested(ten):
    references, tested = draw_references(ten, 3, seed=0)
    assert len(set(names(references))) == 3
    assert sorted(names(references) + names(tested)) == sorted(names(ten.good + ten.damaged))
    assert names(tested) == sorted(names(tested), key=names(ten.good + ten.damaged).index)
    assert not any(sample.damaged for sample in references)


def test_draws_follow_the_seed_and_nest(ten):
    draws = {seed: names(draw_references(ten, 8, seed)[0]) for seed in range(5)}
    assert names(draw_references(ten, 8, 0)[0]) == draws[0]
    assert len({tuple(draw) for draw in draws.values()}) == 5
    assert names(draw_references(ten, 3, 0)[0]) == draws[0][:3]


def test_no_references_leave_everything_to_test(ten):
    assert draw_references(ten, 0, 0) == ((), ten.good + ten.damaged)


def test_references_of_their_own_leave_all_good_to_test(tmp_path):
    grow(tmp_path, "good/1.jpg", "damaged/1.jpg", "reference/1.jpg", "reference/2.jpg")
    dataset = FolderDataset.open(tmp_path)
    references, tested = draw_references(dataset, 2, seed=0)
    assert sorted(names(references)) == ["reference/1.jpg", "reference/2.jpg"]
    assert names(tested) == ["good/1.jpg", "damaged/1.jpg"]
    assert dataset.ignored == 0


@pytest.mark.parametrize("k", [-1, 11])
def test_more_references_than_there_are_cannot_be_drawn(ten, k):
    with pytest.raises(DatasetError, match="draw"):
        draw_references(ten, k, seed=0)


def test_halves_follow_the_sha1_of_the_file_name_alone():
    # As `printf 1.jpg | sha1sum` says: …67c is even, …72b and …047 are odd.
    assert [half(name) for name in ("1.jpg", "2.jpg", "3.jpg")] == ["choose", "report", "report"]
    for name in (f"{i}.png" for i in range(50)):
        even = int(hashlib.sha1(name.encode()).hexdigest()[-1], 16) % 2 == 0
        assert half(f"damaged/tear/{name}") == half(name) == ("choose" if even else "report")


def save(path, array):
    Image.fromarray(np.asarray(array, dtype=np.uint8)).save(path, quality=95)
    return path


def blot(shape=(40, 60)):
    mask = np.zeros(shape, dtype=bool)
    mask[8:24, 16:40] = True
    return mask


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_grey_masks_are_damaged_where_bright(tmp_path, suffix):
    mask = load_mask(save(tmp_path / f"m{suffix}", blot() * 255))
    assert mask.dtype == bool
    assert (mask == blot()).all()


def test_the_threshold_of_grey_masks_is_127(tmp_path):
    mask = load_mask(save(tmp_path / "m.png", [[0, 127, 128, 255]]))
    assert mask.tolist() == [[False, False, True, True]]


@pytest.mark.parametrize("background", [0, 128, 255])
@pytest.mark.parametrize("colour", [(34, 164, 55), (255, 0, 0), (0, 0, 120), (200, 200, 40)])
def test_coloured_masks_are_damaged_where_coloured(tmp_path, background, colour):
    picture = np.full((40, 60, 3), background)
    picture[blot()] = colour
    assert (load_mask(save(tmp_path / "m.png", picture)) == blot()).all()
    # JPEG stores colour at half resolution: the edge is good to one pixel, the middle holds.
    blurred = load_mask(save(tmp_path / "m.jpg", picture))
    assert (blurred ^ blot()).sum() <= 0.25 * blot().sum()
    assert blurred[10:22, 18:38].all()
    assert blurred[:6].sum() == blurred[26:].sum() == 0


def test_palette_masks_are_read_by_their_colours(tmp_path):
    image = Image.fromarray(blot().astype(np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 200, 0, 0])
    image.save(tmp_path / "m.png")
    assert (load_mask(tmp_path / "m.png") == blot()).all()


def test_a_mask_that_marks_nothing_or_is_no_picture_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="marks nothing"):
        load_mask(save(tmp_path / "label.png", blot() * 1))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    for name in ("broken.png", "absent.png"):
        with pytest.raises(DatasetError, match="cannot be read"):
            load_mask(tmp_path / name)


@pytest.mark.skipif(not REAL, reason="AMISS_REAL_DATA names no folder of real photographs")
@pytest.mark.parametrize(
    ("folder", "good", "damaged", "masked"),
    [("aliens", 58, 60, 0), ("cookies", 45, 40, 32), ("pill", 147, 89, 89)],
)
def test_the_real_folders_read_in_full(folder, good, damaged, masked):
    dataset = FolderDataset.open(Path(REAL) / folder)
    masks = [sample.mask for sample in dataset.damaged if sample.mask]
    assert (len(dataset.good), len(dataset.damaged), len(masks)) == (good, damaged, masked)
    assert dataset.ignored == 0
    for path in masks:
        assert 0.0002 < load_mask(path).mean() < 0.3
