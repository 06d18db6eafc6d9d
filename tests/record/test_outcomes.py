"""What came of items: misses, money, and returns per 100,000 shipped."""

from datetime import UTC, date, datetime, timedelta

import pytest

from amiss.domain.errors import RecordError
from amiss.domain.words import ProcessStep
from amiss.record.catalogue.items import Item, Items
from amiss.record.catalogue.upsert import Catalogue
from amiss.record.examine.site import examine
from amiss.record.inspections import Inspected, ViewPictures
from amiss.record.outcomes import Outcome, OutcomeKind, Outcomes
from amiss.record.queries.inspections import history
from amiss.record.queries.outcomes import misses, returns, unmatched
from amiss.record.queries.rates import By, rates

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
SPAN = (date(2026, 11, 1), date(2026, 12, 1))


def returned(name, at=NOON, **more):
    fields = {"kind": OutcomeKind.RETURN, "damaged": True, "cost": 12.5, "currency": "EUR"}
    return Outcome(id=name, at=at, **{**fields, **more})


def test_a_damaged_item_that_passed_is_a_miss(site, inspected):
    for n, (item, decision) in enumerate((("i1", "pass"), ("i2", "sideline"), ("i3", "pass"))):
        taken = NOON - timedelta(hours=3 - n)
        site.record(inspected(taken=taken, item=item, decision=decision, order_id=f"o{n}"))
    told = [returned("r1", item="i1"), returned("r2", item="i2"),
            returned("r3", order_id="o2"), returned("r4", item="nobody"),
            returned("r5", item="i1", damaged=False)]  # fmt: skip
    assert Outcomes(site.database).add(told, actor="t").added == 5
    found = misses(site.database, *SPAN)
    assert [(miss.outcome, miss.cost) for miss in found] == [("r1", 12.5), ("r3", 12.5)]
    assert unmatched(site.database, *SPAN) == ["r4"]
    said = history(site.database, "i3").entries
    assert [entry["what"] for entry in said] == ["inspection", "outcome"]
    assert examine(site).is_clean


def test_an_order_of_several_items_tells_of_none(site, inspected):
    for item in ("i1", "i2"):
        taken = NOON - timedelta(hours=1)
        site.record(inspected(taken=taken, item=item, decision="pass", order_id="o"))
    Outcomes(site.database).add([returned("r", order_id="o")], actor="t")
    assert misses(site.database, *SPAN) == []


def test_only_what_was_seen_before_counts(site, inspected):
    """A return may come before its shipment, or an item pass again once it came back."""
    Outcomes(site.database).add([returned("r", item="i1")], actor="t")
    assert unmatched(site.database, *SPAN) == ["r"]
    site.record(inspected(taken=NOON + timedelta(hours=1), item="i1", decision="pass"))
    assert misses(site.database, *SPAN) == []
    site.record(inspected(taken=NOON - timedelta(hours=1), item="i1", decision="pass"))
    assert len(misses(site.database, *SPAN)) == 1


def test_what_was_only_collected_or_came_back_hides_no_miss(site, inspected):
    early = NOON - timedelta(hours=5)
    site.record(inspected(taken=early, item="i1", decision="pass"))
    collected = Inspected(None, [ViewPictures(b"x")], taken=early + timedelta(hours=1), item="i1")
    site.record(collected)
    seen = inspected(taken=early + timedelta(hours=2), item="i1", step=ProcessStep.RETURN)
    site.record(seen)
    site.record(Inspected(None, [], taken=early, item="i2"))
    Outcomes(site.database).add([returned("r1", item="i1"), returned("r2", item="i2")], actor="t")
    assert [miss.outcome for miss in misses(site.database, *SPAN)] == ["r1"]
    assert unmatched(site.database, *SPAN) == ["r2"]


def test_the_same_outcome_is_one(site):
    outcomes = Outcomes(site.database)
    assert outcomes.add([returned("r", item="i"), returned("r", item="i")], actor="t").added == 1
    assert outcomes.add([returned("r", item="i")], actor="t").unchanged == 1
    assert list(outcomes.add([returned("r", item="j")], actor="t").refused) == ["r"]
    with pytest.raises(RecordError, match="item or an order"):
        returned("r")
    with pytest.raises(RecordError, match="sum"):
        returned("r", item="i", cost=float("nan"))


