"""What `amiss inspect` refuses, in one sentence each."""

import os
import shutil
import struct
import zlib

import pytest
from PIL import Image


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
        (("--gallery", "here"), "no gallery"),
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


def test_a_gallery_needs_the_product_where_the_bundle_does_not_identify(
    document, refused, pictures, plainly, tmp_path
):
    here = ("--gallery", tmp_path / "gallery")
    document("gallery", "add", pictures / "a.jpg", *here, *plainly[:2], "--product", "KIT")
    assert "--product" in refused("inspect", pictures / "query.jpg", *here, *plainly)


def test_a_heat_map_never_replaces_an_input(refused, pictures, point, tmp_path):
    query = tmp_path / "query.png"
    shutil.copy(pictures / "query.jpg", query)
    command = ("inspect", query, "--operating-point", point, "--heatmap", query)
    assert "replace" in refused(*command)


def test_operating_point_that_is_none_is_refused(refused, pictures):
    query = pictures / "query.jpg"
    refused("inspect", query, "--operating-point", query)
