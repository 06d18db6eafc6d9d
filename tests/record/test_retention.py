"""Deletion by policy: only what it names, proven, counted on; and sweeping."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from amiss.domain.errors import RecordError
from amiss.domain.words import Answer, DamageType
from amiss.record.examine.site import examine
from amiss.record.inspections import Inspected, ViewPictures
from amiss.record.migrate import migrate
from amiss.record.outbox import Message
from amiss.record.people import Annotation, Mark, Review
from amiss.record.queries.inspections import Wanted, page
from amiss.record.queries.rates import By, rates
from amiss.record.retention import Policy, retain
from amiss.record.sweep import sweep
from amiss.record.tables import COUNTS, DELETED, METADATA, REVIEWS

OLD = datetime.now(UTC) - timedelta(days=100)


def ids(site):
    return {one.id for one in page(site.database, Wanted(), limit=1000).inspections}


def rows(site, table):
    with site.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def filled(site, inspected):
    """Names of inspections: old and new, passed and sidelined, reviewed and marked."""
    made = {}
    for name, taken in (("old", OLD), ("new", None)):
        for decision in ("pass", "sideline"):
            what = inspected(decision=decision, taken=taken, kinds=("tear",), views=1)
            key = f"{name} {decision}"
            made[key] = site.record(what, key=key, messages=[Message("m", "s", {})]).id
    made["reviewed"] = site.record(inspected(decision="pass", taken=OLD)).id
    site.review(Review(made["reviewed"], "anna", Answer.DAMAGED))
    made["marked"] = site.record(inspected(decision="pass", taken=OLD)).id
    mark = Mark(0, DamageType.TEAR, (1, 2, 3, 4), mask=b"mask")
    site.annotate(Annotation(made["marked"], "ben", damaged=True, marks=[mark]))
    return made


def test_passed_items_that_nobody_looked_at_go_first(site, filled):
    policy = Policy(passed=30)
    plan = retain(site, policy, actor="t")
    assert plan.dry
    assert plan.facts == {"images": 1, "inspections": 1}
    assert plan.bytes == 500
    assert ids(site) == set(filled.values())  # a dry run deletes nothing
    done = retain(site, policy, actor="t", dry=False)
    assert (done.facts, done.bytes) == (plan.facts, plan.bytes)
    assert ids(site) == set(filled.values()) - {filled["old pass"]}
    assert retain(site, policy, actor="t", dry=False).facts == {}


def test_what_people_said_goes_with_the_inspection(site, filled):
    span = (OLD.date(), datetime.now(UTC).date() + timedelta(2))
    before = {row.of: row.inspected for row in rates(site.database, By.MONTH, *span)}
    counted = rows(site, COUNTS)
    done = retain(site, Policy(passed=30, others=60), actor="t", dry=False)
    assert done.facts == {
        "annotations": 1, "images": 7, "inspections": 4, "reviews": 1,
    }  # fmt: skip
    assert ids(site) == {filled["new pass"], filled["new sideline"]}
    after = {row.of: row.inspected for row in rates(site.database, By.MONTH, *span)}
    assert after == before  # counts outlive what they counted
    assert rows(site, COUNTS) == counted
    report = examine(site)
    assert report.problems == []
    assert done.head == report.head
    assert done.entries
    assert report.looked_at["stored pictures"] == 2
    assert list(site.images.all())[2:] == []


def test_old_keys_and_delivered_messages_go(site, filled):
    policy = Policy(requests=30, messages=30)
    later = datetime.now(UTC) + timedelta(days=40)
    (first,) = site.outbox.take("m")  # the others wait for it
    site.outbox.done(first.number)
    plan = retain(site, policy, actor="t", at=later)
    done = retain(site, policy, actor="t", dry=False, at=later)
    assert plan.facts == done.facts == {"outbox": 1, "requests": 4}
    assert site.outbox.waiting() == 3
    assert examine(site).is_clean
    assert filled


def test_a_shared_picture_stays_until_its_last_use_goes(site, inspected):
    picture = [ViewPictures(b"shared")]
    result = inspected(decision="pass").result
    site.record(Inspected(result, picture, taken=OLD))
    site.record(Inspected(result, picture))
    plan = retain(site, Policy(passed=30), actor="t")
    assert plan.facts == retain(site, Policy(passed=30), actor="t", dry=False).facts
    assert plan.facts == {"inspections": 1}
    assert examine(site).is_clean


def test_many_go_in_several_steps(small, inspected):
    for _ in range(450):
        small.record(inspected(decision="pass", taken=OLD, views=0))
    plan = retain(small, Policy(passed=30), actor="t")
    done = retain(small, Policy(passed=30), actor="t", dry=False)
    assert plan.facts == done.facts == {"inspections": 450}
    assert len(done.entries) == 3
    assert examine(small).is_clean
    assert done.export()["facts"] == {"inspections": 450}


def test_the_same_may_be_recorded_and_deleted_again(site, inspected):
    """The same picture, the same key: each deletion leaves a trace of its own."""
    what = Inspected(inspected(decision="pass").result, [ViewPictures(b"black")], taken=OLD)
    later = datetime.now(UTC) + timedelta(days=40)
    numbers = []
    for _ in range(3):
        message = Message("m", "s", {})
        assert not site.record(what, key="k", messages=[message]).again
        (sent,) = site.outbox.take("m")
        numbers.append(sent.number)
        site.outbox.done(sent.number)
        done = retain(site, Policy(passed=30), actor="t", dry=False, at=later)
        assert done.facts == {"images": 1, "inspections": 1, "outbox": 1, "requests": 1}
        assert list(site.images.all()) == []
    assert len(set(numbers)) == 3  # who knows a message by its number is never told another by it
    assert examine(site).problems == []


def test_deletion_leaves_writers_and_their_pictures_alone(small, inspected):
    """Of what nothing names only the pictures that it freed itself go."""
    small.record(inspected(decision="pass", taken=OLD, views=1))
    fresh = small.images.put(b"of a writer that waits for its turn")
    folder = Path(small.settings.images.removeprefix("file://"))
    half = folder / fresh[:2] / fresh[2:4] / f"{fresh}#1"
    half.write_bytes(b"half")
    assert retain(small, Policy(passed=30), actor="t", dry=False).bytes == 500
    assert small.images.has(fresh)
    assert half.exists()


def test_a_step_back_that_would_lose_counts_is_refused(site, filled):
    retain(site, Policy(passed=30), actor="t", dry=False)
    with pytest.raises(RecordError, match="not be counted"):
        migrate(site.database, "1")
    assert examine(site).is_clean
    assert filled


def test_what_a_policy_did_not_delete_is_still_found_missing(site, filled):
    retain(site, Policy(passed=30), actor="t", dry=False)
    with site.database.writing() as connection:
        connection.execute(delete(REVIEWS))
    assert any("no policy" in problem.says for problem in examine(site).problems)
    with site.database.writing() as connection:
        connection.execute(delete(DELETED))  # and who hides a deletion is found, too
    assert len(examine(site).problems) >= 3
    assert filled


def test_a_policy_keeps_at_least_a_day():
    with pytest.raises(RecordError, match="1 to"):
        Policy(passed=0)


def test_sweeping_takes_what_nothing_names_and_is_old(small, inspected):
    small.record(inspected(views=2))
    stray = small.images.put(b"of a writer that was killed")
    folder = Path(small.settings.images.removeprefix("file://"))
    unfinished = folder / stray[:2] / stray[2:4] / f"{stray}#1"
    unfinished.write_bytes(b"half")
    assert sweep(small.database, small.images).pictures == 0  # not within the grace period
    time.sleep(0.01)
    dry = sweep(small.database, small.images, timedelta(0), dry=True)
    assert (dry.pictures, dry.bytes, dry.unfinished) == (1, 27, 1)
    assert sweep(small.database, small.images, timedelta(0)) == dry
    assert not small.images.has(stray)
    assert not unfinished.exists()
    assert examine(small).looked_at["stored pictures"] == 2


def test_every_table_is_a_fact_or_derived_or_state():
    """Who adds a table decides how it is examined."""
    known = {"audit", "pictures", "findings", "catalogue", "codes", "counts", "deliveries"}
    facts = {table.name for table in METADATA.sorted_tables if "entry" in table.c}
    assert {table.name for table in METADATA.sorted_tables} == facts | known
