"""What `amiss doctor` says about cameras."""

import sys

import pytest

from amiss.booth.cameras import available
from amiss.booth.cameras.available import PROBES
from amiss.booth.config import BoothFile
from amiss.domain.errors import SimulationError


def test_every_kind_of_camera_that_may_be_lacking_is_probed():
    kinds = {
        one["properties"]["kind"]["const"]
        for one in BoothFile.model_json_schema()["$defs"].values()
        if "kind" in one["properties"]
    }
    assert kinds == {*PROBES, "folder", "replay"}


@pytest.mark.parametrize("kind", PROBES)
def test_a_probe_says_what_it_found(kind):
    found = PROBES[kind]()
    assert found.says
    assert found.there or found.remedy


def test_what_is_not_installed_says_what_to_do(monkeypatch):
    monkeypatch.setattr(available, "find_spec", lambda _name: None)
    monkeypatch.setitem(sys.modules, "pyrealsense2", None)  # an import of it fails

    def no_context():
        raise SimulationError("There is no EGL; install libegl1.")

    monkeypatch.setattr("amiss.simulate.render.fast_gl.open_context", no_context)
    for kind in ("genicam", "realsense", "simulated"):
        found = PROBES[kind]()
        assert not found.there, kind
        assert "install" in found.remedy, kind


def test_devices_and_producers_are_named(monkeypatch, tmp_path):
    (tmp_path / "video0").touch()
    (tmp_path / "maker.cti").touch()
    monkeypatch.setattr(available, "DEVICES", tmp_path)
    monkeypatch.setattr(available, "find_spec", lambda _name: object())
    monkeypatch.setenv("GENICAM_GENTL64_PATH", str(tmp_path))
    assert "/dev/video0" in PROBES["video"]().says
    assert "maker.cti" in PROBES["genicam"]().says
