"""What stands in the columns of the gallery's database that hold bytes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import GalleryError
from amiss.gallery.reference import Reference
from amiss.gallery.reference_file import from_bytes
from amiss.gallery.store import Change
from amiss.vision.marks import Marks

VECTOR = np.dtype("<f2")
"""How embeddings are stored."""


def reference_in(data: bytes | None, added: Change) -> Reference:
    """The reference that a change added.

    Raises:
        GalleryError: it is missing, damaged, or another one.
    """
    try:
        reference = _checked(data, added)
    except ValueError as error:
        raise _useless(f"Reference {added.name!r} ({added.digest[:12]})", added, error) from error
    return replace(reference, name=added.name)


def marks_in(data: bytes, added: Change) -> Marks:
    """The marks of the reference that a change added.

    Raises:
        GalleryError: they are damaged.
    """
    try:
        return Marks.from_bytes(data)
    except ValueError as error:
        raise _useless(f"What is printed on reference {added.name!r}", added, error) from error


def vector_in(data: bytes | None) -> NDArray[np.float32] | None:
    """An embedding."""
    return None if data is None else np.frombuffer(data, VECTOR).astype(np.float32)


def _checked(data: bytes | None, added: Change) -> Reference:
    if data is None:
        raise ValueError("it is missing")
    reference = from_bytes(data)
    if reference.digest != added.digest:
        raise ValueError("it holds another reference")
    return reference


def _useless(what: str, added: Change, error: ValueError) -> GalleryError:
    return GalleryError(
        f"{what} of {added.product!r} cannot be used, {error}; remove it, and re-add it from its "
        "picture."
    )
