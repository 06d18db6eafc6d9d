"""Barcodes in pictures, read with ZXing-C++."""

from collections.abc import Sequence

import numpy as np
import zxingcpp

from amiss.domain.capture import RgbArray
from amiss.gallery.identify.gs1 import Code, parse


def codes_in(pictures: Sequence[RgbArray]) -> tuple[Code, ...]:
    """All different codes that the views of an item show, those that name a product first.

    pictures: H×W×3 uint8 each. Codes turned by any quarter, and light ones on dark, are read, too.
    """
    found = {code.text: code for picture in pictures for code in _codes(picture)}
    return tuple(sorted(found.values(), key=lambda code: code.gtin is None))


def _codes(picture: RgbArray) -> list[Code]:
    # It reads the channels as BGR.
    read = zxingcpp.read_barcodes(
        np.ascontiguousarray(picture[..., ::-1]), text_mode=zxingcpp.TextMode.Plain
    )
    return [
        parse(
            one.symbology_identifier + one.text,
            upc_e=one.format == zxingcpp.BarcodeFormat.UPCE,
        )
        for one in read
        if one.valid
    ]
