from typing import get_args

from amiss.simulate.streams import Purpose, stream


def test_every_purpose_draws_numbers_of_its_own():
    drawn = {purpose: stream(purpose, 7, 3).integers(2**62) for purpose in get_args(Purpose)}
    assert len(set(drawn.values())) == len(drawn)


def test_the_same_purpose_and_seeds_draw_the_same():
    assert stream("damage", 7, 3).integers(2**62) == stream("damage", 7, 3).integers(2**62)
    assert stream("damage", 7, 3).integers(2**62) != stream("damage", 7, 4).integers(2**62)


def test_a_zero_at_the_end_is_a_seed_of_its_own():
    assert stream("capture", 5).integers(2**62) != stream("capture", 5, 0).integers(2**62)
