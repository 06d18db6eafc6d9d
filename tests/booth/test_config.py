"""A booth's file is read strictly, and opens what it names."""

from pathlib import Path

import numpy as np
import pytest
from booth_helpers import CAMERAS, calibrated, capture
from PIL import Image

from amiss.booth.calibration import store
from amiss.booth.camera import Camera
from amiss.booth.config import BoothFile, read_booth
from amiss.booth.lenses import Lens, write_lenses
from amiss.dataset.labels import Labels
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.writer import writing
from amiss.domain.capture import Intrinsics
from amiss.domain.errors import CameraError, InputError

DOCS = Path(__file__).parents[2] / "docs" / "booth"


@pytest.fixture
def booth(tmp_path):
    """Writes a booth's file and reads it."""

    def written(text):
        path = tmp_path / "booth.toml"
        path.write_text(text, encoding="utf-8")
        return read_booth(path)

    return written


def pictures(folder, name, colour):
    folder.mkdir(exist_ok=True)
    for camera in ("top", "left"):
        rgb = np.full((24, 32, 3), colour, np.uint8)
        Image.fromarray(rgb).save(folder / f"{name}_{camera}.png")


FOLDER = 'settle_s = 0.01\nkind = "folder"\nfolder = "in"\nnames = ["top", "left"]\n'


def test_the_examples_in_the_documents_are_read():
    simulated = read_booth(DOCS / "simulated.toml")
    assert [camera.kind for camera in simulated.file.cameras] == ["simulated"]
    assert simulated.calibrations == DOCS / "calibrations"
    real = read_booth(DOCS / "three-cameras.toml")
    assert [camera.name for camera in real.file.cameras] == ["top", "left", "right"]
    assert real.exposures_us == {"top": 8000, "left": 10000, "right": 10000}
    assert real.file.deadline_s == 1.5


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("cameras = []", "cameras"),
        ('[[cameras]]\nkind = "simulated"\nveiws = 2', "veiws"),
        ('nmae = "x"\n[[cameras]]\nkind = "simulated"', "nmae"),
        ('[[cameras]]\nkind = "polaroid"', "polaroid"),
        ('[[cameras]]\nkind = "video"\nname = "a b"\nsource = 0', "name"),
        ('[[cameras]]\nkind = "simulated"\nviews = 9', "views"),
        ("this is no TOML", "cannot be read"),
        ('recipe = "none.toml"\n[[cameras]]\nkind = "simulated"', "none.toml"),
    ],
)
def test_what_is_not_right_is_named(booth, text, word):
    with pytest.raises(InputError, match=word) as caught:
        booth(text)
    assert str(caught.value).count("\n") == 0


def test_a_folder_becomes_a_booth_with_its_calibration_and_lenses(booth, tmp_path):
    pictures(tmp_path / "in", "0001", 90)
    lens = Lens(Intrinsics(32, 24, 30.0, 31.0, 15.5, 11.5, (0.1, 0.0, 0.0, 0.0, 0.0)), np.eye(4))
    write_lenses(tmp_path / "lenses.toml", {"left": lens})
    described = booth(f'name = "dock-4"\nlenses = "lenses.toml"\n[[cameras]]\n{FOLDER}')
    assert described.calibration() is None
    store(described.calibrations, calibrated())
    with described.open() as opened:
        assert opened.tray is None
        shot = opened.booth.trigger(barcode="4006381333931")
        assert opened.booth.calibration.version == 1
    assert shot.absent == {}
    assert shot.capture.id.startswith("dock-4-")
    top, left = shot.capture.views
    assert (top.rgb == 90).all()
    assert top.intrinsics is None
    assert left.intrinsics == lens.intrinsics
    assert (left.pose == np.eye(4)).all()


def test_a_recording_becomes_a_booth(booth, tmp_path):
    with writing(tmp_path / "recorded", Encoding(form="png")) as writer:
        for seed in (41, 42):
            writer.add(capture(seed), Labels(product="4711"), split="test")
    described = booth('[[cameras]]\nkind = "replay"\nrecording = "recorded"\n')
    with described.open() as opened:
        assert opened.booth.cameras == CAMERAS
        views = opened.booth.trigger().capture.views
    assert np.array_equal(views[0].rgb, capture(41).views[0].rgb)
    other = booth('[[cameras]]\nkind = "replay"\nrecording = "recorded"\nsplit = "train"\n')
    with pytest.raises(InputError, match="no split train"):
        other.open()


