from dataclasses import replace

import numpy as np
import pytest
from booth_helpers import view

from amiss.booth.lenses import Lens, read_lenses, write_lenses
from amiss.domain.capture import Intrinsics
from amiss.domain.errors import CameraError

LENS = Intrinsics(320, 320, 410.25, 411.5, 159.5, 158.0, (0.01, -0.02, 1e-5, 0.0, 0.0))


def test_what_is_written_is_read_again(tmp_path):
    pose = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    write_lenses(tmp_path / "lenses.toml", {"top": Lens(LENS, pose), "left-2": Lens(LENS)})
    again = read_lenses(tmp_path / "lenses.toml")
    assert list(again) == ["top", "left-2"]
    assert again["top"].intrinsics == LENS
    assert (again["top"].pose == pose).all()
    assert again["left-2"].pose is None


def test_a_view_of_another_resolution_keeps_what_it_says_itself():
    given = replace(view("top", 1), pose=np.eye(4))
    dressed = Lens(LENS).dress(given)
    assert dressed.intrinsics == LENS
    assert dressed.pose is given.pose
    other = Lens(replace(LENS, width=640, height=640))
    assert other.dress(given) is given


@pytest.mark.parametrize("text", ["format = 2\n", "format = 1\n[cameras.top]\nfx = 3.0\n", "?"])
def test_what_is_no_lens_file_says_how_to_get_one(tmp_path, text):
    path = tmp_path / "lenses.toml"
    path.write_text(text)
    with pytest.raises(CameraError, match="amiss booth accept"):
        read_lenses(path)
    with pytest.raises(CameraError, match="cannot be written"):
        write_lenses(tmp_path / "none" / "lenses.toml", {})
