"""The command line as people and scripts meet it; pictures are sketched."""

import builtins
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from amiss.bundle.operating_point import OperatingPoint, write_operating_point
from amiss.bundle.read import default_bundle_path, open_bundle
from amiss.cli import inspect as inspect_command
from amiss.cli import supervisor
from amiss.cli.inspect import spread
from amiss.cli.supervisor import run
from amiss.domain.words import DamageType
from amiss.simulate.sketched.sketch import sketch

INSPECT_KEYS = {
    *("score", "threshold", "decision", "reasons", "types", "findings", "evidence", "heatmaps"),
    *("elapsed_ms", "bundle", "operating_point"),
}
EVALUATE_KEYS = {
    *("auroc", "ap", "recall_at_fpr_1pct", "n_good", "n_damaged", "n_no_opinion", "ms_per_image"),
}
DEMO_KEYS = {
    *("inspected", "sidelined", "true_sidelined", "missed", "not_inspected", "ms_per_item_p50"),
}
DECISIONS = {"pass", "sideline", "not_inspected"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Of one product: two references and a query; of another: one reference."""
    folder = tmp_path_factory.mktemp("pictures")
    views = {"a": (0, 0), "b": (0, 1), "query": (0, 2), "other": (3, 0)}
    for name, (product, capture) in views.items():
        rgb = sketch(product, capture, pose="upright", size=320).rgb
        Image.fromarray(rgb).save(folder / f"{name}.jpg", quality=92)
    return folder


@pytest.fixture(scope="module")
def point(tmp_path_factory):
    """A threshold for the packaged bundle."""
    path = tmp_path_factory.mktemp("point") / "point.json"
    fields = {"threshold": 0.5, "provisional": True, "midpoint": 0.5, "slope": 10.0}
    write_operating_point(
        path, OperatingPoint(bundle=open_bundle().id, calibration={"made": "for a test"}, **fields)
    )
    return path


@pytest.fixture
def amiss(capsys):
    """Runs a command here; gives (exit code, stdout, stderr)."""

    def call(*arguments):
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def document(amiss):
    """The one document that a command prints with --json."""

    def call(*arguments):
        code, out, err = amiss(*arguments, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return call


@pytest.fixture
def refused(amiss):
    """The one sentence that a command is refused with."""

    def call(*arguments):
        code, out, err = amiss(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("Error: ")
        assert err.endswith(".\n")
        assert err.count("\n") == 1
        return err

    return call


def subprocess_amiss(*arguments, **options):
    command = [sys.executable, "-m", "amiss.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60, **options)


# inspect


def test_inspect_prints_all_keys_of_the_contract(document, pictures, point, tmp_path):
    heat = tmp_path / "heat.png"
    result = document(
        *("inspect", pictures / "query.jpg", "--operating-point", point),
        *("--reference", pictures / "a.jpg", "--reference", pictures / "b.jpg"),
        *("--heatmap", heat),
    )
    assert result.keys() >= INSPECT_KEYS
    assert result["decision"] in {"pass", "sideline"}
    assert 0 <= result["score"] <= 1
    assert result["heatmaps"] == [str(heat)]
    with Image.open(heat) as picture:
        assert picture.format == "PNG"


def test_stdout_holds_only_the_document(pictures, point):
    done = subprocess_amiss(
        *("inspect", pictures / "query.jpg", "--reference", pictures / "a.jpg"),
        *("--operating-point", point, "--json"),
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout).keys() >= INSPECT_KEYS


def test_inspect_without_references_has_no_opinion(document, amiss, pictures, point, tmp_path):
    command = ("inspect", pictures / "query.jpg", "--operating-point", point)
    result = document(*command)
    assert (result["score"], result["decision"]) == (None, "not_inspected")
    heat = tmp_path / "heat.png"
    code, out, err = amiss(*command, "--json", "--heatmap", heat)
    assert (code, json.loads(out)["heatmaps"]) == (0, [])
    assert "No heat map" in err
    assert not heat.exists()


def test_a_picture_says_nothing_about_itself(document, pictures, point):
    query = pictures / "query.jpg"
    result = document("inspect", query, "--reference", query, "--operating-point", point)
    assert (result["score"], result["decision"]) == (None, "not_inspected")


def test_reference_of_another_product_gives_a_decision(document, pictures, point):
    result = document(
        *("inspect", pictures / "query.jpg", "--reference", pictures / "other.jpg"),
        *("--operating-point", point),
    )
    assert result["decision"] in DECISIONS


def test_several_views_make_one_sheet(document, pictures, point, tmp_path):
    heat = tmp_path / "heat.png"
    result = document(
        *("inspect", pictures / "query.jpg", pictures / "b.jpg", "--reference"),
        *(pictures / "a.jpg", pictures / "b.jpg", "--operating-point", point, "--heatmap", heat),
    )
    assert result["n_views"] == 2
    with Image.open(heat) as picture:
        assert picture.width > picture.height


def test_inspect_for_people(amiss, pictures, point):
    code, out, err = amiss(
        *("inspect", pictures / "query.jpg", "--reference", pictures / "a.jpg"),
        *("--operating-point", point, "--product", "[red]SKU"),
    )
    assert (code, err) == (0, "")
    assert "score" in out
    assert "threshold 0.500" in out
    assert "[red]SKU" in out


def test_depth_and_empty_tray_are_taken_along(document, refused, pictures, point, tmp_path):
    depth, grey = tmp_path / "depth.png", tmp_path / "grey.png"
    Image.fromarray(np.full((320, 320), 750, np.uint16)).save(depth)
    Image.fromarray(np.full((320, 320), 75, np.uint8)).save(grey)
    command = ("inspect", pictures / "query.jpg", "--operating-point", point)
    result = document(*command, "--depth", depth, "--empty-tray", pictures / "other.jpg")
    assert {one["detector"] for one in result["evidence"]} >= {"depth", "surroundings"}
    assert "16-bit" in refused(*command, "--depth", grey)
    assert "16-bit" in refused(*command, "--depth", tmp_path / "none.png")
    assert "1 views but 2" in refused(*command, "--depth", depth, depth)


def test_depth_is_read_in_metres(tmp_path):
    from amiss.cli.depth import read_depth

    Image.fromarray(np.array([[0, 750], [65535, 1]], np.uint16)).save(tmp_path / "depth.png")
    metres = read_depth(tmp_path / "depth.png")
    assert metres.dtype == np.float32
    np.testing.assert_allclose(metres, [[0, 0.75], [65.535, 0.001]], rtol=1e-6)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("inspect Q --reference A B --json", "inspect Q --reference A --reference B --json"),
        ("inspect --reference A Q", "inspect --reference A Q"),
        ("inspect Q --reference=A B", "inspect Q --reference=A --reference B"),
        ("inspect Q --gallery G P", "inspect Q --gallery G P"),
        ("inspect --gallery G --reference A Q", "inspect --gallery G --reference A Q"),
        ("inspect Q --depth A --json B", "inspect Q --depth A --json B"),
        ("inspect Q --reference A -- B", "inspect Q --reference A -- B"),
        ("inspect Q --reference", "inspect Q --reference"),
        ("gallery add A --reference B C", "gallery add A --reference B C"),
        ("", ""),
    ],
)
def test_an_option_takes_all_pictures_that_follow(given, meant):
    assert spread(given.split()) == meant.split()


def bomb():
    """A PNG that claims far more pixels than it has bytes for."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


@pytest.mark.parametrize("role", ["query", "reference"])
@pytest.mark.parametrize(
    "fault",
    ["no picture", "cut short", "empty", "one pixel", "folder", "missing", "bomb", "locked"],
)
def test_bad_pictures_are_refused_in_one_sentence(refused, pictures, point, tmp_path, fault, role):
    bad = tmp_path / "bad.jpg"
    good = pictures / "a.jpg"
    if fault == "folder":
        bad.mkdir()
    elif fault == "one pixel":
        Image.new("RGB", (1, 1)).save(bad)
    elif fault != "missing":
        whole = good.read_bytes()
        contents = {"no picture": b"text", "cut short": whole[: len(whole) // 2], "empty": b""}
        bad.write_bytes({**contents, "bomb": bomb(), "locked": whole}[fault])
    if fault == "locked":
        bad.chmod(0)
        if os.access(bad, os.R_OK):
            pytest.skip("this user may read every file")
    query, reference = (bad, good) if role == "query" else (good, bad)
    sentence = refused(
        "inspect", query, "--reference", reference, "--operating-point", point, "--json"
    )
    assert "bad.jpg" in sentence


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--heatmap", "heat.jpg"), ".png"),
        (("--heatmap", "no/such/folder/heat.png"), "folder"),
        (("--product", "SKU"), "gallery"),
        (("--gallery", "here"), "--product"),
        (("--gallery", "here", "--product", "SKU"), "no gallery"),
        (("--engine", "abacus"), "abacus"),
        (("--step", "dance"), "dance"),
        (("--bundle", "no-such-folder"), "no-such-folder"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_bad_options_are_refused(refused, pictures, point, options, word):
    query = pictures / "query.jpg"
    assert word in refused("inspect", query, "--operating-point", point, *options)


def test_a_heat_map_never_replaces_an_input(refused, pictures, point, tmp_path):
    query = tmp_path / "query.png"
    shutil.copy(pictures / "query.jpg", query)
    command = ("inspect", query, "--operating-point", point, "--heatmap", query)
    assert "replace" in refused(*command)


def test_operating_point_that_is_none_is_refused(refused, pictures):
    query = pictures / "query.jpg"
    refused("inspect", query, "--operating-point", query)


# evaluate


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    root = tmp_path_factory.mktemp("dataset")
    for part, damage in (("good", None), ("damaged/crush", "crush")):
        (root / part).mkdir(parents=True)
        for capture in range(3):
            view = sketch(0, capture, damage=damage, pose="upright", size=320)
            Image.fromarray(view.rgb).save(root / part / f"{capture}.png")
            if damage is not None:
                mask = root / "masks" / "crush" / f"{capture}_mask.png"
                mask.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(view.damage_mask.astype(np.uint8) * 255).save(mask)
    return root


@pytest.mark.parametrize("extra", [(), ("--rotate", "--details")])
def test_evaluate_prints_all_keys(document, dataset, point, extra):
    figures = document(
        *("evaluate", dataset, "--layout", "folder", "--references", 1, "--seed", 0),
        *("--operating-point", point, *extra),
    )
    assert figures.keys() >= EVALUATE_KEYS | {"pixel_auroc", "aupro"}
    assert (figures["n_good"], figures["n_damaged"]) == (2, 3)
    assert len(figures.get("images", ())) == (5 if extra else 0)


def test_evaluate_without_references_has_no_opinion(document, dataset, point):
    command = ("evaluate", dataset, "--references", 0, "--details", "--operating-point", point)
    figures = document(*command)
    assert figures["n_no_opinion"] == 6
    assert figures["not_inspected"] == {"good": 1.0, "damaged": 1.0}
    assert {image["score"] for image in figures["images"]} == {None}


def test_evaluate_for_people(amiss, dataset, point):
    code, out, err = amiss("evaluate", dataset, "--operating-point", point)
    assert (code, err) == (0, "")
    for words in ("AUROC", "n unmasked", "n ignored files", "good not inspected", "crush"):
        assert words in out


def test_evaluate_refuses(refused, dataset, point, tmp_path):
    assert "layout folder" in refused("evaluate", dataset, "--layout", "kaputt")
    assert "7 references" in refused(
        "evaluate", dataset, "--references", 7, "--operating-point", point
    )
    refused("evaluate", tmp_path, "--operating-point", point)


# gallery


def test_gallery_from_first_reference_to_undo(document, refused, amiss, pictures, point, tmp_path):
    here = ("--gallery", tmp_path / "gallery")
    shoe = (*here, "--product", "SHOE")
    added = document("gallery", "add", pictures / "a.jpg", pictures / "b.jpg", *shoe)
    assert added["revision"] == 2
    assert "already" in refused("gallery", "add", pictures / "a.jpg", *shoe)
    listed = document("gallery", "list", *here)["products"]
    assert [one["product"] for one in listed] == ["SHOE"]
    assert [one["name"] for one in listed[0]["references"]] == ["a.jpg", "b.jpg"]

    command = ("inspect", pictures / "query.jpg", *shoe, "--operating-point", point)
    result = document(*command)
    assert (result["gallery_revision"], result["product"]) == (2, "SHOE")
    assert result["decision"] in {"pass", "sideline"}

    assert document("gallery", "remove", "a.jpg", *shoe)["revision"] == 3
    assert document("gallery", "undo", *here)["undoes"] == 3
    changes = document("gallery", "history", *here)["changes"]
    assert [one["action"] for one in changes] == ["add", "add", "remove", "undo"]
    for command in ("list", "history"):
        code, out, err = amiss("gallery", command, *here)
        assert (code, err) == (0, "")
        assert "SHOE" in out


def test_gallery_refuses(refused, pictures, tmp_path):
    shoe = ("--gallery", tmp_path / "gallery", "--product", "SHOE")
    (tmp_path / "bad.jpg").write_text("text")
    refused("gallery", "add", pictures / "a.jpg", tmp_path / "bad.jpg", *shoe)
    assert not (tmp_path / "gallery").exists()
    assert "no gallery" in refused("gallery", "list", "--gallery", tmp_path / "gallery")
    refused("gallery", "add", pictures / "a.jpg", *shoe[:2], "--product", "")
    sentence = refused("gallery", "add", pictures / "a.jpg", pictures / "a.jpg", *shoe)
    assert "the 1 before it are added" in sentence
    assert "nothing" in refused("gallery", "remove", "nothing", *shoe)
    assert "HAT" in refused("gallery", "list", *shoe[:2], "--product", "HAT")


# bundle


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


# doctor and demo


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


# the supervisor


def test_help_and_version(amiss):
    code, out, _ = amiss()
    assert (code, out) == (amiss("--help")[0], amiss("--help")[1])
    assert (code, "inspect" in out) == (0, True)
    assert amiss("--version")[1].startswith("amiss ")


@pytest.mark.parametrize("arguments", [(), ("gallery",), ("inspekt",), ("demo", "x")])
def test_usage_errors_are_one_line(refused, arguments):
    if arguments:
        assert "--help" in refused(*arguments)
    else:
        assert "--help" in refused("inspect")


def fail_with(monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(inspect_command, "check_picture_file", fail)
    return "inspect", "x.jpg", "--heatmap", "x.png"


def test_unexpected_faults_are_one_sentence(amiss, monkeypatch):
    monkeypatch.delenv(supervisor.DEBUG, raising=False)
    arguments = fail_with(monkeypatch, RuntimeError("the tray\nfell"))
    sentence = "Error: Amiss failed (RuntimeError: the tray fell); AMISS_DEBUG=1 shows the details."
    assert amiss(*arguments) == (1, "", f"{sentence}\n")
    monkeypatch.setenv(supervisor.DEBUG, "1")
    assert "Traceback" in amiss(*arguments)[2]


def test_engine_faults_are_internal(amiss, monkeypatch):
    from amiss.domain.errors import EngineError

    arguments = fail_with(monkeypatch, EngineError("The engine failed."))
    code, out, err = amiss(*arguments)
    assert (code, out) == (1, "")
    assert err == "Error: The engine failed; AMISS_DEBUG=1 shows the details.\n"


def test_an_interrupt_is_quiet(amiss, monkeypatch):
    assert amiss(*fail_with(monkeypatch, KeyboardInterrupt())) == (130, "", "")


@pytest.mark.parametrize("command", [("bundle", "list"), ("--help",)])
def test_a_closed_pipe_is_quiet(command):
    read, write = os.pipe()
    os.close(read)
    arguments = [sys.executable, "-m", "amiss.cli", *command]
    done = subprocess.run(arguments, stdout=write, stderr=subprocess.PIPE, timeout=60)
    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 0
