"""`amiss booth`, on a simulated booth with small pictures."""

import pytest

from amiss.booth.lenses import read_lenses
from amiss.domain.errors import SimulationError
from amiss.simulate.render.fast import FastBackend
from amiss.simulate.rig import empty_booth

DESIGN = ("booth", "design", "--item-max", "600x400x400mm", "--smallest-damage", "5mm")


@pytest.fixture(scope="module")
def _renderer():
    try:
        FastBackend().close()
    except SimulationError as error:
        pytest.skip(str(error))


@pytest.fixture
def config(tmp_path, _renderer):
    """A simulated booth of two cameras."""
    path = tmp_path / "booth.toml"
    path.write_text('name = "dock-4"\n[[cameras]]\nkind = "simulated"\nviews = 2\nsize = 448\n')
    return path


def test_a_booth_is_designed_for_what_it_has_to_see(document, amiss, tmp_path):
    drawing = tmp_path / "booth.svg"
    made = document(*DESIGN, "--cameras", "4", "--drawing", drawing)
    assert [camera["name"] for camera in made["cameras"]] == ["top", "left", "right", "back"]
    assert all(camera["pixel_far"] <= 0.001 for camera in made["cameras"])
    assert made["item_max"] == [0.6, 0.4, 0.4]
    assert "left (" in drawing.read_text(encoding="utf-8")
    assert document(*DESIGN[:-1], "0.5cm")["smallest_damage"] == pytest.approx(0.005)
    code, out, _ = amiss(*DESIGN)
    assert code == 0
    assert "lens mm" in out
    assert "lux" in out


@pytest.mark.parametrize(
    ("item", "damage", "word"),
    [
        ("600x400mm", "5mm", "600x400x400mm"),
        ("600x400x400", "5mm", "600x400x400mm"),
        ("600x400x400mm", "5", "5mm"),
        ("600x400x400mm", "0mm", "positive"),
        ("3x2x1m", "1mm", "larger damages"),
    ],
)
def test_a_booth_that_cannot_be_designed_is_refused(refused, item, damage, word):
    design = ("booth", "design", "--item-max", item, "--smallest-damage", damage)
    assert word in refused(*design)


def test_an_empty_tray_is_stored_and_compared_with_the_one_before(
    document, refused, amiss, config, tmp_path
):
    out = ("--out", tmp_path / "stored")
    config.write_text(config.read_text().replace("448", "256"))
    assert "store one first" in refused("booth", "recalibrate", config, *out, "--check")
    first = document("booth", "recalibrate", config, *out)
    assert (first["version"], first["compared_with"], first["drift"]) == (1, None, [])
    config.write_text(config.read_text().replace("256", "256\nseed = 1"))  # another booth
    checked = document("booth", "recalibrate", config, *out, "--check")
    assert (checked["version"], checked["compared_with"], checked["due"]) == (None, 1, True)
    assert {change["camera"] for change in checked["drift"]} == {"top", "left"}
    assert len(list((tmp_path / "stored").iterdir())) == 1
    code, text, _ = amiss("booth", "recalibrate", config, *out)
    assert code == 0
    assert "Calibration 2 is in force" in text
    assert "recalibrate" in text
    (tmp_path / "stored" / "000002" / "top.png").write_bytes(b"altered")
    assert "was altered" in refused("booth", "recalibrate", config, *out, "--check")
    code, text, said = amiss("booth", "recalibrate", config, *out)
    assert (code, "was altered" in said) == (0, True)
    assert "Calibration 3 is in force" in text


@pytest.mark.usefixtures("fake_engine")
def test_a_simulated_booth_is_guided_through_its_acceptance(document, config, tmp_path):
    report, lenses = tmp_path / "report.html", tmp_path / "lenses.toml"
    few = ("--items", 2, "--placements", 2, "--judged", 2, "--trials", 1, "--boards", 8)
    wanted = ("--report", report, "--lenses", lenses, "--appraiser", "anna")
    made = document("booth", "accept", config, *few, *wanted)
    assert made["left_out"] == []
    rows = {(row["name"], row["camera"]): row for row in made["rows"]}
    for camera in ("top", "left"):
        for name in ("evenness of light", "colour of a grey card", "lens fit"):
            assert rows[name, camera]["passed"], name
        for place in ("in the middle", "in a corner"):
            assert rows[f"sharpness (MTF50) {place}", camera]["measured"] > 0.15
    assert 0 < rows["synchronisation", ""]["measured"] <= 4
    assert rows["placements without opinion", ""]["measured"] == 0
    assert rows["captures with a fault", ""]["measured"] == 0
    assert ("kappa against anna", "") in rows
    assert "anna" in " ".join(made["notes"])
    assert "dock-4" in report.read_text(encoding="utf-8")
    real = {eye.name: eye for eye in empty_booth(0, 2, 448).cameras}
    for name, lens in read_lenses(lenses).items():
        assert lens.intrinsics.fx == pytest.approx(real[name].intrinsics.fx, rel=0.04)
        assert lens.pose[:3, 3] == pytest.approx(real[name].pose[:3, 3], abs=0.03)
        assert lens.pose[:3, :3] == pytest.approx(real[name].pose[:3, :3], abs=0.02)


def test_steps_can_be_taken_alone_and_the_report_says_what_is_lacking(amiss, config, tmp_path):
    report = tmp_path / "report.md"
    code, out, err = amiss("booth", "accept", config, "--step", "evenness", "--report", report)
    assert (code, err) == (0, "")
    assert "Not accepted, as not taken" in out
    assert "agreement" in report.read_text(encoding="utf-8")


def test_an_acceptance_that_cannot_be_taken_is_refused(refused, config, tmp_path):
    assert ".html or .md" in refused("booth", "accept", config, "--report", tmp_path / "r.pdf")
    answers = tmp_path / "answers.toml"
    answers.write_text("damaged = [1]\nwhat = 2\n")
    agreement = ("booth", "accept", config, "--step", "agreement", "--answers", answers)
    assert "the numbers of the items" in refused(*agreement)
    config.write_text('[[cameras]]\nkind = "simulated"\ncolour = "red"\n')
    assert "colour" in refused("booth", "accept", config)
    assert "cannot be read" in refused("booth", "recalibrate", tmp_path / "none.toml")
