import pytest
from benchmarks.identify.sets import difference, family, is_stranger
from benchmarks.identify.table import table, upper


def row(product="simulated-tin-7", *, known=True, rank=0, named=None, differs=None, claims=None):
    said = {"rank": rank, "first": product, "probability": 0.9, "named": named, "unknown": 0.1}
    told = {"right": None, "wrong": None, "sibling": None} | (claims or {})
    told["wrong"] = told["wrong"] or {"contradicted": True, "named": None}
    return {
        "id": "x", "product": product, "damaged": False, "known": known, "differs": differs,
        "open": said, "expected": said, "claims": told,
    }  # fmt: skip


def values(rows):
    return {one["name"]: one["value"] for one in table(rows)}


def test_figures_count_what_they_say():
    rows = [
        row("a-b-1", named="a-b-1"),
        row("a-b-2", rank=3),
        row("a-b-3", rank=None, named="a-b-9"),
        row("a-b-4", known=False, rank=None),
        row("a-b-5", known=False, rank=None, named="a-b-1"),
    ]
    found = values(rows)
    assert found["recall_at_1"] == pytest.approx(1 / 3)
    assert found["recall_at_5"] == pytest.approx(2 / 3)
    assert found["unknown_rejected"] == pytest.approx(1 / 2)
    assert found["named"] == pytest.approx(2 / 3)
    assert found["named_rightly"] == pytest.approx(1 / 2)
    assert found["wrong_found"] == 1


def test_look_alikes_are_right_or_for_a_person():
    alike = {"differs": "colour"}
    rows = [
        row("a-b-1", named="a-b-1", **alike),
        row("a-b-1-colour", named=None, **alike),
        row("a-b-2", named="a-b-2-colour", **alike),
        row("a-b-3", named="a-b-9"),
    ]
    found = values(rows)
    assert found["alike_open"] == pytest.approx(2 / 3)
    assert found["apart_colour"] == pytest.approx(2 / 3)


def test_false_alarms_have_a_one_sided_limit():
    told = {"right": {"contradicted": False, "named": None}}
    lines = {one["name"]: one for one in table([row(f"a-b-{n}", claims=told) for n in range(300)])}
    assert lines["false_alarms"]["value"] == 0
    assert lines["false_alarms"]["upper"] == pytest.approx(1 - 0.05 ** (1 / 300))
    assert upper(5, 5) == 1.0


def test_siblings_leave_the_gallery_together():
    names = [f"simulated-tin-{number}" for number in range(2000)]
    for name in names[:50]:
        assert is_stranger(name) == is_stranger(f"{name}-colour")
    assert 0.1 < sum(map(is_stranger, names)) / len(names) < 0.15
    assert family("simulated-poly_bag-12-size") == "simulated-poly_bag-12"
    both = {"simulated-tin-7", "simulated-tin-7-edition", "simulated-tin-8"}
    assert difference(both, "simulated-tin-7") == "edition"
    assert difference(both, "simulated-tin-7-edition") == "edition"
    assert difference(both, "simulated-tin-8") is None
