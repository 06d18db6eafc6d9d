"""`amiss doctor` on a sound installation and a broken one."""

import shutil

from amiss.bundle.read import default_bundle_path


def test_doctor(document, point):
    report = document("doctor", "--operating-point", point)
    assert report["healthy"] is True
    states = {check["name"]: check["state"] for check in report["checks"]}
    assert states["bundle"] == states["onnxruntime"] == states["inspection"] == "sound"
    assert states["operating point"] == "note"


def test_doctor_finds_what_is_broken(amiss, tmp_path):
    copy = shutil.copytree(default_bundle_path(), tmp_path / "copy")
    (copy / "golden.npz").unlink()
    code, out, _ = amiss("doctor", "--bundle", copy)
    assert code == 1
    assert "golden.npz" in out
