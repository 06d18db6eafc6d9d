"""Whatever is altered, lost or added behind the record's back is found, and named."""

import random
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from amiss.domain.words import Answer, DamageType
from amiss.record.catalogue.designs import Designs
from amiss.record.catalogue.items import Item, Items
from amiss.record.catalogue.upsert import Catalogue
from amiss.record.examine.site import examine
from amiss.record.facts import key_of, sealed
from amiss.record.inspections import ViewPictures
from amiss.record.outbox import Message
from amiss.record.outcomes import Outcome, OutcomeKind, Outcomes
from amiss.record.people import Annotation, Mark, Review
from amiss.record.references import Pristine
from amiss.record.retention import Policy, retain
from amiss.record.site import Site
from amiss.record.tables import (
    AUDIT,
    CATALOGUE,
    CODES,
    COUNTS,
    DELIVERIES,
    FACTS,
    FINDINGS,
    IMAGES,
    INSPECTIONS,
    METADATA,
    PICTURES,
)

WITH_ROWS = {
    *("audit", "images", "inspections", "reviews", "annotations", "documents", "products"),
    *("requests", "outbox", "pictures", "findings", "catalogue", "codes", "counts", "deliveries"),
    *("designs", "items", "outcomes", "pristine", "deleted", "tallies"),
}
"""Tables that `fill` leaves something in."""


OLD = datetime.now(UTC) - timedelta(days=100)


def fill(site, inspected):
    message = Message("mqtt", "i1", {"what": "sideline"})
    receipt = site.record(inspected(item="i1"), key="k", messages=[message])
    for _ in range(3):
        site.record(inspected(kinds=("tear", "hole")))
    site.review(Review(receipt.id, "anna", Answer.DAMAGED))
    mark = Mark(0, DamageType.TEAR, (1, 2, 3, 4), mask=b"a mask")
    site.annotate(Annotation(receipt.id, "ben", damaged=True, marks=[mark]))
    rows = [(1, {"product": "SKU", "title": "Tea", "gtins": ["4006381333931"], "vendor": "Acme"})]
    Catalogue(site.database).upsert(rows, actor="t")
    Designs(site.database).note("SKU", "1", {"words": "a box"}, actor="t")
    Items(site.database).add([Item("i1", product="SKU", lot="l", order_id="o")], actor="t")
    back = Outcome("r1", OutcomeKind.RETURN, OLD, item="i1", damaged=True, cost=2.5)
    Outcomes(site.database).add([back], actor="t")
    site.refer(Pristine("r", "SKU", [ViewPictures(b"pristine")]), actor="t")
    site.record(inspected(taken=OLD, decision="pass"))
    retain(site, Policy(passed=30), actor="t", dry=False)
    return receipt.id


@pytest.fixture(scope="module")
def original(tmp_path_factory, inspected):
    folder = tmp_path_factory.mktemp("original") / "site"
    with Site.create(folder) as site:
        fill(site, inspected)
    return folder


@pytest.fixture
def filled(original, tmp_path):
    """A copy that may be spoilt."""
    shutil.copytree(original, tmp_path / "copy")
    with Site.open(tmp_path / "copy") as site:
        yield site


