import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiss.simulate.prints import ean
from amiss.simulate.prints.blocks import barcode
from amiss.simulate.prints.canvas import Box, Sheet
from amiss.simulate.prints.design import make_design

NUMBERS = st.text("0123456789", min_size=12, max_size=12)


def widths(bits):
    """Lengths of the runs of equal modules."""
    ends = np.flatnonzero(np.diff(bits.astype(int))) + 1
    return np.diff(np.concatenate([[0], ends, [len(bits)]]))


@pytest.mark.parametrize(
    ("digits", "check"),
    # Numbers whose check digit can be worked out by hand from weights 1 and 3.
    [("000000000000", "0"), ("100000000000", "9"), ("010000000000", "7"), ("123456789012", "8")],
)
def test_check_digits(digits, check):
    assert ean.check_digit(digits) == check


@settings(deadline=None)
@given(NUMBERS, st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits, place, change):
    gtin = digits + ean.check_digit(digits)
    wrong = gtin[:place] + str((int(gtin[place]) + change) % 10) + gtin[place + 1 :]
    with pytest.raises(ValueError, match="check digit"):
        ean.modules(wrong)


@settings(deadline=None)
@given(NUMBERS)
def test_the_structure_is_that_of_the_standard(digits):
    bits = ean.modules(digits + ean.check_digit(digits))
    assert len(bits) == ean.MODULES
    assert bits[:3].tolist() == bits[-3:].tolist() == [True, False, True]
    assert bits[45:50].tolist() == [False, True, False, True, False]
    for place in range(12):
        start = 3 + 7 * place if place < 6 else 50 + 7 * (place - 6)
        digit = bits[start : start + 7]
        # Two bars and two spaces, each one to four modules; dark at the side of the centre.
        assert len(widths(digit)) == 4
        assert widths(digit).max() <= 4
        assert digit[-1] == (place < 6)
        assert digit[0] == (place >= 6)
        if place >= 6:
            assert digit.sum() % 2 == 0
    odd = [int(bits[3 + 7 * place : 10 + 7 * place].sum()) % 2 for place in range(6)]
    assert odd[0] == 1
    assert sum(odd) == (6 if digits[0] == "0" else 3)


def test_all_first_digits_have_their_own_pattern():
    patterns = set()
    for first in "0123456789":
        digits = f"{first}12345678901"
        bits = ean.modules(digits + ean.check_digit(digits))
        patterns.add(
            tuple(int(bits[3 + 7 * place : 10 + 7 * place].sum()) % 2 for place in range(6))
        )
    assert len(patterns) == 10


@pytest.mark.parametrize("digits", ["12345678901", "12345678901x", "1234567890123"])
def test_what_is_no_number_is_refused(digits):
    with pytest.raises(ValueError, match="twelve digits"):
        ean.check_digit(digits)


def test_bars_at_whole_modules_are_the_modules():
    gtin = make_design(1).gtin
    drawn = ean.bars(gtin, 95 * 3, 20, 4)
    bits = np.repeat(ean.modules(gtin), 3) * 255
    assert drawn.shape == (20, 285)
    assert np.array_equal(drawn[0], bits)
    assert set(np.flatnonzero(drawn[-1]) // 3) == {0, 2, 46, 48, 92, 94}


@pytest.mark.parametrize("width", [40, 95, 130, 301])
def test_ink_is_neither_lost_nor_won_at_any_width(width):
    gtin = make_design(2).gtin
    drawn = ean.bars(gtin, width, 1, 0)
    assert drawn.mean() / 255 == pytest.approx(ean.modules(gtin).mean(), abs=0.01)


@pytest.mark.parametrize("scale", [4, 6, 9])
def test_a_printed_code_is_read_back_module_by_module(scale):
    for seed in range(6):
        gtin = make_design(seed).gtin
        row = printed_code(gtin, scale)[40 * scale, :, 0]
        dark = np.flatnonzero(row < 120)
        middles = dark[0] + (dark[-1] + 1 - dark[0]) * (np.arange(95) + 0.5) / 95
        assert np.array_equal(row[middles.astype(int)] < 120, ean.modules(gtin))


def test_a_scanner_reads_what_was_printed():
    detector = cv2.barcode.BarcodeDetector()
    for seed in range(12):
        gtin = make_design(seed).gtin
        assert detector.detectAndDecode(printed_code(gtin, 6))[0] == gtin


def printed_code(gtin, scale):
    """A barcode in the middle of a sheet of 120 by 90 mm."""
    sheet = Sheet((120, 90), (120 * scale, 90 * scale), (230, 230, 225))
    barcode(sheet, gtin, Box(30, 25, 45, 30))
    return sheet.finish()
