import inspect
import re

from amiss.domain import errors


def test_the_tree_is_the_one_that_is_drawn():
    drawn = {}
    above = {}
    for line in errors.__doc__.splitlines():
        match = re.match(r"    ([│├└─ ]*)([A-Z]\w+Error)\b", line)
        if match:
            depth = len(match[1]) // 4
            drawn[match[2]] = above.get(depth - 1)
            above[depth] = match[2]
    real = {
        name: one.__bases__[0].__name__
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if one.__module__ == errors.__name__
    }
    root = real.pop("AmissError")
    assert root == "Exception"
    assert drawn.pop("AmissError") is None
    assert drawn == real
    assert len(real) >= 6


def test_every_error_says_what_it_is():
    for name, one in inspect.getmembers(errors, inspect.isclass):
        assert one.__doc__, name
