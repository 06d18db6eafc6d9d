import json
import subprocess
import sys

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from amiss.bundle.manifest import Source
from amiss.domain.errors import BundleError, ImageError, InputError
from amiss.vision.golden import golden_pictures

REASON = "measuring features needs torch and onnx: amiss[train]"
torch = pytest.importorskip("torch", reason=REASON)
lite0 = pytest.importorskip("amiss.train.lite0", reason=REASON)
statistics = pytest.importorskip("amiss.train.statistics", reason=REASON)
measure = statistics.measure

DATA = Source(what="drawn pictures", licence="CC0-1.0", where="this test")


@pytest.fixture(scope="module")
def published():
    return lite0.load_published(lite0.DEFAULT_TAPS)


def drawn(count=3):
    """Pictures count×448×320×3 with texture, noise and print; each is another cut of them."""
    tiled = np.tile(np.concatenate(golden_pictures()[2:]), (4, 5, 1))
    return np.stack([tiled[i * 24 :, i * 40 :][:448, :320] for i in range(count)])


def save(folder, pictures):
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{index}.png" for index in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        Image.fromarray(picture).save(path)
    return paths


def places_of(maps):
    """The 3×3 averages of C×h×w, as places×C; beyond the border the map is mirrored."""
    padded = np.pad(maps.astype(np.float64), ((0, 0), (1, 1), (1, 1)), mode="reflect")
    windows = sliding_window_view(padded, (3, 3), axis=(1, 2))
    return windows.mean(axis=(3, 4)).reshape(len(maps), -1).T


def test_the_statistics_are_those_of_all_averaged_places(published, tmp_path):
    pictures = drawn()
    found = measure(save(tmp_path, pictures), data=DATA)
    with torch.no_grad(), lite0.one_thread():
        maps = [published(torch.from_numpy(picture[None])) for picture in pictures]
    assert [tap.tap for tap in found.taps] == list(lite0.DEFAULT_TAPS)
    for index, tap in enumerate(found.taps):
        places = np.concatenate([places_of(m[index][0].numpy()) for m in maps])
        scale = places.std(axis=0).max()
        np.testing.assert_allclose(tap.mean, places.mean(axis=0), rtol=1e-5, atol=1e-5 * scale)
        np.testing.assert_allclose(tap.std, places.std(axis=0), rtol=1e-5)
        factor, bias = found.standardisation(tap.tap)
        after = places * factor + bias
        np.testing.assert_allclose(after.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(after.std(axis=0), 1, rtol=1e-4)


class Spy:
    """Stands in for the trunk: one tap, the colours of every 16th pixel; remembers pictures."""

    taps = (7,)

    def __init__(self):
        self.seen = []

    def __call__(self, image):
        self.seen.append(image.numpy())
        return [image.float().permute(0, 3, 1, 2)[:, :, ::16, ::16]]


def test_a_larger_picture_is_reduced_by_area(tmp_path):
    pictures = drawn(1)
    one, other = Spy(), Spy()
    measure(save(tmp_path / "small", pictures), data=DATA, trunk=one)
    doubled = pictures.repeat(2, axis=1).repeat(2, axis=2)
    measure(save(tmp_path / "large", doubled), data=DATA, trunk=other)
    np.testing.assert_array_equal(one.seen[0][0], pictures[0])
    np.testing.assert_array_equal(other.seen[0][0], pictures[0])


@pytest.mark.parametrize(
    ("size", "expected"),
    [((300, 200), (448, 288)), ((348, 348), (448, 448)), ((20, 400), (32, 448))],
)
def test_sides_become_multiples_of_32(tmp_path, size, expected):
    spy, (height, width) = Spy(), size
    measure(save(tmp_path, drawn(1).repeat(2, axis=2)[:, :height, :width]), data=DATA, trunk=spy)
    assert spy.seen[0].shape == (1, *expected, 3)


def test_numbers_have_six_digits(tmp_path):
    (tap,) = measure(save(tmp_path, drawn()), data=DATA, trunk=Spy()).taps
    for value in (*tap.mean, *tap.std):
        assert value == float(f"{value:.6g}")


def test_what_is_written_is_read_back(tmp_path):
    found = measure(save(tmp_path, drawn()), data=DATA, trunk=Spy())
    path = tmp_path / "statistics.json"
    statistics.write_statistics(path, found)
    assert statistics.read_statistics(path) == found
    assert json.loads(path.read_text())["data"] == DATA.model_dump()
    before = path.read_bytes()
    statistics.write_statistics(path, statistics.read_statistics(path))
    assert path.read_bytes() == before


def test_the_packaged_statistics_fit_the_default_taps():
    found = statistics.read_statistics()
    assert [tap.tap for tap in found.taps] == list(lite0.DEFAULT_TAPS)
    for tap in found.taps:
        assert len(tap.mean) == len(tap.std) == lite0.BLOCKS[tap.tap].outputs
    assert found.data.licence == "MIT"


def altered(**changes):
    content = statistics.read_statistics().model_dump(mode="json") | changes
    return json.dumps(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        altered(pictures=0),
        altered(extra=1),
        altered(taps=[{"tap": 7, "mean": [0.0], "std": [0.0]}]),
        altered(taps=[{"tap": 7, "mean": [float("nan")], "std": [1.0]}]),
        altered(taps=[{"tap": 7, "mean": [0.0, 1.0], "std": [1.0]}]),
    ],
)
def test_a_file_that_holds_something_else_refuses(tmp_path, text):
    path = tmp_path / "statistics.json"
    path.write_text(text)
    with pytest.raises(BundleError, match="does not hold feature statistics"):
        statistics.read_statistics(path)