def test_returns_per_100_000_shipped_by_month(site):
    shipped = [Item(f"i{n}", shipped=NOON) for n in range(200)]
    shipped += [Item("d1", order_id="o9", shipped=NOON + timedelta(days=30))]
    Items(site.database).add(shipped, actor="t")
    told = [returned("r1", item="i1"), returned("r2", item="i1"), returned("r3", item="i9"),
            returned("r4", item="i8", damaged=None), returned("r5", order_id="o9"),
            returned("r6", order_id="o9")]  # fmt: skip
    Outcomes(site.database).add(told, actor="t")
    november, december = returns(site.database, SPAN[0], date(2027, 1, 1))
    assert (november.month, november.shipped, november.damaged) == ("2026-11", 200, 2)
    assert november.per_100_000 == pytest.approx(1000)
    assert (december.shipped, december.damaged) == (1, 1)
    assert december.export()["per_100_000"] == pytest.approx(100_000)
    later = Item("i9", shipped=NOON + timedelta(days=30))  # corrected
    Items(site.database).add([later, shipped[0]], actor="t")
    november, december = returns(site.database, SPAN[0], date(2027, 1, 1))
    assert (november.shipped, november.damaged) == (199, 1)
    assert (december.shipped, december.damaged) == (2, 2)
    assert examine(site).looked_at["items"] == 202  # what says nothing new is not noted again


def test_rates_by_whatever_is_asked(site, inspected):
    rows = [(1, {"product": "p0", "vendor": "Acme"}), (2, {"product": "p1", "vendor": "Acme"}),
            (3, {"product": "p2", "vendor": "Best", "packaging": "carton"})]  # fmt: skip
    Catalogue(site.database).upsert(rows, actor="t")
    for n in range(12):
        damaged = n % 4 == 0
        site.record(
            inspected(
                taken=NOON + timedelta(days=n), product=f"p{n % 3}", lot=f"l{n % 2}",
                step=ProcessStep.PACK if n % 2 else ProcessStep.SHIP,
                decision="sideline" if damaged else "pass",
                kinds=("tear", "tear") if damaged else (),
            )
        )  # fmt: skip

    def by(what, since=SPAN[0], until=SPAN[1], **more):
        return {
            rate.of: (rate.inspected, rate.sidelined)
            for rate in rates(site.database, what, since, until, **more)
        }

    assert by(By.VENDOR) == {"Acme": (8, 2), "Best": (4, 1)}
    assert by(By.PRODUCT) == {"p0": (4, 1), "p1": (4, 1), "p2": (4, 1)}
    assert by(By.PACKAGING) == {None: (8, 2), "carton": (4, 1)}
    assert by(By.STEP) == {"pack": (6, 0), "ship": (6, 3)}
    assert by(By.MONTH) == {"2026-11": (12, 3)}
    assert by(By.LOT, product="p0") == {"l0": (2, 1), "l1": (2, 0)}
    days = by(By.DAY, until=date(2026, 11, 5))
    assert days == {"2026-11-03": (1, 1), "2026-11-04": (1, 0)}
    (month,) = rates(site.database, By.MONTH, *SPAN)
    assert month.kinds == {"tear:major": 3}  # an item counts once, however often it is torn
    assert month.low < 3 / 12 < month.high
    assert month.export()["share"] == pytest.approx(0.25)
    lots = rates(site.database, By.LOT, *SPAN, product="p0")
    assert [lot.kinds for lot in lots] == [{"tear:major": 1}, {}]
    for wrong in ({"what": By.LOT}, {"what": By.DAY, "product": "p0"}):
        with pytest.raises(RecordError, match="by product"):
            by(**wrong)
    with pytest.raises(RecordError, match="no day"):
        by(By.DAY, since=SPAN[1], until=SPAN[1])