def test_a_simulated_booth_has_time_to_render_and_a_tray_of_its_own(booth):
    with booth('[[cameras]]\nkind = "simulated"\nseed = 7\nviews = 2\n').open() as opened:
        assert opened.booth.cameras == ("top", "left") == opened.tray.names
        assert opened.booth.deadline_s == 300
        assert opened.tray.seed == 7
    with booth('deadline_s = 9\n[[cameras]]\nkind = "simulated"\n').open() as opened:
        assert opened.booth.deadline_s == 9


def test_what_does_not_open_is_named_and_what_was_opened_is_closed(booth, tmp_path, monkeypatch):
    closed = []

    class Fake(Camera):
        def __init__(self, name, source, *, latency_s):  # noqa: ARG002 - as VideoCamera
            self.name = name

        def close(self):
            closed.append(self.name)

    monkeypatch.setattr("amiss.booth.cameras.video.VideoCamera", Fake)
    video = '[[cameras]]\nkind = "video"\nname = "{}"\nsource = 0\n'
    described = booth(f"{video.format('front')}[[cameras]]\n{FOLDER}")
    with pytest.raises(CameraError, match="There is no folder"):
        described.open()
    assert closed == ["front"]
    (tmp_path / "in").mkdir()
    twice = booth(f"{video.format('top')}[[cameras]]\n{FOLDER}")
    with pytest.raises(CameraError, match="one name"):
        twice.open()
    assert closed == ["front", "top"]
    with pytest.raises(CameraError, match="no barcode scanner"):
        booth(f'[scanner]\ndevice = "none"\n{video.format("top")}').open()


def test_a_maker_s_producer_is_sought_where_the_file_says(booth):
    pytest.importorskip("harvesters.core", reason="pip install 'amiss[cameras]' to test GenICam")
    text = '[[cameras]]\nkind = "genicam"\nname = "top"\nproducer = "x.cti"\nserial_number = "1"\n'
    with pytest.raises(CameraError, match=r"no GenTL producer .*x\.cti"):
        booth(text).open()


def test_adapters_get_what_the_file_says(booth, monkeypatch):
    made = {}

    class Fake(Camera):
        def __init__(self, name, *arguments, **options):
            self.name = name
            made[name] = (*arguments, options)

        def close(self):
            pass

    class Producers:
        def __init__(self, paths):
            made["producers"] = paths

        def acquirer(self, serial_number):
            return f"device {serial_number}"

        def close(self):
            made["unloaded"] = True

    monkeypatch.setattr("amiss.booth.cameras.realsense.RealsenseCamera", Fake)
    monkeypatch.setattr("amiss.booth.cameras.genicam.GenicamCamera", Fake)
    monkeypatch.setattr("amiss.booth.cameras.genicam.Producers", Producers)
    text = (DOCS / "three-cameras.toml").read_text(encoding="utf-8")
    described = booth(text.replace("[scanner]", "").replace('device = "/dev/ttyACM0"', "")
                      .replace('lenses = "lenses.toml"', ""))  # fmt: skip
    with described.open() as opened:
        assert opened.booth.cameras == ("top", "left", "right")
        assert opened.booth.deadline_s == 1.5
    line = {"trigger": "line", "exposure_us": 10000}
    assert made["left"] == ("device 22501234", line)
    assert made["right"] == ("device 22501235", line)
    size = {"size": (1280, 720), "frames_per_second": 30, "exposure_us": 8000}
    assert made["top"] == ("912112072861", size)
    assert made["producers"] == (Path("/opt/maker/lib/producer.cti"),)
    assert made["unloaded"]


def test_the_page_on_configuration_names_every_kind_and_key():
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    definitions = BoothFile.model_json_schema()["$defs"]
    keys = {key for one in definitions.values() for key in one["properties"]}
    keys |= set(BoothFile.model_fields)
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []
    kinds = [one["properties"]["kind"]["const"] for one in definitions.values()
             if "kind" in one["properties"]]  # fmt: skip
    assert [kind for kind in kinds if f"`{kind}`" not in page] == []
