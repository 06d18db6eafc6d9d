import numpy as np
import pytest

from amiss.vision.marks import MOST_POINTS, SIZE, Marks, marks


def textured(shape=(300, 400), seed=0):
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 255, (shape[0] // 10, shape[1] // 10, 3), np.uint8)
    return np.kron(blocks, np.ones((10, 10, 1), np.uint8))


def test_they_are_found_in_one_size_and_only_on_the_item():
    item = np.zeros((30, 40), np.bool_)
    item[:, :20] = True
    whole, half = marks(textured()), marks(textured(), item)
    assert whole.picture.shape == (384, SIZE, 3)
    assert whole.item.all()
    assert 50 < len(half.points) < len(whole.points) <= MOST_POINTS
    assert half.points[:, 0].max() < SIZE / 2 + 8
    assert half.item.mean() == pytest.approx(0.5, abs=0.05)
    assert np.linalg.norm(whole.words, axis=1) == pytest.approx(1, abs=1e-3)


def test_equal_pictures_have_equal_marks():
    one, other = marks(textured()), marks(textured())
    assert np.array_equal(one.points, other.points)
    assert np.array_equal(one.words, other.words)


def test_a_plain_picture_has_none():
    found = marks(np.full((200, 100, 3), 90, np.uint8))
    assert (found.points.shape, found.words.shape) == ((0, 2), (0, 128))
    assert len(Marks.from_bytes(found.to_bytes()).points) == 0


def test_what_is_kept_comes_back():
    item = np.zeros((30, 40), np.bool_)
    item[5:25, 5:35] = True
    found = marks(textured(), item)
    back = Marks.from_bytes(found.to_bytes())
    assert np.array_equal(back.item, found.item)
    assert back.points == pytest.approx(found.points, abs=0.3)
    assert (back.words * found.words).sum(1).min() > 0.995
    assert np.abs(back.picture.astype(int) - found.picture).mean() < 12
    assert back.to_bytes()[:4] == found.to_bytes()[:4]


@pytest.mark.parametrize("broken", [b"", b"AMK1", b"AMK9" + bytes(40), bytes(100)])
def test_what_is_damaged_is_refused(broken):
    with pytest.raises(ValueError, match=r"damaged|another version"):
        Marks.from_bytes(broken)
    whole = marks(textured()).to_bytes()
    with pytest.raises(ValueError, match="another version"):
        Marks.from_bytes(whole[:-1])
