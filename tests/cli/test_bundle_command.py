"""`amiss bundle`: list, show, verify, export."""

import builtins
import shutil

import pytest

from amiss.bundle.read import default_bundle_path, open_bundle


def test_bundle_list_show_and_verify(document, amiss):
    assert document("bundle", "list")["bundles"][0]["bundle"] == open_bundle().id
    assert document("bundle", "verify")["sound"] is True
    for command in ("list", "show", "verify"):
        code, out, _ = amiss("bundle", command)
        assert code == 0
        assert out


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_verify_finds_what_was_tampered_with(amiss, tmp_path, options):
    copy = shutil.copytree(default_bundle_path(), tmp_path / "copy")
    encoder = copy / "encoder.onnx"
    encoder.write_bytes(encoder.read_bytes()[:-1] + b"!")
    code, out, err = amiss("bundle", "verify", copy, *options)
    assert (code, out) == (2, "")
    assert "encoder.onnx" in err.splitlines()[-1]


def test_export_without_torch_says_what_to_install(refused, monkeypatch, tmp_path):
    real = builtins.__import__

    def without_torch(name, *rest):
        if name.startswith("amiss.train"):
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_torch)
    sentence = refused("bundle", "export", "--out", tmp_path / "out")
    assert "amiss[train]" in sentence
