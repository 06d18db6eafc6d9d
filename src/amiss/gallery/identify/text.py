"""What is printed in words, held against titles from the catalogue; needs the extra `ocr`.

A word that all candidates have in their titles tells none of them apart: words count by how few
candidates have them (inverse document frequency, Spärck Jones 1972).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from amiss.domain.capture import RgbArray
from amiss.domain.errors import InputError

NOT_INSTALLED = "Reading text needs the extra ocr: pip install 'amiss[ocr]'."
_LEAST_SURE = 0.5  # of a line that was read
_LIKE = 70.0  # likeness in per cent from which a word counts, at 100 fully
_LEAST_LETTERS = 2
_QUARTERS = (0, 1)  # turns that are read; the recogniser itself tries upside down


def read_text(pictures: Sequence[RgbArray]) -> tuple[str, ...]:
    """The lines that can be read in the views of an item, H×W×3 uint8 each.

    Raises:
        InputError: the extra is not installed.
    """
    lines: dict[str, None] = {}
    for picture in pictures:
        for turns in _QUARTERS:
            turned = np.ascontiguousarray(np.rot90(picture, turns)[..., ::-1])
            found, _ = _recogniser()(turned)
            lines.update((text, None) for _, text, sure in found or () if sure >= _LEAST_SURE)
    return tuple(lines)


@cache
def _recogniser() -> Any:  # noqa: ANN401 - it has no types
    try:
        from rapidocr_onnxruntime import RapidOCR
    except ImportError as error:
        raise InputError(NOT_INSTALLED) from error
    return RapidOCR()


def agree_in_words(lines: Sequence[str], titles: Mapping[str, str]) -> dict[str, float]:
    """How much of each candidate's title was read: Σ of its words' weights, by product.

    titles: by product; those without a title are left out.
    """
    from rapidfuzz import fuzz

    read = "".join(_letters(line) for line in lines)
    words = {product: set(_words(title)) for product, title in titles.items() if _words(title)}
    held = Counter(word for some in words.values() for word in some)
    found: dict[str, float] = {}
    for product, some in words.items():
        total = 0.0
        for word in some:
            like = fuzz.partial_ratio(word, read) if len(read) >= len(word) else 0.0
            rare = math.log((1 + len(words)) / held[word])
            total += rare * max(0.0, (like - _LIKE) / (100 - _LIKE))
        found[product] = total
    return found


def _words(text: str) -> list[str]:
    split = "".join(one if one.isalnum() else " " for one in text.casefold()).split()
    return [word for word in split if len(word) >= _LEAST_LETTERS]


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())
