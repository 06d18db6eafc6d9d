"""The script that makes the packaged bundle, without the hours in between."""

from dataclasses import dataclass

import pytest

from amiss.bundle.operating_point import OperatingPoint, read_operating_point
from amiss.bundle.read import open_bundle
from plain_bundle import write_plain_bundle

pytest.importorskip("torch", reason="making a bundle needs torch: amiss[train]")
from amiss.train import default


@dataclass
class Made:
    bundle: object
    point: object
    figures: dict


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """Where the script puts things, and the data sets that it asks for; nothing is simulated."""
    asked = []
    monkeypatch.setattr(default, "default_bundle_path", lambda: tmp_path / "packaged")
    monkeypatch.setattr(default, "default_operating_point_path", lambda: tmp_path / "point.json")
    monkeypatch.setattr(default, "_run", lambda command: asked.append(list(command)))
    return tmp_path, asked


def made(_datasets, out, _work, encoder, *_, calibration):
    assert calibration.name == default.SOUND.name
    assert encoder.manifest.damage is None
    bundle = write_plain_bundle(out)
    facts = {"threshold": 0.5, "provisional": True, "midpoint": 0.5, "slope": 10.0}
    return Made(bundle, OperatingPoint(bundle=bundle.id, calibration={}, **facts), {})


def run(root):
    photographs = ("--photographs", str(root / "shop"))
    default.main([str(root / "work"), *photographs, "--date", "2026-11-30"])


def test_bundle_and_operating_point_are_put_in_place_together(packaged, monkeypatch):
    root, asked = packaged
    monkeypatch.setattr(default, "make_bundle", made)
    run(root)
    bundle = open_bundle(root / "packaged")
    assert read_operating_point(root / "point.json", bundle).bundle == bundle.id
    simulated = [command for command in asked if command[0] == "simulate"]
    assert len(simulated) == len(default.SIMULATED) + 1
    assert [command[0] for command in asked if command not in simulated] == ["paint"]
    seeds = [command[command.index("--seed") + 1] for command in simulated]
    assert len(set(seeds)) == len(seeds)


def test_what_is_packaged_stays_where_training_is_cut_off(packaged, monkeypatch):
    root, _ = packaged

    def cut_off(_datasets, out, *_, calibration):
        assert calibration.name == default.SOUND.name
        write_plain_bundle(out)
        raise KeyboardInterrupt

    monkeypatch.setattr(default, "make_bundle", cut_off)
    with pytest.raises(KeyboardInterrupt):
        run(root)
    assert not (root / "packaged").exists()
    assert not (root / "point.json").exists()
