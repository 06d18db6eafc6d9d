"""The page on the format says what the code does."""

import re
from pathlib import Path

import pytest

from amiss.dataset.runs import LETTERS, decode_mask, encode_mask
from amiss.dataset.schema import KAPUTT_QUERY, KAPUTT_REFERENCE, QueryRow, ReferenceRow, columns
from amiss.dataset.words import DEFECT_OF

PAGE = (Path(__file__).parents[2] / "docs" / "dataset-format.md").read_text(encoding="utf-8")
TYPES = {
    "text": "String",
    "text list": "String",
    "JSON": "String",
    "bool": "Boolean",
    "int": "Int64",
}


def section(title):
    return PAGE.split(f"## {title}", maxsplit=1)[1].split("\n## ", maxsplit=1)[0]


def test_every_column_stands_in_its_order_with_its_type():
    rows = re.findall(r"^\| `(\w+)` \| ([\w ]+) \|", section("Columns of query-"), re.MULTILINE)
    said = [(name, TYPES[kind]) for name, kind in rows]
    assert said == [(name, kind.__name__) for name, kind in columns(QueryRow).items()]


def test_every_column_of_references_is_named_in_order():
    named = re.findall(r"`(\w+)`", section("Columns of reference-"))
    assert named == list(columns(ReferenceRow))


@pytest.mark.parametrize(
    ("row", "count"), [(QueryRow, KAPUTT_QUERY), (ReferenceRow, KAPUTT_REFERENCE)]
)
def test_kaputt_s_columns_come_first(row, count):
    kaputt = {
        QueryRow: "capture_id item_identifier defect major_defect defect_types item_material "
        "query_image query_crop query_mask",
        ReferenceRow: "item_identifier reference_image reference_crop reference_mask",
    }
    assert list(columns(row))[:count] == kaputt[row].split()


def test_the_words_and_letters_are_those_of_the_code():
    rows = re.findall(r"^\| ([\w, ]+) \| (\w+) \|$", section("Words"), re.MULTILINE)
    said = {ours: theirs for cell, theirs in rows for ours in cell.split(", ")}
    assert said == {ours.value: theirs.value for ours, theirs in DEFECT_OF.items()}
    letters = re.findall(r"`(\w)` ([a-z ]+)[,.]", section("Damage masks"))
    assert {name.replace(" ", "_"): letter for letter, name in letters} == dict(LETTERS)


def test_the_mask_on_the_page_is_one():
    (text,) = re.findall(r"^    (\d+x\d+ .*)$", section("Damage masks"), re.MULTILINE)
    assert encode_mask(decode_mask(text)) == text
