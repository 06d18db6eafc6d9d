import math
import sys
from dataclasses import replace

import numpy as np
import pytest

from amiss.domain.capture import Intrinsics
from amiss.domain.errors import SimulationError
from amiss.simulate.raster import rasterise
from amiss.simulate.render.fast import FastBackend
from amiss.simulate.render.gloss import SIDE, albedo_table
from amiss.simulate.rig import finer, look_at, pinhole, project
from amiss.simulate.scene import Atlas, Eyepoint, Light, Mesh, Scene, Tray

SIZE = 96
GREY = 128
RED, BLUE, GREEN = (200, 40, 40), (40, 40, 200), (40, 160, 40)


def sheet(corner, along, across, cells=24):
    """A parallelogram whose normal is along × across; u along, v across."""
    u, v = np.meshgrid(np.linspace(0, 1, cells + 1), np.linspace(0, 1, cells + 1))
    points = np.array(corner) + u[..., None] * along + v[..., None] * across
    normal = np.cross(along, across)
    index = np.arange((cells + 1) ** 2).reshape(cells + 1, cells + 1)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    faces = np.concatenate(
        [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([b, d, c], -1).reshape(-1, 3)]
    )
    return (
        points.reshape(-1, 3),
        np.tile(normal / np.linalg.norm(normal), (points.size // 3, 1)),
        np.stack([u, v], -1).reshape(-1, 2),
        faces,
    )


def mesh(*sheets):
    firsts = np.cumsum([0, *(len(each[0]) for each in sheets[:-1])])
    faces = np.concatenate([each[3] + first for each, first in zip(sheets, firsts, strict=True)])
    return Mesh(
        *(np.concatenate([each[k] for each in sheets]).astype(np.float32) for k in range(3)),
        faces.astype(np.int32),
        np.zeros(len(faces), np.uint16),
        ("all",),
    )


def box(length=0.2, width=0.14, height=0.1, at=(0.0, 0.0)):
    x, y = length / 2, width / 2
    cx, cy = at
    return mesh(
        sheet((cx - x, cy - y, height), (length, 0, 0), (0, width, 0)),
        sheet((cx - x, cy - y, 0.0002), (length, 0, 0), (0, 0, height)),
        sheet((cx + x, cy + y, 0.0002), (-length, 0, 0), (0, 0, height)),
        sheet((cx + x, cy - y, 0.0002), (0, width, 0), (0, 0, height)),
        sheet((cx - x, cy + y, 0.0002), (0, -width, 0), (0, 0, height)),
        sheet((cx - x, cy + y, 0.0002), (length, 0, 0), (0, -width, 0)),
    )


def card(height, length=0.2, width=0.14):
    return mesh(sheet((-length / 2, -width / 2, height), (length, 0, 0), (0, width, 0)))


def atlas(colour=(180, 150, 110), back=BLUE, rough=0.6, metal=0.0):
    def plane(value):
        return np.full((16, 16), value, np.float32)

    return Atlas(
        np.full((16, 16, 3), colour, np.uint8),
        np.full((16, 16, 3), back, np.uint8),
        plane(rough),
        plane(metal),
        plane(0),
        np.zeros((16, 16), np.uint8),
    )


def camera(position=(-0.4, -0.4, 0.7), size=SIZE, name="left"):
    up = (0.0, 1.0, 0.0) if position[:2] == (0.0, 0.0) else (0.0, 0.0, 1.0)
    pose = look_at(np.array(position), np.array([0, 0, 0.03]), np.array(up))
    return Eyepoint(name, pinhole(size, 36.0), pose)


ABOVE = camera((0.0, 0.0, 1.0), name="top")
OBLIQUE = camera()


def scene(item=None, sheets=None, **changes):
    strip = (0.3, 0.0, 0.0), (0.0, 0.07, 0.0)
    lights = (
        Light((0.0, 0.45, 1.2), *strip, (10.0, 10.0, 10.0)),
        Light((0.0, -0.45, 1.2), *strip, (8.0, 8.0, 8.0)),
    )
    plain = Scene(
        item=item,
        atlas=None if item is None else sheets or atlas(),
        film=None,
        clarity=1.0,
        tray=Tray((1.2, 1.0), np.full((64, 80, 3), GREY, np.uint8), 0.7),
        lights=lights,
        environment=(0.3, 0.3, 0.3),
        exposure=0.3,
        cameras=(ABOVE, OBLIQUE),
    )
    return replace(plain, **changes)


@pytest.fixture(scope="module")
def backend():
    try:
        made = FastBackend()
    except SimulationError as error:
        pytest.skip(str(error))
    yield made
    made.close()


def linear(level):
    share = level / 255
    return ((share + 0.055) / 1.055) ** 2.4 if share > 0.04045 else share / 12.92


def light_at(picture, eye, point):
    """Mean of the 3×3 pixels about a point of the booth."""
    x, y, _ = np.rint(project(eye, np.array(point, float))).astype(int)
    return picture[y - 1 : y + 2, x - 1 : x + 2].mean((0, 1))


def test_a_picture_is_linear_light_of_the_cameras_size(backend):
    wide = replace(OBLIQUE, intrinsics=Intrinsics(80, 60, 120.0, 120.0, 39.5, 29.5))
    picture = backend.render(scene(box()), wide, 0)
    assert picture.shape == (60, 80, 3)
    assert picture.dtype == np.float32
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert backend.name == "fast"


def test_the_same_scene_gives_the_same_pixels_whatever_was_drawn_before(backend):
    first = backend.render(scene(box()), OBLIQUE, 1)
    backend.render(scene(card(0.03), film=box()), ABOVE, 2)
    assert (backend.render(scene(box()), OBLIQUE, 1) == first).all()
    other = FastBackend()
    try:
        assert (other.render(scene(box()), OBLIQUE, 1) == first).all()
    finally:
        other.close()
    assert (backend.render(scene(box()), OBLIQUE, 1) == first).all()  # two contexts at a time


def test_an_empty_tray_is_as_bright_as_its_lights_make_it(backend):
    empty = scene()
    point = np.array([0.1, -0.05, 0.0])
    irradiance = math.pi * 0.3
    for light in empty.lights:
        for a in np.linspace(-1, 1, 41):
            for b in np.linspace(-1, 1, 11):
                way = np.add(
                    light.centre, np.add(np.multiply(a, light.half_u), np.multiply(b, light.half_v))
                )
                way = way - point
                square = way @ way
                area = 4 * 0.3 * 0.07 / (41 * 11)
                irradiance += light.radiance[0] * area * way[2] ** 2 / square**2
    diffuse = linear(GREY) * irradiance / math.pi * empty.exposure
    for eye in (ABOVE, OBLIQUE):
        seen = light_at(backend.render(empty, eye, 0), eye, point)
        # The rest is gloss: a few hundredths of what is reflected.
        assert diffuse * 0.98 <= seen.mean() <= diffuse + 0.08 * empty.exposure * 1.1


def test_without_lights_only_the_walls_shine(backend):
    dark = scene(box(), lights=(), environment=(0.2, 0.2, 0.2))
    picture = backend.render(dark, ABOVE, 0)
    white = 0.2 * dark.exposure
    assert 0 < picture.max() <= white * 1.02
    nothing = scene(box(), lights=(), environment=(0.0, 0.0, 0.0))
    assert backend.render(nothing, ABOVE, 0).max() == 0


def test_edges_are_as_smooth_as_in_a_larger_picture(backend):
    black = scene(card(0.03), atlas((0, 0, 0)))
    small = backend.render(black, OBLIQUE, 0).mean(-1)
    large = backend.render(black, finer(OBLIQUE, 2), 0).mean(-1)
    parts = large.reshape(SIZE, 2, SIZE, 2).transpose(0, 2, 1, 3).reshape(SIZE, SIZE, 4)
    contrast = np.ptp(large)
    edge = np.ptp(parts, axis=-1) > 0.2 * contrast
    assert edge.sum() > 50
    error = np.abs(small - parts.mean(-1)) / contrast
    assert error[edge].mean() < 0.06
    assert error[~edge].mean() < 0.01


def test_the_item_is_where_the_rasteriser_says(backend):
    item = box(at=(0.05, 0.02))
    for eye in (ABOVE, OBLIQUE):
        # All black, and no light but the walls' on a white tray: what is dark is item.
        bright = scene(item, atlas((0, 0, 0), (0, 0, 0), 1.0), lights=())
        bright = replace(bright, tray=replace(bright.tray, base=np.full((8, 8, 3), 255, np.uint8)))
        picture = backend.render(bright, eye, 0).mean(-1)
        truth = rasterise(item, eye).face >= 0
        seen = picture < 0.35 * picture.max()
        assert (truth & seen).sum() / (truth | seen).sum() > 0.96


def test_prints_are_not_turned_over(backend):
    sheets = atlas()
    sheets.base[:8, :8] = RED  # u < ½, v < ½
    sheets.base[:8, 8:] = GREEN
    sheets.base[8:] = (230, 230, 230)
    picture = backend.render(scene(card(0.02), sheets), ABOVE, 0)
    red = light_at(picture, ABOVE, (-0.05, -0.035, 0.02))
    green = light_at(picture, ABOVE, (0.05, -0.035, 0.02))
    white = light_at(picture, ABOVE, (0.05, 0.035, 0.02))
    assert red[0] > 3 * red[1]
    assert green[1] > 2 * green[0]
    assert white.min() > 0.8 * white.max()


def test_the_underside_has_its_own_colour(backend):
    # A leaning sheet: seen from above its back, since its normal points down.
    leaning = mesh(sheet((-0.1, 0.07, 0.01), (0.2, 0, 0), (0, -0.14, 0.05)))
    seen = light_at(
        backend.render(scene(leaning, atlas(RED, BLUE)), ABOVE, 0), ABOVE, (0, 0, 0.035)
    )
    assert seen[2] > 2 * seen[0]


def test_it_is_dark_under_a_card_and_light_far_from_it(backend):
    shadowed = backend.render(scene(card(0.03)), OBLIQUE, 0)
    empty = backend.render(scene(), OBLIQUE, 0)
    hidden = np.array([-0.093, 0.0, 0.0])  # before it, seen from this corner
    x, y, _ = np.rint(project(OBLIQUE, hidden)).astype(int)
    assert rasterise(card(0.03), OBLIQUE).face[y, x] < 0
    assert shadowed[y, x].mean() < 0.5 * empty[y, x].mean()
    far = light_at(shadowed, OBLIQUE, (0.0, 0.2, 0.0)).mean()
    assert far == pytest.approx(light_at(empty, OBLIQUE, (0.0, 0.2, 0.0)).mean(), rel=0.03)


def test_shadows_soften_with_the_height_of_what_casts_them(backend):
    lamp = (Light((0.0, 0.0, 1.2), (0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (30.0, 30.0, 30.0)),)

    def blur(height):
        """Metres over which the shadow's edge rises from a fifth to four fifths."""
        lit = scene(card(height), lights=lamp, environment=(0.0, 0.0, 0.0))
        eye = camera((0.9, 0.0, 0.5), size=2 * SIZE)
        steps = np.linspace(0.09, 0.2, 200)
        places = project(eye, np.stack([steps, steps * 0, steps * 0], -1))
        picture = backend.render(lit, eye, 0).mean(-1)
        x, y = np.rint(places[:, :2]).astype(int).T
        level = picture[y, x] / picture[y, x].max()
        return steps[(level > 0.2) & (level < 0.8)].size * (steps[1] - steps[0])

    assert blur(0.12) > 2 * blur(0.03)


def test_a_red_box_lends_its_colour_to_the_tray(backend):
    def redness(colour):
        seen = light_at(
            backend.render(scene(box(), atlas(colour, colour)), ABOVE, 0), ABOVE, (-0.13, 0, 0)
        )
        return seen[0] / seen[2]

    assert redness(RED) > 1.03
    assert redness((120, 120, 120)) == pytest.approx(1, abs=0.01)


def test_bumps_change_the_light_but_not_its_mean(backend):
    rng = np.random.default_rng(0)
    bumpy = replace(atlas(), bump=rng.normal(0, 0.004, (16, 16)).astype(np.float32))
    places = np.s_[40:56, 36:60]
    flat = backend.render(scene(card(0.02)), ABOVE, 0)[places].mean(-1)
    rough = backend.render(scene(card(0.02), bumpy), ABOVE, 0)[places].mean(-1)
    assert rough.std() > 5 * flat.std()
    assert rough.mean() == pytest.approx(flat.mean(), rel=0.1)


def test_a_film_dims_what_lies_behind_and_reflects_the_lights(backend):
    bare = scene(card(0.02))
    slope = (0, 0.14, 0.14 * math.tan(math.radians(11)))  # sends one of the lights into the camera
    covered = replace(bare, film=mesh(sheet((-0.1, -0.07, 0.03), (0.2, 0, 0), slope)), clarity=0.5)
    before, after = (backend.render(each, ABOVE, 0).mean(-1) for each in (bare, covered))
    share = after[30:66, 30:66] / before[30:66, 30:66]
    assert share.min() < 0.7
    assert share.max() > 1.3
    assert after[5, 5] == before[5, 5]
    hidden = replace(covered, film=card(0.01))  # behind the card: nothing of it is seen
    assert (backend.render(hidden, ABOVE, 0).mean(-1) == before).all()


def test_metal_mirrors_the_light_in_its_own_colour(backend):
    sheets = atlas((250, 190, 90), rough=0.2, metal=1.0)
    seen = light_at(backend.render(scene(card(0.02), sheets), ABOVE, 0), ABOVE, (0, 0, 0.02))
    expected = [linear(level) for level in (250, 190, 90)]
    assert seen[2] / seen[0] == pytest.approx(expected[2] / expected[0], rel=0.1)


def test_a_distorted_lens_or_a_fifth_light_is_refused(backend):
    bent = replace(OBLIQUE, intrinsics=replace(OBLIQUE.intrinsics, distortion=(0.1, 0.0, 0.0, 0.0)))
    with pytest.raises(SimulationError, match="distortion"):
        backend.render(scene(), bent, 0)
    with pytest.raises(SimulationError, match="4 lights"):
        backend.render(scene(lights=scene().lights * 3), OBLIQUE, 0)
    assert backend.render(scene(), OBLIQUE, 0).max() > 0  # and goes on


def test_what_is_missing_is_named(monkeypatch):
    moderngl = pytest.importorskip("moderngl")

    def broken(**_):
        raise Exception("libEGL.so: cannot open shared object file\ntwo")  # noqa: TRY002

    monkeypatch.setattr(moderngl, "create_context", broken)
    with pytest.raises(
        SimulationError, match=r"libEGL\.so.*apt-get install libegl1 libgl1-mesa-dri"
    ):
        FastBackend()
    monkeypatch.setitem(sys.modules, "moderngl", None)
    with pytest.raises(SimulationError, match="pip install"):
        FastBackend()


def test_a_white_mirror_sends_nearly_all_light_back():
    whole = albedo_table().sum(-1)
    assert whole.max() <= 1.01
    assert whole[: SIDE // 4, SIDE // 8 :].min() > 0.9  # smooth
    assert (np.diff(whole[:, SIDE // 2]) <= 1e-3).all()  # the rougher, the more is lost


def test_the_albedo_table_agrees_with_random_directions():
    rng = np.random.default_rng(1)
    for row, column in ((8, 10), (20, 25), (30, 4)):
        alpha = ((row + 0.5) / SIDE) ** 2
        eye_z = (column + 0.5) / SIDE
        eye = np.array([math.sqrt(1 - eye_z**2), 0, eye_z])
        z, turn = rng.random(400_000), rng.random(400_000) * 2 * np.pi  # uniform over the sky
        side = np.sqrt(1 - z**2)
        way = np.stack([side * np.cos(turn), side * np.sin(turn), z], -1)
        half = way + eye
        half /= np.linalg.norm(half, axis=-1, keepdims=True)
        spread = alpha**2 / np.pi / (half[:, 2] ** 2 * (alpha**2 - 1) + 1) ** 2

        def smith(cosine, alpha=alpha):
            return (np.sqrt(1 + alpha**2 * (1 / cosine**2 - 1)) - 1) / 2

        shadow = 1 / (1 + smith(z) + smith(eye_z))
        lobe = spread * shadow / (4 * eye_z) * 2 * np.pi  # times cosine over itself
        schlick = (1 - half @ eye) ** 5
        expected = [(lobe * (1 - schlick)).mean(), (lobe * schlick).mean()]
        assert albedo_table()[row, column] == pytest.approx(expected, rel=0.06, abs=0.004)


def test_what_was_cut_out_casts_no_shadow(backend):
    whole, roof = box(height=0.04), card(0.12)
    left_over = replace(
        whole,
        vertices=np.concatenate([whole.vertices, roof.vertices]),
        normals=np.concatenate([whole.normals, roof.normals]),
        uv=np.concatenate([whole.uv, roof.uv]),
    )
    for eye in (ABOVE, OBLIQUE):
        plain = backend.render(scene(whole), eye, 0)
        assert np.abs(backend.render(scene(left_over), eye, 0) - plain).max() < 0.1 * plain.max()


def test_a_wall_under_a_small_roof_is_lit_from_the_side(backend):
    """As the pages of a book are under its cover; deep inside a box it is dark."""
    eye = camera((-0.55, 0.0, 0.3))

    def wall(back, **changes):
        x = -0.1 + back
        pages = sheet((x, 0.07, 0.002), (0, -0.14, 0), (0, 0, 0.06))
        cover = sheet((-0.1, -0.07, 0.062), (0.2, 0, 0), (0, 0.14, 0))
        board = sheet((-0.1, -0.07, 0.002), (0.2, 0, 0), (0, 0.14, 0))
        # Something taller stands aside, so that rays do not end at the roof.
        tall = sheet((0.3, 0.1, 0.002), (0, 0.02, 0), (0, 0, 0.2))
        picture = backend.render(
            scene(mesh(pages, cover, board, tall), atlas((230,) * 3), **changes), eye, 0
        )
        return float(light_at(picture, eye, (x, 0.0, 0.02)).mean())

    beside = float(light_at(backend.render(scene(), eye, 0), eye, (-0.2, 0.0, 0.0)).mean())
    assert wall(0.004) > 0.5 * beside
    assert wall(0.05) < 0.5 * wall(0.004)
    # The lamps hang over the roof: without a sky, hardly any of their light comes in.
    assert wall(0.05, environment=(0.0, 0.0, 0.0)) < 0.1 * beside
