"""The command line as people and scripts meet it; pictures are sketched."""

import json

import pytest
from PIL import Image

from amiss.bundle.operating_point import OperatingPoint, write_operating_point
from amiss.bundle.read import open_bundle
from amiss.cli.supervisor import run
from amiss.simulate.sketched.sketch import sketch


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Of one product: two references and a query; of another: one reference."""
    folder = tmp_path_factory.mktemp("pictures")
    views = {"a": (0, 0), "b": (0, 1), "query": (0, 2), "other": (3, 0)}
    for name, (product, capture) in views.items():
        rgb = sketch(product, capture, pose="upright", size=320).rgb
        Image.fromarray(rgb).save(folder / f"{name}.jpg", quality=92)
    return folder


@pytest.fixture(scope="session")
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
