import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from amiss.gallery.identify.barcode import codes_in
from amiss.gallery.identify.gs1 import check_digit, elements, expanded, gtin, parse


def drawn(text, kind, scale=3, pad=30):
    """A code on white, in colour."""
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    grey = np.array(zxingcpp.write_barcode_to_image(made, scale=scale))
    grey = cv2.resize(grey, None, fx=1, fy=max(1, 60 // len(grey)), interpolation=cv2.INTER_NEAREST)
    return np.repeat(np.pad(grey, pad, constant_values=255)[..., None], 3, axis=2)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("4006381333931", "04006381333931"),
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("10614141000415", "10614141000415"),
        ("4006381333932", None),
        ("400638133393", None),
        ("", None),
        ("400638133393１", None),  # a digit, but not of ASCII
        ("B07XJ8C8F5", None),
    ],
)
def test_a_gtin_has_one_of_four_lengths_and_its_check_digit(written, digits):
    assert gtin(written) == digits


@given(st.sampled_from([7, 11, 12, 13]), st.data())
def test_one_wrong_digit_is_always_noticed(length, data):
    body = data.draw(st.text("0123456789", min_size=length, max_size=length))
    whole = body + str(check_digit(body))
    assert gtin(whole) == whole.zfill(14)
    place = data.draw(st.integers(0, length))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != whole[place]]))
    assert gtin(whole[:place] + digit + whole[place + 1 :]) is None


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("04252614", "042100005264"),
        ("01234505", "012000003455"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234558", "012345000058"),
        ("12345678", "123456000078"),
        ("91234567", "91234567"),
        ("123", "123"),
    ],
)
def test_upc_e_is_expanded(short, long):
    assert expanded(short)[:11] == long[:11]


GS = "\x1d"
LOT = {"01": "04006381333931", "17": "271231", "10": "A-7", "21": "S/9"}


@pytest.mark.parametrize(
    "text",
    [
        f"010400638133393117271231{'10A-7'}{GS}21S/9",
        f"]C1{GS}010400638133393117271231{'10A-7'}{GS}21S/9{GS}",
        f"]d2010400638133393110A-7{GS}1727123121S/9",
        "(01)04006381333931(17)271231(10)A-7(21)S/9",
    ],
)
def test_element_strings_in_every_form(text):
    code = parse(text)
    assert code.elements == LOT
    assert code.gtin == LOT["01"]


def test_elements_of_three_and_four_digits_and_what_is_none():
    assert elements(f"3103001250{'240AB'}{GS}8005001234") == {
        "3103": "001250",
        "240": "AB",
        "8005": "001234",
    }
    assert elements("0104006381333931xx") == {"01": "04006381333931"}
    assert elements("31") == {}
    assert elements("5512") == {}
    assert parse("]C10104006381333932").gtin is None  # its check digit is wrong


@pytest.mark.parametrize(
    "link",
    ["https://id.gs1.org/01/04006381333931", "http://shop.example/x/01/4006381333931/10/A?17=27"],
)
def test_a_digital_link_names_its_product(link):
    assert parse(link).gtin == "04006381333931"


def test_other_codes_are_kept_as_they_are():
    assert parse(" LPN-0042 \r\n").text == "LPN-0042"
    assert parse("]A0LPN-0042") == parse("LPN-0042")
    assert parse("LPN-0042").gtin is None
    assert parse("https://example.com/about").gtin is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(text):
    code = parse(text)
    assert code.gtin is None or gtin(code.gtin) == code.gtin


@pytest.mark.parametrize(
    ("text", "kind", "digits"),
    [
        ("4006381333931", "EAN13", "04006381333931"),
        ("96385074", "EAN8", "00000096385074"),
        ("036000291452", "UPCA", "00036000291452"),
        ("04252614", "UPCE", "00042100005264"),
        ("10614141000415", "ITF", "10614141000415"),
        ("LPN-0042", "Code128", None),
        ("https://id.gs1.org/01/04006381333931", "QRCode", "04006381333931"),
        ("LPN-0042", "DataMatrix", None),
    ],
)
@pytest.mark.parametrize("turns", [0, 1])
def test_codes_are_read_off_pictures(text, kind, digits, turns):
    picture = np.rot90(drawn(text, kind), turns)
    (code,) = codes_in([picture])
    assert code.gtin == digits
    if digits is None:
        assert code.text == text


def test_codes_of_all_views_once_and_products_first():
    parcel, product = drawn("LPN-0042", "Code128"), drawn("4006381333931", "EAN13")
    found = codes_in([parcel, product, product, np.full((64, 64, 3), 200, np.uint8)])
    assert [code.text for code in found] == ["4006381333931", "LPN-0042"]
    assert codes_in([]) == ()
