import json
import shutil

import pytest

from amiss.bundle.manifest import Encoder, Manifest, Output, parse_manifest, seal, sha256
from amiss.bundle.operating_point import (
    OperatingPoint,
    read_operating_point,
    write_operating_point,
)
from amiss.bundle.read import default_bundle_path, open_bundle, verify
from amiss.domain.errors import BundleError

FILES = {"encoder.onnx": b"graph " * 50, "golden.npz": b"maps " * 50, "MODEL_CARD.md": b"# Card\n"}
ALL_FILES = ["bundle.json", "bundle.sha256", *FILES]


def make_manifest(**changes):
    fields = {
        "name": "tiny",
        "version": "1",
        "created": "2026-11-23",
        "encoder": Encoder(
            file="encoder.onnx", multiple=32, outputs=(Output(name="s8", stride=8, channels=4),)
        ),
        "sources": (),
        "files": {name: sha256(data) for name, data in FILES.items()},
    }
    return Manifest(**{**fields, **changes})


def write_manifest(folder, data):
    (folder / "bundle.json").write_bytes(data)
    (folder / "bundle.sha256").write_bytes(seal(data))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    write_manifest(folder, make_manifest().to_bytes())
    return folder


def refuses(folder, *words):
    with pytest.raises(BundleError) as caught:
        open_bundle(folder)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert message.endswith(".")
    assert "\n" not in message
    assert not all(check.passed for check in verify(folder))


def test_a_sound_bundle_opens(folder):
    bundle = open_bundle(folder)
    assert bundle.id == f"tiny@{sha256((folder / 'bundle.json').read_bytes())[:12]}"
    assert bundle.read("golden.npz") == FILES["golden.npz"]
    assert [c.name for c in verify(folder)] == ["bundle.json", *sorted(FILES)]
    assert all(check.passed for check in verify(folder))


def test_the_default_bundle_opens():
    bundle = open_bundle()
    assert bundle.path == default_bundle_path()
    assert bundle.manifest.encoder.multiple == 16
    assert sum(f.stat().st_size for f in bundle.path.iterdir()) < 12_000_000


@pytest.mark.parametrize("name", ALL_FILES)
def test_one_flipped_bit_anywhere_refuses(folder, name):
    data = (folder / name).read_bytes()
    for place in range(0, len(data), max(1, len(data) // 40)):
        (folder / name).write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        refuses(folder, name.replace("bundle.json", "bundle."))


@pytest.mark.parametrize("name", ALL_FILES)
@pytest.mark.parametrize("kept", [0, 1, -1])
def test_a_truncated_file_refuses(folder, name, kept):
    (folder / name).write_bytes((folder / name).read_bytes()[:kept])
    refuses(folder, name)


@pytest.mark.parametrize("name", ALL_FILES)
def test_a_missing_file_refuses(folder, name):
    (folder / name).unlink()
    refuses(folder, name, "cannot be read")


@pytest.mark.parametrize("name", ["extra.bin", ".hidden", "sub/deep.bin", "encoder.onnx.bak"])
def test_an_additional_file_refuses(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"x")
    refuses(folder, name, "not part of the bundle")


@pytest.mark.parametrize("name", ALL_FILES)
def test_a_link_refuses_even_where_its_content_is_right(folder, tmp_path, name):
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    refuses(folder, name, "link")


def test_a_linked_subfolder_refuses(folder, tmp_path):
    (tmp_path / "other").mkdir()
    (folder / "sub").symlink_to(tmp_path / "other", target_is_directory=True)
    refuses(folder, "sub", "link")


def test_a_folder_in_the_place_of_a_file_refuses(folder):
    (folder / "golden.npz").unlink()
    (folder / "golden.npz").mkdir()
    refuses(folder, "golden.npz")


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "a/../b", "./a", "a//b", "a\\b", "", ".", "bundle.json"]
)
def test_a_path_that_leaves_the_folder_refuses(folder, path):
    manifest = json.loads((folder / "bundle.json").read_bytes())
    for spoil in (
        lambda m: m["files"].update({path: "0" * 64}),
        lambda m: m["encoder"].update(file=path),
    ):
        spoilt = json.loads(json.dumps(manifest))
        spoil(spoilt)
        write_manifest(folder, json.dumps(spoilt, indent=2, sort_keys=True).encode() + b"\n")
        refuses(folder, "bundle.json")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b"\xff\xfe",
        make_manifest().to_bytes().replace(b'"version": "1"', b'"version": 1'),
        make_manifest().to_bytes().replace(b'"name": "tiny"', b'"name": "../tiny"'),
        make_manifest().to_bytes().replace(b'"version"', b'"surplus": 1,\n  "version"'),
        make_manifest().to_bytes().replace(b"  ", b" "),
        make_manifest().to_bytes().replace(b'"schema_version": 2', b'"schema_version": 1'),
        make_manifest(files={"golden.npz": "0" * 64}).to_bytes(),
    ],
)
def test_a_wrong_manifest_refuses_even_with_the_right_seal(folder, data):
    write_manifest(folder, data)
    refuses(folder, "bundle.json")


