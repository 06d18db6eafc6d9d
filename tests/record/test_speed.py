"""The benchmark's filled records are records like any other."""

from benchmarks.record.fill import END, SPAN, STEPS, fill
from benchmarks.record.speed import measure

from amiss.record.examine.site import examine
from amiss.record.queries.inspections import Wanted, page
from amiss.record.queries.rates import By, rates
from amiss.record.queries.scores import scores


def test_a_filled_record_is_whole(site):
    fill(site, 2500)
    report = examine(site)
    assert report.problems == []
    assert report.looked_at["inspections"] == 2500
    found = page(site.database, Wanted(), limit=1000)
    assert len(found.inspections) == 1000
    months = rates(site.database, By.MONTH, (END - SPAN).date(), END.date())
    assert sum(rate.inspected for rate in months) == 2500
    of_steps = [scores(site.database, END - SPAN, END, step) for step in STEPS]
    assert sum(len(one.score) for one in of_steps) == 2500
    assert all((one.at[1:] >= one.at[:-1]).all() for one in of_steps)


def test_all_figures_are_printed(tmp_path):
    figures = measure(tmp_path, inspections=300, seconds=0.2, repeats=2)
    assert figures["per_second"] > 0
    assert figures["bytes_per_inspection"] > 500
    assert figures["slowest_p95_ms"] == max(one["p95_ms"] for one in figures["queries"]) > 0
    assert len(figures["queries"]) > 10
