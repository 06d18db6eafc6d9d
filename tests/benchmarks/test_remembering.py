"""The engine of benchmarks/damage, which looks once at what all arms see."""

import numpy as np
import pytest

pytest.importorskip("benchmarks.damage", reason="run pytest where benchmarks/ is")
from benchmarks.damage import look


def test_an_engine_that_remembers_is_asked_once_for_each_picture():
    class Counting:
        name, precision, asked = "counting", "f32", 0

        def run(self, image):
            self.asked += 1
            return {"s8": image.astype(np.float32)}

    engine = Counting()
    remembering = look.Remembering(engine, count=2)
    pictures = [np.full((1, 2, 2, 3), value, np.uint8) for value in range(3)]
    for picture in (*pictures[:2], *pictures[:2]):
        assert (remembering.run(picture)["s8"] == picture).all()
    assert engine.asked == 2
    remembering.run(pictures[2])
    remembering.run(pictures[0])  # forgotten meanwhile
    assert engine.asked == 4