def test_a_missing_file_and_a_missing_tap_refuse(tmp_path):
    with pytest.raises(BundleError, match="cannot be read"):
        statistics.read_statistics(tmp_path / "none.json")
    with pytest.raises(BundleError, match="no statistics of block 3"):
        statistics.read_statistics().standardisation(3)


def test_what_cannot_be_measured_refuses(tmp_path):
    with pytest.raises(InputError, match="no pictures"):
        measure([], data=DATA, trunk=Spy())
    flat = save(tmp_path, np.full((1, 64, 64, 3), 90, np.uint8))
    with pytest.raises(InputError, match="same everywhere"):
        measure(flat, data=DATA, trunk=Spy())
    flat[0].write_bytes(b"no picture")
    with pytest.raises(ImageError):
        measure(flat, data=DATA, trunk=Spy())


def test_pictures_are_found_in_order(tmp_path):
    for name in ["b/2.JPG", "b/1.png", "a/3.jpeg", "a/.hidden.jpg", "a/notes.txt"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = statistics.pictures_in([tmp_path / "b", tmp_path / "a"])
    assert [path.name for path in found] == ["1.png", "2.JPG", "3.jpeg"]


def run(*arguments):
    command = [sys.executable, "-m", "amiss.train.statistics", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_command_measures_a_folder(tmp_path):
    paths, out = save(tmp_path / "mine", drawn(1)), tmp_path / "mine.json"
    done = run(tmp_path / "mine", "--out", out, "--taps", "2,4", "--licence", "CC0-1.0")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    found = statistics.read_statistics(out)
    assert found.data.licence == "CC0-1.0"
    assert found.taps == measure(paths, (2, 4), data=DATA).taps


@pytest.mark.parametrize("extra", [[], ["--taps", "4,2"], ["--taps", "x"]])
def test_the_command_refuses_in_one_sentence(tmp_path, extra, capsys):
    if extra:
        save(tmp_path, drawn(1))
    with pytest.raises(SystemExit) as stopped:
        statistics.main([str(tmp_path), "--out", str(tmp_path / "out.json"), *extra])
    assert stopped.value.code == 2
    assert "error:" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