def test_no_bundle_refuses(tmp_path):
    refuses(tmp_path / "nothing", "no bundle")


def test_a_file_that_changes_after_opening_refuses(folder):
    bundle = open_bundle(folder)
    (folder / "golden.npz").write_bytes(b"other")
    with pytest.raises(BundleError, match=r"golden\.npz"):
        bundle.read("golden.npz")
    with pytest.raises(BundleError, match="has no file"):
        bundle.read("../tiny/golden.npz")


def test_a_manifest_survives_the_round_trip_and_cannot_change():
    manifest = make_manifest()
    assert parse_manifest(manifest.to_bytes()) == manifest
    with pytest.raises(ValueError, match="frozen"):
        manifest.name = "other"


def test_the_id_depends_on_every_file(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    assert open_bundle(copy).id == open_bundle(folder).id
    changed = make_manifest(files={**make_manifest().files, "golden.npz": "0" * 64})
    assert changed.id != make_manifest().id


@pytest.fixture
def point(folder):
    return OperatingPoint(
        bundle=open_bundle(folder).id,
        threshold=0.9,
        provisional=True,
        calibration={"pictures": "rendered", "count": 40, "quantile": 0.99, "audited": False},
        midpoint=0.3,
        slope=12,
    )


def test_an_operating_point_survives_the_round_trip(folder, point, tmp_path):
    path = tmp_path / "op.json"
    write_operating_point(path, point)
    again = read_operating_point(path, open_bundle(folder))
    assert again == point
    assert again.hash == point.hash == json.loads(path.read_bytes())["hash"]
    assert point.model_copy(update={"threshold": 0.8}).hash != point.hash


def test_an_operating_point_for_another_bundle_refuses(folder, point, tmp_path):
    path = tmp_path / "op.json"
    write_operating_point(path, point)
    write_manifest(folder, make_manifest(version="2").to_bytes())
    with pytest.raises(BundleError, match="is for bundle tiny@"):
        read_operating_point(path, open_bundle(folder))


def test_an_altered_operating_point_refuses(folder, point, tmp_path):
    path = tmp_path / "op.json"
    bundle = open_bundle(folder)
    data = point.to_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(BundleError, match=r"op\.json"):
            read_operating_point(path, bundle)
    path.unlink()
    with pytest.raises(BundleError, match="cannot be read"):
        read_operating_point(path, bundle)


@pytest.mark.parametrize(
    "change",
    [{"threshold": 1.5}, {"threshold": float("nan")}, {"slope": 0.0}, {"midpoint": float("inf")}],
)
def test_an_operating_point_that_makes_no_sense_refuses(point, change):
    with pytest.raises(ValueError, match="validation error"):
        OperatingPoint(**{**point.model_dump(), **change})
