"""Which way up a camera was held."""

import struct

from PIL.Image import Transpose

UPRIGHT = {  # by EXIF orientation: what turns the stored picture upright
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
SIDEWAYS = {5, 6, 7, 8}  # orientations that swap width and height
_ORIENTATION, _SHORT = 0x0112, 3


def orientation(block: bytes) -> int:
    """Orientation, 1 to 8, of an EXIF block (a TIFF header and what follows).

    1, upright, where the block is absent or corrupt.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack_from(f"{order}I", block, 4)
        (entries,) = struct.unpack_from(f"{order}H", block, first)
        for at in range(first + 2, first + 2 + 12 * entries, 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", block, at)
            if tag == _ORIENTATION and kind == _SHORT:
                return int(value) if value in UPRIGHT else 1
    except struct.error:  # a corrupt block must not stop a sound picture
        pass
    return 1
