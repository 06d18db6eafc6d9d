"""What stands in the columns of the gallery's database that hold bytes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import GalleryError
from amiss.gallery.reference import Reference
from amiss.gallery.reference_file import from_bytes
from amiss.gallery.store import Change

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
        raise GalleryError(
            f"Reference {added.name!r} ({added.digest[:12]}) of {added.product!r} cannot be used, "
            f"{error}; remove it, and re-add it from its picture."
        ) from error
    return replace(reference, name=added.name)


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
