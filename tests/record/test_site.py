"""Writing things down: once, whole, and found again."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from amiss.domain.errors import ConflictError, RecordError
from amiss.domain.words import Answer, DamageType, Decision, Disposition, ProcessStep, Severity
from amiss.record.examine.site import examine
from amiss.record.inspections import Inspected
from amiss.record.outbox import Message
from amiss.record.people import Annotation, Mark, Review
from amiss.record.queries.inspections import Wanted, history, one, page
from amiss.record.requests import Request
from amiss.record.site import Site
from amiss.record.turns import Turns


def test_what_is_recorded_is_found_again(site, inspected):
    taken = datetime(2026, 11, 30, 12, tzinfo=UTC)
    what = inspected(taken=taken, item="i1", step=ProcessStep.PACK, station="booth 1")
    receipt = site.record(what)
    assert not receipt.again
    found = one(site.database, receipt.id)
    assert (found.at, found.item, found.step, found.station) == (taken, "i1", "pack", "booth 1")
    assert found.decision is Decision.SIDELINE
    assert found.document["result"] == what.result
    pictures = [view["pictures"]["rgb"] for view in found.document["views"]]
    assert [site.images.get(image) for image in pictures] == [view.rgb for view in what.views]
    assert examine(site).is_clean


def test_one_key_is_one_record(site, inspected):
    what, other = inspected(), inspected()
    first = site.record(what, key="k")
    again = site.record(what, key="k")
    assert (again.id, again.again) == (first.id, True)
    with pytest.raises(ConflictError, match="'k'"):
        site.record(other, key="k")
    assert len(page(site.database, Wanted()).inspections) == 1
    with pytest.raises(RecordError, match="characters"):
        site.record(what, key="k" * 256)


def test_a_request_may_bring_its_own_digest(site, inspected):
    """What is judged anew differs by its time taken, though the same was asked."""
    first = site.record(inspected(), key=Request("k", "the body"))
    assert site.record(inspected(), key=Request("k", "the body")).id == first.id
    with pytest.raises(ConflictError):
        site.record(inspected(), key=Request("k", "another"))


def test_many_threads_ask_under_one_key_at_once(site, inspected):
    what, receipts = inspected(), []
    threads = [
        threading.Thread(target=lambda: receipts.append(site.record(what, key="k")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({receipt.id for receipt in receipts}) == 1
    assert sum(not receipt.again for receipt in receipts) == 1
    assert examine(site).is_clean


def test_people_add_to_what_is_recorded(site, inspected):
    receipt = site.record(inspected(item="i1"))
    review = Review(receipt.id, "anna", Answer.DAMAGED, Disposition.DONATE, seconds=4.5)
    assert site.review(review, key="r").id == site.review(review, key="r").id
    mark = Mark(0, DamageType.TEAR, (1, 2, 30, 40), Severity.MINOR, mask=b"a picture")
    site.annotate(Annotation(receipt.id, "ben", damaged=True, marks=[mark]))
    said = history(site.database, "i1").entries
    assert [entry["what"] for entry in said] == ["inspection", "review", "annotation"]
    assert said[1]["disposition"] == "donate"
    image = said[2]["document"]["marks"][0]["mask"]
    assert site.images.get(image) == b"a picture"
    for add in (lambda: site.review(Review("none", "anna", Answer.UNSURE)),
                lambda: site.annotate(Annotation("none", "ben", damaged=None))):  # fmt: skip
        with pytest.raises(RecordError, match="no inspection none"):
            add()
    with pytest.raises(RecordError, match="marks no place"):
        Mark(0, DamageType.TEAR, (1, 2, 0, 40))
    assert examine(site).is_clean


def test_documents_stay_what_they_are(site):
    site.note("bundle", "b@1", {"name": "b"}, actor="t")
    site.note("bundle", "b@1", {"name": "b"}, actor="t")
    with pytest.raises(RecordError, match="other contents"):
        site.note("bundle", "b@1", {"name": "c"}, actor="t")


def test_a_clock_that_is_far_ahead_is_not_believed(site, inspected):
    ahead = datetime.now(UTC) + timedelta(days=3)
    found = one(site.database, site.record(inspected(taken=ahead)).id)
    assert found.at < datetime.now(UTC) + timedelta(seconds=1)
    assert found.document["taken"] == ahead.isoformat()
    behind = datetime.now(UTC) - timedelta(days=1)
    assert one(site.database, site.record(inspected(taken=behind)).id).at == behind


def test_what_is_no_result_is_refused(inspected):
    with pytest.raises(RecordError, match=r"Result\.export"):
        Inspected({"score": 0.5})
    whole = inspected().result
    with pytest.raises(RecordError, match=r"Result\.export"):
        Inspected({**whole, "decision": "maybe"})


def test_what_cannot_be_recorded_leaves_nothing(site, inspected):
    before = examine(site).head
    for bad in ({"score": float("nan")}, {"product": "a\x00b"}, {"product": "\ud800"}):
        what = inspected()
        with pytest.raises(RecordError):
            site.record(Inspected({**what.result, **bad}, what.views))
    with pytest.raises(RecordError, match="time zone"):
        site.record(inspected(taken=datetime(2026, 1, 1)))
    assert examine(site).head == before


def test_pages_hold_everything_once(site, inspected):
    start = datetime(2026, 11, 1, tzinfo=UTC)
    ids = [
        site.record(
            inspected(taken=start + timedelta(minutes=n // 2), kinds=("tear",) * (n % 2),
                      decision="sideline" if n % 2 else "pass", product=f"p{n % 3}")
        ).id
        for n in range(11)
    ]  # fmt: skip
    found, after = [], None
    while True:
        some = page(site.database, Wanted(), after, limit=4)
        found += [inspection.id for inspection in some.inspections]
        after = some.after
        if after is None:
            break
    assert sorted(found) == sorted(ids)
    order = [(one(site.database, key).at, key) for key in found]
    assert order == sorted(order, reverse=True)

    def count(**wanted):
        return len(page(site.database, Wanted(**wanted)).inspections)

    assert count(kind="tear") == count(decision=Decision.SIDELINE) == 5
    assert count(product="p0") == 4
    assert count(since=start + timedelta(minutes=5)) == 1
    assert count(until=start + timedelta(minutes=1)) == 2
    site.review(Review(ids[0], "anna", Answer.NOT_DAMAGED))
    assert (count(reviewed=True), count(reviewed=False)) == (1, 10)
    with pytest.raises(RecordError, match="page"):
        page(site.database, Wanted(), "nonsense")
    with pytest.raises(RecordError, match="no inspection"):
        one(site.database, "none")


def test_messages_go_out_in_order_until_they_are_taken(site, inspected):
    def send(subject, n):
        message = Message("mqtt", subject, {"n": n})
        site.record(inspected(), messages=[message])

    for subject, n in (("a", 1), ("a", 2), ("b", 3)):
        send(subject, n)
    first = site.outbox.take("mqtt")
    assert [message.payload["n"] for message in first] == [1, 3]
    assert site.outbox.take("mqtt") == []  # leased, and 2 waits for 1
    site.outbox.failed(first[0].number, "nobody there")
    assert site.outbox.take("mqtt") == []  # not yet due again
    site.outbox.done(first[0].number)
    site.outbox.done(first[1].number)
    (second,) = site.outbox.take("mqtt")
    assert second.payload["n"] == 2
    site.outbox.failed(second.number, "no", most=1)
    assert site.outbox.waiting() == site.outbox.waiting("mqtt") == 0
    assert site.outbox.take("other") == []
    with pytest.raises(RecordError, match="no message"):
        site.outbox.done(99)
    assert examine(site).is_clean


def test_nothing_is_sent_of_what_was_not_recorded(site, inspected):
    with pytest.raises(RecordError):
        site.record(inspected(taken=None, item="a\x00"), messages=[Message("mqtt", "a", {})])
    assert site.outbox.waiting() == 0


def test_a_record_is_made_once_and_opened_after(folder):
    with pytest.raises(RecordError, match="amiss site create"):
        Site.open(folder)
    Site.create(folder).close()
    with pytest.raises(RecordError, match="already"):
        Site.create(folder)
    with Site.open(folder) as opened:
        assert opened.settings.name == "site"


def test_pictures_that_vanish_are_put_back(small, inspected):
    what = inspected(views=1)
    put, times = small.images.put, []

    def losing(data):
        key = put(data)
        times.append(key)
        if len(times) == 1:
            small.images.delete(key)
        return key

    object.__setattr__(small.images, "put", losing)
    small.record(what)
    assert len(times) == 2
    assert examine(small).is_clean


def test_pictures_that_always_vanish_are_an_error(small, inspected):
    put = small.images.put

    def losing(data):
        key = put(data)
        small.images.delete(key)
        return key

    object.__setattr__(small.images, "put", losing)
    with pytest.raises(RecordError, match="vanish"):
        small.record(inspected(views=1))
    assert page(small.database, Wanted()).inspections == ()


def test_a_connection_that_breaks_at_its_commit_doubles_nothing(site, inspected, monkeypatch):
    run, calls = Turns.run, []

    def broken(turns, work):
        run(turns, work)
        calls.append(1)
        raise RecordError("the connection is lost")

    monkeypatch.setattr(Turns, "run", broken)
    receipt = site.record(inspected())  # which was done, though the connection did not say so
    monkeypatch.undo()
    assert one(site.database, receipt.id)
    assert len(page(site.database, Wanted()).inspections) == len(calls) == 1

    def lost(_turns, _work):
        raise RecordError("the connection is lost")

    monkeypatch.setattr(Turns, "run", lost)
    with pytest.raises(RecordError, match="lost"):
        site.record(inspected())
    monkeypatch.undo()
    assert len(page(site.database, Wanted()).inspections) == 1
