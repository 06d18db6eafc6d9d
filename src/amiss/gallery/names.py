"""Names of products and references: what they may be, and how a product's becomes a file name."""

import re

from amiss.domain.errors import GalleryError

LONGEST_NAME = 240  # bytes; common file systems end at 255
_TO_ENCODE = re.compile(rb"[^a-z0-9_-]")


def safe_name(product: str) -> str:
    """A file name that stands for this product alone, on every file system.

    Percent-encoded UTF-8. Capitals and dots are encoded too: file systems may take `A` for `a`, and
    a name of dots would lead elsewhere.

    Raises:
        GalleryError: the product's name is empty, too long or not valid Unicode.
    """
    name = _TO_ENCODE.sub(_percent, _utf8(product, "product")).decode()
    if len(name) > LONGEST_NAME:
        raise GalleryError(
            f"The product name {product[:40]!r}… is too long: as a file name it takes {len(name)} "
            f"bytes of at most {LONGEST_NAME}; give a shorter one."
        )
    return name


def check_reference_name(name: str) -> None:
    """Raises GalleryError where the name of a reference cannot stand in the log."""
    if len(_utf8(name, "reference")) > LONGEST_NAME:
        raise GalleryError(
            f"The reference name {name[:40]!r}… is longer than {LONGEST_NAME} bytes; "
            "give a shorter one."
        )


def _percent(match: re.Match[bytes]) -> bytes:
    return b"%%%02X" % match.group()[0]


def _utf8(name: str, what: str) -> bytes:
    try:
        encoded = name.encode()
    except UnicodeEncodeError as error:
        raise GalleryError(f"The {what} name {name!r} is not valid Unicode; correct it.") from error
    if not encoded:
        raise GalleryError(f"A {what} needs a name; give one.")
    return encoded