def others(value):
    """Another value that the same column could hold."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + 1e-9
    return "x" if value is None else value[:-1] + ("x" if value[-1:] != "x" else "y")


def columns():
    for table in METADATA.sorted_tables:
        if table.name in WITH_ROWS:
            for column in table.c:
                yield pytest.param(table, column, id=f"{table.name}.{column.name}")


STRANGE = ("x", b"\xff\x00", 0.4, -1, "")


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_values_of_another_kind_are_found(filled, value):
    """SQLite takes anything in any column."""
    with sqlite3.connect(Path(filled.settings.database.removeprefix("sqlite:///"))) as connection:
        for table, column in (("outcomes", "damaged"), ("outcomes", "cost"), ("outcomes", "at"),
                              ("inspections", "score"), ("inspections", "at"), ("audit", "actor"),
                              ("deliveries", "attempts"), ("catalogue", "since")):  # fmt: skip
            kept = connection.execute(f"SELECT rowid, {column} FROM {table} LIMIT 1").fetchone()
            if kept[1] is None or kept[1] == value:
                continue
            update = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"
            connection.execute(update, (value, kept[0]))
            connection.commit()
            report = examine(filled, reads_pictures=False)
            assert any(table in problem.where for problem in report.problems), (table, column)
            connection.execute(update, (kept[1], kept[0]))
            connection.commit()
    connection.close()
    assert examine(filled).is_clean


def test_a_site_in_use_is_examined_without_false_alarms(filled, inspected):
    """Others record and delete while pictures are read."""
    get, calls = filled.images.get, []

    def slow(image):
        if not calls:
            filled.record(inspected())
            retain(filled, Policy(passed=1, others=1), actor="t", dry=False,
                   at=datetime.now(UTC) + timedelta(days=3))  # fmt: skip
        calls.append(image)
        return get(image)

    object.__setattr__(filled.images, "get", slow)
    assert examine(filled).problems == []
    assert calls


@pytest.mark.parametrize(("table", "column"), list(columns()))
def test_an_altered_cell_is_found_and_named(filled, table, column):
    with filled.database.writing() as connection:
        row = connection.execute(select(table).order_by(*table.primary_key)).all()[-1]
        same = [table.c[key.name] == row._mapping[key.name] for key in table.primary_key]
        altered = others(row._mapping[column.name])
        connection.execute(update(table).where(*same).values({column.name: altered}))
    report = examine(filled)
    named = " ".join(problem.where for problem in report.problems)
    assert not report.is_clean
    key = altered if column.primary_key else row._mapping[next(iter(table.primary_key)).name]
    assert table.name in named
    assert str(key) in named or str(row._mapping[next(iter(table.primary_key)).name]) in named


EVERY = [*FACTS, AUDIT, PICTURES, FINDINGS, COUNTS, DELIVERIES, CATALOGUE, CODES]


@pytest.mark.parametrize("table", EVERY, ids=lambda table: table.name)
def test_a_lost_row_is_found(site, inspected, table):
    fill(site, inspected)
    with site.database.writing() as connection:
        row = connection.execute(select(table).order_by(*table.primary_key)).first()
        assert row is not None
        same = [table.c[key.name] == row._mapping[key.name] for key in table.primary_key]
        connection.execute(delete(table).where(*same))
    report = examine(site)
    assert any(problem.where.startswith(table.name) for problem in report.problems)


def test_an_added_row_is_found(site, inspected):
    key = fill(site, inspected)
    with site.database.writing() as connection:
        row = connection.execute(select(INSPECTIONS).where(INSPECTIONS.c.id == key)).one()
        for name, entry in (("forged", row.entry), ("beyond", 999)):
            values = {**row._asdict(), "id": name, "entry": entry}
            values.pop("digest")
            connection.execute(insert(INSPECTIONS), sealed(INSPECTIONS, values))
    named = {problem.where for problem in examine(site).problems}
    assert {"inspections forged", "inspections beyond"} <= named


def test_a_history_that_was_written_anew_differs_from_a_noted_head(filled, inspected):
    head = examine(filled).head
    filled.record(inspected())
    assert examine(filled, noted=head).is_clean
    assert not examine(filled, noted=(head[0], "0" * 64)).is_clean
    assert not examine(filled, noted=(999, head[1])).is_clean


def test_a_picture_that_is_damaged_or_gone_is_named(filled):
    with filled.database.reading() as connection:
        first, second = list(connection.execute(select(IMAGES.c.image)).scalars())[:2]
    (path,) = (small_folder(filled)).glob(f"*/*/{first}")
    data = bytearray(path.read_bytes())
    data[3] ^= 1
    path.write_bytes(data)
    filled.images.delete(second)
    named = {problem.where for problem in examine(filled).problems}
    assert named == {f"picture {first}", f"picture {second}"}
    assert examine(filled, reads_pictures=False).is_clean


def small_folder(site):
    return Path(site.settings.images.removeprefix("file://"))


def logical(path):
    """All rows of a database, as far as they can be read."""
    try:
        with sqlite3.connect(path) as connection:
            connection.text_factory = bytes
            return {
                table.name: sorted(map(repr, connection.execute(f"SELECT * FROM {table.name}")))
                for table in METADATA.sorted_tables
            }
    except (sqlite3.DatabaseError, UnicodeError):  # the second of what the first would say
        return None


def test_any_flipped_byte_that_changes_a_row_is_found(tmp_path, inspected):
    folder = tmp_path / "site"
    with Site.create(folder) as site:
        fill(site, inspected)
    with sqlite3.connect(folder / "record.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    good = (folder / "record.sqlite").read_bytes()
    before = logical(folder / "record.sqlite")
    chance = random.Random(0)
    written = [place for place in range(100, len(good)) if good[place]]  # the rest is room
    changed = 0
    for number, place in enumerate(chance.sample(written, 100)):
        data = bytearray(good)
        data[place] ^= 1 << chance.randrange(8)
        copy = tmp_path / f"copy{number}"
        copy.mkdir()
        (copy / "images").symlink_to(folder / "images")
        (copy / "record.sqlite").write_bytes(data)
        if logical(copy / "record.sqlite") == before:
            continue  # in no row: free room of a page
        changed += 1
        assert names_a_problem(copy), f"bit flipped at {place}"
        shutil.rmtree(copy)
    assert changed > 20


def names_a_problem(folder):
    from amiss.domain.errors import RecordError

    try:
        with Site.open(folder) as site:
            return bool(examine(site, reads_pictures=False).problems)
    except RecordError as error:
        return bool(str(error))


def test_keys_of_several_columns_are_one_text():
    products = METADATA.tables["products"]
    assert key_of(products, {"product": "a", "since": 3}) == '["a",3]'
