from dataclasses import replace

import pytest
from gallery_helpers import BUNDLE, digest, picture

from amiss.bundle.manifest import Encoder, Output
from amiss.gallery.reference import see_reference
from amiss.gallery.sqlite import SqliteGallery
from amiss.vision.engine.fake import FakeEngine
from amiss.vision.look import Eye

ENCODER = Encoder(
    file="encoder.onnx",
    multiple=32,
    outputs=(
        Output(name="s16a", stride=16, channels=40),
        Output(name="s16b", stride=16, channels=24),
    ),
)


@pytest.fixture(scope="module")
def eye():
    return Eye(FakeEngine(ENCODER), ENCODER)


@pytest.fixture(scope="module")
def seen(eye):
    return see_reference("front", picture(0), eye)


@pytest.fixture(scope="module")
def make(seen):
    """References by number: only name and digest differ, which is all that the store reads."""

    def make(number):
        return replace(seen, name=f"r{number}", digest=digest(number))

    return make


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "gallery"


@pytest.fixture
def gallery(folder):
    return SqliteGallery.open(folder, BUNDLE, create=True)
