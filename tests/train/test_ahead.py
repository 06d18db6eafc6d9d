import threading

import pytest

from amiss.train.damage.ahead import ahead


def test_things_come_in_order_and_are_begun_early():
    begun = []

    def things():
        for number in range(5):
            begun.append((number, threading.current_thread().name))
            yield number

    found = ahead(things())
    assert next(found) == 0
    assert list(found) == [1, 2, 3, 4]
    assert [number for number, _ in begun] == [0, 1, 2, 3, 4]
    assert all("ahead" in name for _, name in begun)


def test_what_goes_wrong_is_told_where_it_is_waited_for():
    def things():
        yield 1
        raise ValueError("broken")

    found = ahead(things())
    assert next(found) == 1
    with pytest.raises(ValueError, match="broken"):
        next(found)


def test_who_stops_early_waits_for_nothing():
    found = ahead(iter(range(10**9)))
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    found.close()
