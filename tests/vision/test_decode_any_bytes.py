"""Any bytes at all: a view, or one sentence."""

from decode_helpers import WHOLE, chunk, outcome, png
from hypothesis import given, settings
from hypothesis import strategies as st

BOUNDS = settings(max_examples=150, deadline=None)


@BOUNDS
@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_random_bytes(data, start):
    outcome(start + data)


@BOUNDS
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_any_prefix(form, data):
    whole = WHOLE[form]
    assert outcome(whole[: data.draw(st.integers(0, len(whole) - 1))]) is None


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=6
    ),
    st.sampled_from([896, 10]),
)
def test_any_corruption(form, flips, min_side):
    data = bytearray(WHOLE[form])
    for place, mask in flips:
        data[int(place * len(data))] ^= mask
    pixels = outcome(bytes(data), min_side=min_side)
    if form in {"png", "palette"} and bytes(data) != WHOLE[form]:
        assert pixels is None  # checksums find it


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 64),
    st.sampled_from([1, 2, 4, 8, 16, 3]),
    st.sampled_from([0, 2, 3, 4, 6, 1]),
    st.binary(max_size=200),
    st.binary(max_size=30),
    st.integers(0, 1),
)
def test_png_that_lies_with_sound_checksums(size, depth, colour, rows, palette, interlace):
    extra = [chunk(b"PLTE", palette), chunk(b"tRNS", palette[:7])]
    outcome(png(size, 20, depth, colour, rows * 40, *extra, interlace=interlace))
