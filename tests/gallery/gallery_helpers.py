"""What the tests of the gallery share."""

from datetime import UTC, datetime
from hashlib import sha256

import numpy as np
import pytest

from amiss.domain.errors import GalleryError
from amiss.gallery.sqlite import SqliteGallery

BUNDLE = "tiny@0123456789ab"
MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)


def picture(seed):
    """A blocky picture: the fake engine's features differ from place to place."""
    blocks = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), np.uint8)
    return np.repeat(np.repeat(blocks, 8, axis=0), 8, axis=1)


def digest(number):
    return sha256(str(number).encode()).hexdigest()


def names(gallery, product):
    return [reference.name for reference in gallery.references(product)]


def state(gallery):
    return {product: names(gallery, product) for product in gallery.products()}


def reopen(folder):
    return SqliteGallery.open(folder, BUNDLE)


def refuses(action, *words):
    with pytest.raises(GalleryError) as caught:
        action()
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert message.endswith(".")
    assert "\n" not in message
