import subprocess
import sys

import cv2
import numpy as np
import pytest
import toys

from amiss.domain.errors import SimulationError
from amiss.domain.words import DamageType
from amiss.simulate.assemble import assemble
from amiss.simulate.place import Placement, put
from amiss.simulate.render import llvm, path
from amiss.simulate.rig import closer, empty_booth
from amiss.simulate.sensor import decoded
from amiss.simulate.shoot import look_at_empty, lying, shoot, stage
from amiss.simulate.truth import truth

pytest.importorskip("mitsuba", reason="Mitsuba is not installed")
pytest.importorskip("mitsuba_oidn", reason="Mitsuba's denoiser is not installed")
SIZE = 96


@pytest.fixture(scope="module")
def backend():
    if llvm.find_llvm() is None:
        pytest.skip("no LLVM that Mitsuba can use")
    return path.PathBackend(samples=4, quality="fast")


@pytest.fixture(scope="module")
def scene():
    booth = empty_booth(5, 2, SIZE)
    made = assemble(toys.box())
    scene = put(booth, [(made, Placement(np.eye(3), 30.0, (0.01, 0.02)))])
    eyes = tuple(closer(eye, scene.item.vertices, 1.3, 1e-4) for eye in scene.cameras)
    return type(scene)(**{**{n: getattr(scene, n) for n in scene.__slots__}, "cameras": eyes})


def test_pictures_and_truth_are_of_the_same_scene(backend, scene):
    """Every face of the box has a colour of its own, and stands where truth says."""
    for eye in scene.cameras:
        light = backend.render(scene, eye, 1)
        assert light.shape == (SIZE, SIZE, 3)
        assert light.dtype == np.float32
        real = truth(scene, eye)
        seen = light / light.sum(axis=2, keepdims=True)
        tray = decoded(scene.tray.base).reshape(-1, 3).mean(axis=0)
        apart = np.abs(seen - tray / tray.sum()).sum(axis=2) > 0.12
        both = (apart & real.item).sum() / (apart | real.item).sum()
        assert both > 0.9


def test_the_tray_is_as_bright_as_it_was_exposed_for(backend):
    booth = empty_booth(3, 1, SIZE)
    light = backend.render(booth, booth.cameras[0], 0)
    middle = light[30:66, 30:66].mean(axis=(0, 1))
    colour = decoded(booth.tray.base).reshape(-1, 3).mean(axis=0)
    assert middle / colour == pytest.approx(0.8 / 0.9, rel=0.3)


def test_the_tray_lies_the_right_way_round(backend):
    booth = empty_booth(3, 1, SIZE)
    base = np.full_like(booth.tray.base, 60)
    base[: base.shape[0] // 2, : base.shape[1] // 2] = 220  # −x, +y
    fields = {name: getattr(booth, name) for name in booth.__slots__}
    tray = type(booth.tray)(booth.tray.size, base, 0.8)
    light = backend.render(type(booth)(**{**fields, "tray": tray}), booth.cameras[0], 0)
    corner = light[:40, :40].mean()
    assert corner > 3 * max(light[:40, 56:].mean(), light[56:, :40].mean(), light[56:, 56:].mean())


def test_the_same_seed_gives_the_same_pixels(backend, scene):
    eye = scene.cameras[1]
    one, other, third = (backend.render(scene, eye, seed) for seed in (5, 5, 6))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)


def test_the_number_of_cores_changes_no_pixel(backend):
    import drjit

    booth = empty_booth(3, 1, 192)
    cores, seen = drjit.thread_count(), []
    try:
        for threads in (1, 2):
            drjit.set_thread_count(threads)
            seen.append(backend.render(booth, booth.cameras[0], 5))
    finally:
        drjit.set_thread_count(cores)
    assert np.array_equal(*seen)


def test_lights_keep_their_order_from_process_to_process(backend, scene):
    """Mitsuba draws lights by number: another order is another noise."""
    loaded = backend._translator.opaque(scene)
    middles = [np.ravel(np.array(light.bbox().center()))[:2] for light in loaded.emitters()]
    given = [light.centre[:2] for light in scene.lights]
    assert np.array(middles[:4]) == pytest.approx(np.array(given), abs=1e-5)


def test_films_shine_over_what_lies_behind(backend):
    booth = empty_booth(3, 1, SIZE)
    place = Placement(np.eye(3), 0.0, (0.0, 0.0))
    covered = put(booth, [(assemble(toys.blister()), place)])
    bare = put(booth, [(assemble(toys.blister(), [toys.harm(DamageType.TEAR, films=())]), place)])
    with_film, without = (backend.render(s, s.cameras[0], 0) for s in (covered, bare))
    film = truth(covered, covered.cameras[0]).film
    assert np.abs(with_film - without)[film].max() > 0.02
    away = cv2.dilate(film.astype(np.uint8), np.ones((7, 7))) == 0  # its edge is smooth
    assert with_film[away] == pytest.approx(without[away], abs=2e-3)  # denoised apart
    assert with_film[film].min() >= without[film].min() * 0.8


