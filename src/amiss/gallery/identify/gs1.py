"""What a barcode says: GTINs, and GS1 element strings (GS1 General Specifications, 2024).

A code is read as a scanner sends it: with or without an AIM symbology identifier (`]C1`), with
group separators, with application identifiers in brackets as people write them, or as a GS1 Digital
Link.
"""

import re
from dataclasses import dataclass, field

GTIN_LENGTHS = (8, 12, 13, 14)
_SEPARATOR = "\x1d"
_IS_GS1 = {"]C1", "]e0", "]d2", "]Q3", "]J1", "]L2"}
_AIM = re.compile(r"\][A-Za-z][0-9A-Fa-f]")
_LINK = re.compile(r"https?://[^/?#]+(?:/[^?#]*)?/01/(\d{8,14})(?=[/?#]|$)")
_WRITTEN = re.compile(r"\((\d{2,4})\)([^()]+)")
# Lengths of values, by the identifier's first two digits, that need no separator behind them.
_FIXED = {
    "00": 18,
    "01": 14,
    "02": 14,
    "03": 14,
    "04": 16,
    "20": 2,
    "41": 13,
    **dict.fromkeys(("11", "12", "13", "14", "15", "16", "17", "18", "19"), 6),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 6),
}
# Digits of an identifier, by its first two.
_THREE = {"23", "24", "25", "40", "41", "42", "71"}
_FOUR = {"31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82"}
_TWO = {*(f"{number:02d}" for number in (*range(5), *range(10, 23), 30, 37, *range(90, 100)))}


@dataclass(frozen=True, slots=True)
class Code:
    """A barcode as it was read.

    text: all of it, without a symbology identifier. gtin: 14 digits, the product that it names;
    None if it names none, or its check digit is wrong. elements: values by application identifier.
    """

    text: str
    gtin: str | None = None
    elements: dict[str, str] = field(default_factory=dict)


def parse(text: str, *, upc_e: bool = False) -> Code:
    """What a code says, as a scanner sent it. upc_e: whether it is of that symbology."""
    aim = _AIM.match(text)
    identifier = aim[0] if aim else ""
    plain = text[len(identifier) :].strip(" \r\n\t")
    link = _LINK.fullmatch(plain) or _LINK.match(plain)
    if link is not None:
        return Code(plain, gtin(link[1]))
    if identifier in _IS_GS1 or _SEPARATOR in plain or _WRITTEN.match(plain):
        found = elements(plain)
        return Code(plain, gtin(found.get("01", found.get("02", ""))), found)
    return Code(plain, gtin(expanded(plain) if upc_e else plain))


def gtin(digits: str) -> str | None:
    """14 digits for a GTIN-8, -12, -13 or -14; None if it is none, or its check digit is wrong."""
    if len(digits) not in GTIN_LENGTHS or not (digits.isascii() and digits.isdigit()):
        return None
    return digits.zfill(14) if check_digit(digits[:-1]) == int(digits[-1]) else None


def check_digit(digits: str) -> int:
    """The digit that follows: weights 3 and 1, from the right."""
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))
    )
    return -total % 10


def expanded(digits: str) -> str:
    """The UPC-A of a UPC-E with its number system and check digit; anything else as it is."""
    if len(digits) != 8 or not digits.isdigit() or digits[0] not in "01":
        return digits
    system, body, check = digits[0], digits[1:7], digits[7]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    return system + middle + check


def elements(text: str) -> dict[str, str]:
    """Values by application identifier; what comes after something that is none is left out."""
    if _WRITTEN.match(text):
        return dict(_WRITTEN.findall(text))
    found: dict[str, str] = {}
    left = text.lstrip(_SEPARATOR)
    while left:
        digits = _digits(left[:2])
        identifier, value = left[:digits], left[digits:]
        if not digits or len(identifier) < digits or not identifier.isdigit():
            break
        length = _FIXED.get(identifier[:2])
        end = value.find(_SEPARATOR)
        ends = len(value) if end < 0 else end
        taken = ends if length is None else min(length, ends)
        found[identifier] = value[:taken]
        left = value[taken:].lstrip(_SEPARATOR)
    return found


def _digits(start: str) -> int:
    """How many an identifier has that begins so; 0 if none does."""
    if start in _THREE:
        return 3
    return 4 if start in _FOUR else 2 if start in _TWO else 0
