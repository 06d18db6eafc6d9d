"""Names of products and references: what they may be."""

from amiss.domain.errors import GalleryError

LONGEST_NAME = 240
"""Bytes of UTF-8."""


def check_product_name(name: str) -> None:
    """Raises GalleryError where the name of a product is empty, too long or not valid Unicode."""
    _check(name, "product")


def check_reference_name(name: str) -> None:
    """Raises GalleryError where the name of a reference is not usable."""
    _check(name, "reference")


def _check(name: str, what: str) -> None:
    try:
        length = len(name.encode())
    except UnicodeEncodeError as error:
        raise GalleryError(f"The {what} name {name!r} is not valid Unicode; correct it.") from error
    if not length:
        raise GalleryError(f"A {what} needs a name; give one.")
    if length > LONGEST_NAME:
        raise GalleryError(
            f"The {what} name {name[:40]!r}… takes {length} bytes of at most {LONGEST_NAME}; give "
            "a shorter one."
        )
