"""JPEG and PNG files byte by byte: only what pixels need of them reaches a decoder.

Metadata is where parsers warn, unpack bombs or give up over a picture that is sound; of it only the
EXIF block is kept, apart. Errors in here do not name the source yet.
"""

from PIL.ImageFile import ImageFile

CUT = "is cut short: copy it or take it again"
DAMAGED = "is damaged: copy it or take it again"


def last_pixel(picture: ImageFile) -> bytes:
    """The bytes of a decoded picture's last pixel: where data stop early, it is padding."""
    width, height = picture.size
    return picture.crop((width - 1, height - 1, width, height)).tobytes()
