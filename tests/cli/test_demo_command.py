"""`amiss demo`, cut down to a few captures of the recorded booth."""

import json
import subprocess
import sys

import pytest

from amiss.cli.demo_rows import row_of, summary
from amiss.dataset.reader import open_dataset
from amiss.domain.words import Decision
from amiss.recordings import BOOTH

DEMO_KEYS = {
    *("inspected", "sidelined", "true_sidelined", "missed", "not_inspected", "ms_per_item_p50"),
}


@pytest.fixture
def short_demo(monkeypatch, recording):
    monkeypatch.setattr("amiss.recordings.BOOTH", recording)


@pytest.mark.usefixtures("short_demo")
def test_demo(amiss, point, tmp_path):
    out = tmp_path / "out"
    code, text, err = amiss("demo", "--exit", "--json", "--out", out, "--operating-point", point)
    assert (code, err) == (0, "")
    found = json.loads(text)
    assert found.keys() >= DEMO_KEYS
    assert found["simulated"] is True
    assert (found["items_total"], found["amiss_total"]) == (5, 2)
    assert found["inspected"] + found["not_inspected"] == len(found["items"]) == 5
    items = {item["item"]: item for item in found["items"]}
    assert items["book-4"]["truth"] == "major tear"
    assert items["blades-4"]["types"] == ["missing_unit"]
    smudged = items["honey-5"]
    assert smudged["score"] is not None  # the damage model knows the booth
    assert found["by_story"]["smudged_barcode"]["not_inspected"] == 0
    assert found["by_type"]["missing_unit"]["items"] == 1
    assert len(list((out / "sidelined").iterdir())) == found["sidelined"]
    assert (out / "overview.png").is_file()
    assert found["pictures"][0] == str(out / "overview.png")


@pytest.mark.usefixtures("short_demo", "fake_engine")
def test_demo_for_people(amiss, refused, point, tmp_path):
    code, out, err = amiss("demo", "--operating-point", point)
    assert (code, err) == (0, "")
    words = " ".join(out.split())
    assert "5 simulated items, 2 of them amiss" in words
    assert "smudged barcode" in words
    (tmp_path / "file").touch()
    refused("demo", "--out", tmp_path / "file", "--operating-point", point)


class Said:
    """A result, as far as the demo reads it."""

    def __init__(self, decision):
        self.decision, self.score, self.reasons = decision, 0.7, ("because",)
        self.findings, self.views, self.elapsed_ms = (), (), 5.0


def test_what_counts_as_rightly_sidelined():
    """Damage counts unless it is tolerable; so does the wrong item; a new design does not."""
    records = {record.id: record for record in open_dataset(BOOTH).split("test")}
    tags = {tag: [r for r in records.values() if tag in r.labels.tags] for tag in
            ("tolerable", "wrong_item", "new_design", "beside")}  # fmt: skip
    amiss = {tag: {row_of(r, Said(Decision.SIDELINE)).amiss for r in found}
             for tag, found in tags.items()}  # fmt: skip
    assert amiss == {
        "tolerable": {False},
        "wrong_item": {True},
        "new_design": {False},
        "beside": {True},
    }
    rows = [row_of(r, Said(Decision.PASS)) for found in tags.values() for r in found]
    rows += [row_of(tags["wrong_item"][0], Said(Decision.SIDELINE))]
    rows += [row_of(tags["new_design"][0], Said(Decision.NOT_INSPECTED))]
    figures = summary(rows)
    assert figures["missed"] == len(tags["wrong_item"]) + len(tags["beside"])
    assert (figures["sidelined"], figures["true_sidelined"]) == (1, 1)
    assert (figures["not_inspected"], figures["inspected"]) == (1, len(rows) - 1)
    assert figures["by_type"]["sound"]["not_inspected"] == 1


WITHOUT_EXTRAS = """
import sys
from pathlib import Path
for name in ("mitsuba", "drjit", "mitsuba_oidn", "moderngl", "fonts", "torch", "onnx", "openvino"):
    sys.modules[name] = None  # as if it were not installed
import amiss.recordings
amiss.recordings.BOOTH = Path(sys.argv[1])
from amiss.cli.supervisor import run
sys.exit(run(["demo", "--exit", "--json"]))
"""


def test_the_demo_needs_no_renderer(recording):
    command = [sys.executable, "-c", WITHOUT_EXTRAS, str(recording)]
    done = subprocess.run(command, capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["items_total"] == 5
