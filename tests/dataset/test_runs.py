"""Run-length coded masks: whatever is written comes back; whatever is broken is refused."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from amiss.dataset.runs import LETTERS, decode_mask, encode_mask, types_in
from amiss.domain.errors import DatasetError
from amiss.domain.words import DamageType

MASKS = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.integers(0, 8)
)


def slow_decode(text):
    """The same, pixel by pixel, from the words of the format."""
    size, *runs = text.split(" ")
    width, height = map(int, size.split("x"))
    letters = ["", *(LETTERS[damage] for damage in DamageType)]
    pixels = []
    for run in runs:
        digits = "".join(c for c in run if c.isdigit())
        pixels += [letters.index(run[len(digits) :])] * int(digits)
    pixels += [0] * (width * height - len(pixels))
    return [pixels[row * width : (row + 1) * width] for row in range(height)]


@settings(max_examples=150, deadline=None)
@given(MASKS)
@example(np.zeros((1, 1), np.uint8))
@example(np.full((3, 5), 8, np.uint8))
def test_a_mask_comes_back_and_its_text_says_what_the_format_says(mask):
    text = encode_mask(mask)
    back = decode_mask(text)
    assert back.dtype == np.uint8
    assert back.tolist() == slow_decode(text) == mask.tolist()
    assert encode_mask(back) == text


def test_the_text_is_the_one_of_the_documents():
    mask = np.zeros((480, 512), np.uint8)
    mask[176:179, 99:113] = 1 + list(DamageType).index(DamageType.TEAR)
    assert encode_mask(mask) == "512x480 90211 14t 498 14t 498 14t"
    assert encode_mask(mask * 0) == "512x480"


def test_letters_are_one_per_type_and_stay_what_they_are():
    assert {damage.value: letter for damage, letter in LETTERS.items()} == {
        "crush": "c", "tear": "t", "hole": "h", "deconstruction": "d", "spillage": "s",
        "missing_unit": "m", "opened": "o", "superficial": "u",
    }  # fmt: skip
    assert set(LETTERS) == set(DamageType)


def test_types_are_those_that_a_mask_shows():
    mask = decode_mask("4x2 1c 1 2h 1c")
    assert types_in(mask) == (DamageType.CRUSH, DamageType.HOLE)
    assert types_in(np.zeros((2, 2), np.uint8)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "", "4", "4x", "4x2 ", "4x2 1z", "4x2 1cc", "4x2 -1c", "4x2  1c", "4x2 1c\n", "4x2 9c",
        "4x2 5 4t", "0x2", "2x0", "4x2 c", "99999x99999", "4x2 9999999999c", "٤x2", "4x2 1C",
    ],
)  # fmt: skip
def test_what_is_no_mask_is_refused(text):
    with pytest.raises(DatasetError, match=r"restore it\.$"):
        decode_mask(text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("0123456789x cth"), max_size=20))
def test_any_text_is_a_mask_or_one_clear_error(text):
    try:
        mask = decode_mask(text)
    except DatasetError:
        return
    assert mask.tolist() == slow_decode(text)


@pytest.mark.parametrize(
    "mask",
    [np.full((2, 2), 9, np.uint8), np.zeros((2, 2), np.int64), np.zeros(4, np.uint8),
     np.zeros((0, 3), np.uint8)],
)  # fmt: skip
def test_arrays_that_are_no_masks_are_refused(mask):
    with pytest.raises(DatasetError, match="damage mask"):
        encode_mask(mask)
