"""EAN-13 barcodes, after the GS1 General Specifications, section 5.2."""

import numpy as np
from numpy.typing import NDArray

from amiss.gallery.identify import gs1

MODULES = 95
QUIET_LEFT, QUIET_RIGHT = 11, 7
"""Light modules that must stand before and after the bars."""
MODULE_MM = 0.33
"""Nominal width of a module."""

# Seven modules a digit: set A; set C is its inverse, set B is C read backwards.
_DIGITS = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011"
_SET_A = _DIGITS.split()
_SET_C = [modules.translate(str.maketrans("01", "10")) for modules in _SET_A]
_SET_B = [modules[::-1] for modules in _SET_C]
# The first digit is not drawn: it is told by which of the left six are from set B.
_SETS = "AAAAAA AABABB AABBAB AABBBA ABAABB ABBAAB ABBBAA ABABAB ABABBA ABBABA"
_LEFT = _SETS.split()
_GUARDS = [*range(3), *range(45, 50), *range(92, 95)]


def check_digit(digits: str) -> str:
    """The thirteenth digit after the first twelve."""
    if len(digits) != 12 or not digits.isdecimal():
        raise ValueError(f"An EAN-13 is made from twelve digits, not from {digits!r}.")
    return str(gs1.check_digit(digits))


def modules(gtin: str) -> NDArray[np.bool_]:
    """The 95 modules of a 13-digit number; true is a bar.

    Raises:
        ValueError: The check digit is wrong, or there are not thirteen digits.
    """
    if len(gtin) != 13 or check_digit(gtin[:12]) != gtin[12]:
        raise ValueError(f"{gtin!r} is no EAN-13: its check digit is wrong.")
    first, *rest = (int(digit) for digit in gtin)
    left = [
        (_SET_A if letter == "A" else _SET_B)[digit]
        for letter, digit in zip(_LEFT[first], rest[:6], strict=True)
    ]
    right = [_SET_C[digit] for digit in rest[6:]]
    bits = f"101{''.join(left)}01010{''.join(right)}101"
    return np.array([bit == "1" for bit in bits])


def bars(gtin: str, width: int, height: int, guard: int) -> NDArray[np.uint8]:
    """Height × width uint8, 255 where ink is; guard: rows by which the guard bars go lower.

    The width is any: modules that are no whole number of pixels are averaged, as a lens would.
    """
    line = modules(gtin)
    low = np.zeros_like(line)
    low[_GUARDS] = line[_GUARDS]
    # Every module becomes `width` columns, of which each pixel averages 95.
    column = [np.repeat(row * 255.0, width).reshape(width, MODULES).mean(1) for row in (line, low)]
    rows = np.where(np.arange(height)[:, None] < height - guard, *column)
    return np.asarray(np.round(rows), np.uint8)
