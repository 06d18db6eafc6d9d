"""A pristine view of a product's design, as the comparison needs it."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from amiss.domain.capture import RgbArray
from amiss.vision.engine.protocol import Features
from amiss.vision.look import Eye, Look, Patches
from amiss.vision.marks import Marks, marks
from amiss.vision.palette import Palette, palette
from amiss.vision.seen import Seen
from amiss.vision.thumbnail import Thumbnail, thumbnail

QUARTER_TURNS = (2, 1, 3)
"""Further turns of a reference, by 90° each, in the order in which they enter a bank."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One reference, looked at once and for all.

    name: what people call it. digest: SHA-256 of the decoded pixels; equal pictures have equal
    digests. look: what was seen in it, upright. turned: patches of the picture in quarter turns: a
    product without a right way up shows more of its texture in them. palette: its colours. seen:
    what the damage model keeps of it; None of a bundle without one. marks: what identification
    compares, once it was asked for; a gallery keeps them apart from the rest.
    """

    name: str
    digest: str
    look: Look
    turned: tuple[dict[str, Patches], ...]
    palette: Palette
    thumbnail: Thumbnail
    seen: Seen | None = None
    marks: Marks | None = None


def digest_of(rgb: RgbArray) -> str:
    """SHA-256 of a decoded picture: its size and its pixels."""
    digest = hashlib.sha256(repr(rgb.shape).encode())
    digest.update(np.ascontiguousarray(rgb).data)
    return digest.hexdigest()


def see_reference(
    name: str, rgb: RgbArray, eye: Eye, features: Features | None = None
) -> Reference:
    """Looks at an H×W×3 uint8 picture as a reference: four encoder passes.

    features: the encoder's outputs C×h×w for it, where they are known already.

    Raises:
        EngineError: the encoder failed.
    """
    look = eye.look(rgb, features)
    frame = eye.frame(rgb)
    turned = tuple(
        eye.patches(np.ascontiguousarray(np.rot90(frame, turns)))[0] for turns in QUARTER_TURNS
    )
    return Reference(name, digest_of(rgb), look, turned, palette(look.colours), thumbnail(rgb))


def marked(reference: Reference, rgb: RgbArray) -> Reference:
    """The same reference with its marks, from the H×W×3 uint8 picture that it was seen in."""
    look = reference.look
    return replace(reference, marks=marks(rgb, look.silhouette if look.isolated else None))