def test_a_shot_has_everything_and_its_twin_differs_only_by_the_harm(backend):
    booth = empty_booth(3, 2, SIZE)
    product = toys.box(grid=(60, 60))
    harm = toys.harm(field=toys.Dent(depth=0.02, radius=0.03))
    harmed, twin = (
        stage(booth, product, harms, 7, placement=lying(product, 7, 0)) for harms in ([harm], [])
    )
    assert np.array_equal(harmed.cameras[1].intrinsics.matrix, twin.cameras[1].intrinsics.matrix)
    for one, other in zip(shoot(harmed, backend, 7), shoot(twin, backend, 7), strict=True):
        assert one.rgb.dtype == np.uint8
        assert one.rgb.shape == (SIZE, SIZE, 3)
        assert one.depth.dtype == np.float32
        assert one.truth.damage.any()
        assert not other.truth.damage.any()
        change = np.abs(one.rgb.astype(int) - other.rgb).max(axis=2)
        marked = one.truth.damage > 0
        assert change[marked].mean() > 4 * change[~marked].mean()
        deeper = (one.depth - other.depth)[marked & (one.depth > 0) & (other.depth > 0)]
        assert deeper.max() > 0.012


def test_the_empty_tray_looks_like_the_tray_around_the_item(backend):
    booth = empty_booth(3, 2, SIZE)
    scene = stage(booth, toys.box(length=0.08, width=0.06, height=0.02), [], 1)
    empty = look_at_empty(booth, backend, 3)
    for shot in shoot(scene, backend, 1):
        tray = empty.seen_by(shot.eye, 1)
        assert tray.shape == shot.rgb.shape
        border = np.ones((SIZE, SIZE), bool)
        border[6:-6, 6:-6] = False
        border &= ~shot.truth.item
        difference = shot.rgb[border].astype(float).mean(axis=0) - tray[border].mean(axis=0)
        assert np.abs(difference).max() < 12
        assert np.abs(shot.rgb.astype(int) - tray)[shot.truth.item].mean() > 15


def test_without_mitsuba_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "mitsuba", None)
    with pytest.raises(SimulationError, match=r"pip install 'amiss\[sim\]'"):
        path.PathBackend()


def test_without_llvm_it_is_slower_and_says_so(monkeypatch, caplog):
    monkeypatch.setattr(llvm, "find_llvm", lambda: None)
    with pytest.raises(SimulationError, match="install LLVM 16 or newer"):
        path.PathBackend("llvm")
    chosen = path.PathBackend.__new__(path.PathBackend)
    assert chosen._chosen("auto") == "scalar"
    assert "several times as long" in chosen.note
    assert chosen.note in caplog.text


def test_the_slow_variant_draws_the_same_picture():
    """In a process of its own: Mitsuba's variant is one per process."""
    script = f"""
import sys
sys.path.insert(0, {str(toys.__file__.rpartition("/")[0])!r})
import toys, numpy as np
from amiss.simulate.assemble import assemble
from amiss.simulate.place import Placement, put
from amiss.simulate.render.path import PathBackend
from amiss.simulate.rig import empty_booth
booth = empty_booth(3, 1, 48)
scene = put(booth, [(assemble(toys.box()), Placement(np.eye(3), 0.0, (0.0, 0.0)))])
backend = PathBackend("scalar", samples=2, quality="fast")
light = backend.render(scene, scene.cameras[0], 0)
print(backend.name, float(light[20:28, 20:28].mean()), float(light[:4].mean()))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("path (scalar) ")
    item, tray = (float(word) for word in done.stdout.split()[2:])
    assert 0.2 < item < 1
    assert 0.02 < tray < 1


def test_an_llvm_that_does_not_work_is_passed_over(monkeypatch, tmp_path):
    broken = tmp_path / "libLLVM.so.19.1"
    broken.write_bytes(b"no library")
    monkeypatch.setenv(llvm.VARIABLE, str(broken))
    llvm.find_llvm.cache_clear()
    try:
        assert llvm.find_llvm() is None
    finally:
        llvm.find_llvm.cache_clear()


def test_libraries_are_tried_newest_first_and_old_ones_never(monkeypatch, tmp_path):
    for name in ("libLLVM-15.so.1", "libLLVM.so.19.1", "libLLVM-17.so", "libLLVM-18.so", "libX.so"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "libLLVM-19.so").symlink_to(tmp_path / "libLLVM.so.19.1")
    (tmp_path / "libLLVM-20.so").symlink_to(tmp_path / "is not there")
    monkeypatch.setattr(llvm, "_PLACES", (f"{tmp_path}/libLLVM*",))
    names = [name.rpartition("/")[2] for name in llvm.candidates()]
    assert names == ["libLLVM-19.so", "libLLVM-18.so", "libLLVM-17.so"]
