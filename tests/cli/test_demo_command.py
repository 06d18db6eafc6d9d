"""`amiss demo`, cut down to two products."""

import json

import pytest

from amiss.domain.words import DamageType

DEMO_KEYS = {
    *("inspected", "sidelined", "true_sidelined", "missed", "not_inspected", "ms_per_item_p50"),
}


@pytest.fixture
def short_demo(monkeypatch):
    """Two products are enough to see that every part works."""
    queries = {0: (None, DamageType.CRUSH), 5: (None, DamageType.SUPERFICIAL)}
    monkeypatch.setattr("amiss.simulate.sketched.demo.QUERIES", queries)


@pytest.mark.usefixtures("short_demo")
def test_demo(amiss, point, tmp_path):
    out = tmp_path / "out"
    code, text, err = amiss("demo", "--exit", "--json", "--out", out, "--operating-point", point)
    assert (code, err) == (0, "")
    summary = json.loads(text)
    assert summary.keys() >= DEMO_KEYS
    assert summary["simulated"] is True
    assert summary["inspected"] + summary["not_inspected"] == len(summary["items"])
    assert len(list((out / "sidelined").iterdir())) == summary["sidelined"]
    assert (out / "overview.png").is_file()


@pytest.mark.usefixtures("short_demo")
def test_demo_for_people(amiss, refused, point, tmp_path):
    code, out, err = amiss("demo", "--operating-point", point)
    assert (code, err) == (0, "")
    assert "4 sketched items, 2 damaged" in out
    (tmp_path / "file").touch()
    refused("demo", "--out", tmp_path / "file", "--operating-point", point)
