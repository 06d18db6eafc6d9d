"""The command line as people and scripts meet it."""

import json

import pytest
from PIL import Image

from amiss.bundle.operating_point import ModelLimits, OperatingPoint, write_operating_point
from amiss.bundle.read import open_bundle
from amiss.cli.supervisor import run
from amiss.dataset.labels import Labels, Masks
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.reader import open_dataset
from amiss.dataset.writer import writing
from amiss.recordings import BOOTH
from amiss.vision.decode import decode
from amiss.vision.engine.fake import FakeEngine
from plain_bundle import write_plain_point
from recorded_pictures import picture


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Of one product: two references and a query; of another: one reference."""
    folder = tmp_path_factory.mktemp("pictures")
    views = {"a": ("kit", 0), "b": ("kit", 1), "query": ("kit", 2), "other": ("book", 0)}
    for name, (product, shot) in views.items():
        rgb = picture(product, shot, upright=True).rgb
        Image.fromarray(rgb).save(folder / f"{name}.jpg", quality=92)
    return folder


@pytest.fixture(scope="session")
def point(tmp_path_factory):
    """A threshold for the packaged bundle."""
    path = tmp_path_factory.mktemp("point") / "point.json"
    fields = {"threshold": 0.5, "provisional": True, "midpoint": 0.5, "slope": 10.0}
    limits = ModelLimits(alone=0.0, beside=0.0)
    write_operating_point(
        path,
        OperatingPoint(
            bundle=open_bundle().id, calibration={"made": "for a test"}, model=limits, **fields
        ),
    )
    return path


@pytest.fixture(scope="session")
def plainly(plain, tmp_path_factory):
    """Options that leave the damage model out, so that references alone decide."""
    point = write_plain_point(tmp_path_factory.mktemp("plainly") / "point.json", plain)
    return "--bundle", plain.path, "--operating-point", point


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


@pytest.fixture(scope="session")
def recording(tmp_path_factory):
    """A few captures of the recorded booth, with their references, as a data set of its own."""
    root = tmp_path_factory.mktemp("recording")
    wanted = ("book-1", "book-4", "blades-1", "blades-4", "honey-5")
    split = open_dataset(BOOTH).split("test")
    with writing(root, Encoding(depth_step=2, crops=False)) as writer:
        for record in split:
            if record.id in wanted:
                masks = [
                    Masks(view.load_item_mask(), view.load_damage_mask()) for view in record.views
                ]
                writer.add(record.load(decode), record.labels, masks, split="test")
        for product in {record.item for record in split if record.id in wanted}:
            for one in split.references(product):
                labels = Labels(product=product, design=one.design, simulated=True)
                writer.add_reference(one.view.id, one.view.load(decode), labels, split="test")
    return root


@pytest.fixture
def fake_engine(monkeypatch):
    """Features that cost nothing, where it does not matter what is seen."""
    monkeypatch.setattr(
        "amiss.inspector.load_engine", lambda bundle, *_: FakeEngine(bundle.manifest.encoder)
    )
