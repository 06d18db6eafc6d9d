import cv2
import numpy as np
import pytest

from amiss.domain.errors import SimulationError
from amiss.simulate.prints import fonts
from amiss.simulate.prints.colour import READABLE, contrast, ink_on, luminance, oklch
from amiss.simulate.prints.deceive import SOLD_WITH, Deception, deceive
from amiss.simulate.prints.design import invent, make_design
from amiss.simulate.prints.material import skin_of
from amiss.simulate.prints.motifs import PAINTERS, picture
from amiss.simulate.prints.panels import Role, panel
from amiss.simulate.prints.wares import WARES, Material, wares_in
from amiss.simulate.products.product import Kind

SIZES = {
    Role.SPINE: (0.21, 0.02),
    Role.PAGES: (0.21, 0.02),
    Role.COVER: (0.14, 0.21),
    Role.BLURB: (0.14, 0.21),
    Role.LABEL: (0.24, 0.09),
    Role.LID: (0.08, 0.08),
    Role.SHIPPING_LABEL: (0.1, 0.15),
}
BOOKISH = (Role.SPINE, Role.PAGES, Role.COVER, Role.BLURB)
MATERIALS = Material.__args__


def design_for(role, seed=5, number=0):
    return make_design(seed, number, Kind.BOOK if role in BOOKISH else Kind.CARTON)


def printed(design, role, texels, size=None):
    return panel(design, role, size or SIZES.get(role, (0.2, 0.14)), texels, design.rng(50))


# --- designs -------------------------------------------------------------------------------------


def test_equal_seeds_make_equal_designs():
    assert make_design(7, 1, Kind.TIN, 3) == make_design(7, 1, Kind.TIN, 3)
    assert make_design(7, 1, Kind.TIN, 3) != make_design(8, 1, Kind.TIN, 3)


@pytest.mark.parametrize("kind", Kind)
def test_a_new_packaging_is_of_the_same_product_and_looks_different(kind):
    for seed in range(20):
        first, second, third = (make_design(seed, number, kind, 3) for number in range(3))
        for later in (second, third):
            kept = ("brand", "title", "lead", "amount", "gtin", "mark", "mark_colour", "ware")
            assert all(getattr(first, name) == getattr(later, name) for name in kept)
            assert first.layout != later.layout
            assert first.palette != later.palette
        before, after = (printed(one, Role.FRONT, (60, 80), (0.15, 0.2)) for one in (first, second))
        assert np.abs(before.astype(int) - after).mean() > 12


@pytest.mark.parametrize("kind", Kind)
def test_what_is_sold_fits_the_packaging_and_stands_in_the_title(kind):
    for seed in range(30):
        made = make_design(seed, 0, kind, 4)
        assert made.ware in wares_in(kind)
        if kind is Kind.BOOK:
            assert made.author in made.title
        else:
            assert made.brand in made.title
            assert made.ware.noun in made.title
            assert "4" in made.title
        assert len(made.gtin) == 13


def test_products_differ():
    many = [make_design(seed) for seed in range(200)]
    assert len({made.brand for made in many}) > 150
    assert len({made.gtin for made in many}) == 200
    assert len({made.layout for made in many}) == 6
    assert len({made.ware.noun for made in many}) > 15


def test_a_ware_can_be_asked_for():
    assert make_design(1, ware="Screen Protector").ware.noun == "Screen Protector"
    with pytest.raises(SimulationError, match="choose one of"):
        make_design(1, ware="Submarine")


def test_every_kind_has_wares_and_every_ware_a_packaging():
    assert all(wares_in(kind) for kind in Kind)
    assert all(ware.kinds and ware.motifs for ware in WARES)
    assert len({ware.noun for ware in WARES}) == len(WARES)


def test_invented_words_can_be_said():
    rng = np.random.default_rng(0)
    for _ in range(300):
        word = invent(rng)
        assert word.isalpha()
        assert set(word) & set("aeiou")


# --- colours and type ----------------------------------------------------------------------------


def test_contrast_is_that_of_wcag():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert luminance((255, 0, 0)) == pytest.approx(0.2126)


def test_ink_can_be_read_on_its_ground():
    for seed in range(150):
        for number in range(2):
            palette = make_design(seed, number).palette
            assert contrast(palette.ink, palette.ground) >= 4
            for ground in (palette.main, palette.second, palette.accent):
                assert contrast(ink_on(ground, palette.ink), ground) >= 4


def test_ink_is_what_was_wanted_where_that_can_be_read():
    assert ink_on((240, 240, 240), (200, 200, 200), (90, 20, 20)) == (90, 20, 20)
    assert contrast(ink_on((240, 240, 240), (200, 200, 200)), (240, 240, 240)) >= READABLE


def test_colours_come_out_with_the_hue_and_lightness_asked_for():
    lights = [luminance(oklch(lightness, 0.05, 250)) for lightness in (0.2, 0.4, 0.6, 0.8)]
    assert lights == sorted(lights)
    red, green, blue = oklch(0.6, 0.2, 29)
    assert red > 2 * max(green, blue)
    assert np.ptp(oklch(0.6, 0, 29)) <= 1


@pytest.mark.parametrize("face", fonts.FACES)
def test_every_typeface_is_there(face):
    assert fonts.metrics(face).capital == pytest.approx(0.68, abs=0.06)
    assert fonts.width(face, "MM") > fonts.width(face, "ii")


def test_a_missing_typeface_says_what_to_install(monkeypatch):
    monkeypatch.setitem(fonts._FILES, "bold", ("font_not_there", "None.ttf"))
    fonts.path.cache_clear()
    with pytest.raises(SimulationError, match="install the package font-not-there"):
        fonts.path("bold")
    monkeypatch.setitem(fonts._FILES, "bold", ("font_roboto", "Not-There.ttf"))
    with pytest.raises(SimulationError, match="install the package font-roboto"):
        fonts.path("bold")
    fonts.path.cache_clear()


# --- panels --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_every_role_prints_at_every_size(role):
    shapes = [((64, 64), None), ((300, 200), None), ((40, 200), (0.03, 0.15)),
              ((400, 30), (0.4, 0.03)), ((4, 6), (0.004, 0.006))]  # fmt: skip
    for texels, size in shapes:
        made = printed(design_for(role), role, texels, size)
        assert made.shape == (texels[1], texels[0], 3)
        assert made.dtype == np.uint8
        if min(texels) >= 64:
            assert made.reshape(-1, 3).std(0).max() > 6
    wide = printed(design_for(role), role, (1024, 700))
    assert wide.shape == (700, 1024, 3)


@pytest.mark.parametrize("role", Role)
def test_panels_repeat_and_designs_differ(role):
    one = printed(design_for(role, 3), role, (160, 120))
    assert np.array_equal(one, printed(design_for(role, 3), role, (160, 120)))
    if role is not Role.PAGES:
        other = printed(design_for(role, 4), role, (160, 120))
        assert (one != other).any(axis=2).mean() > 0.05


@pytest.mark.parametrize("role", [Role.FRONT, Role.BACK, Role.LABEL, Role.COVER, Role.TOP])
def test_texels_change_how_fine_a_panel_is_and_not_what_is_on_it(role):
    for seed in range(3):
        design = design_for(role, seed)
        coarse = printed(design, role, (120, 90))
        fine = printed(design, role, (480, 360))
        shrunk = cv2.resize(fine, (120, 90), interpolation=cv2.INTER_AREA)
        assert np.abs(coarse.astype(int) - shrunk).mean() < 9


def test_every_layout_of_every_front_is_filled():
    seen = set()
    for seed in range(24):
        for size in ((0.12, 0.2), (0.2, 0.12)):
            design = make_design(seed)
            seen.add(design.layout)
            made = printed(design, Role.FRONT, (round(size[0] * 500), round(size[1] * 500)), size)
            quarters = [
                half for rows in np.array_split(made, 2) for half in np.array_split(rows, 2, 1)
            ]
            assert sum(quarter.reshape(-1, 3).std(0).max() > 8 for quarter in quarters) >= 3
    assert len(seen) == 6


def test_the_ends_of_a_label_meet():
    for seed in range(12):
        made = printed(make_design(seed, 0, Kind.TIN), Role.LABEL, (240, 90)).astype(int)
        assert np.abs(made[:, 0] - made[:, -1]).max() <= 24


def test_two_sides_of_a_box_may_differ_and_share_the_words():
    design = make_design(11)
    rng = design.rng(1)
    sides = [panel(design, Role.SIDE, (0.1, 0.2), (100, 200), rng) for _ in range(8)]
    assert len({side.tobytes() for side in sides}) > 1


def test_the_barcode_of_the_back_can_be_scanned():
    detector = cv2.barcode.BarcodeDetector()
    found = 0
    for seed in range(3):
        design = make_design(seed)
        text = detector.detectAndDecode(printed(design, Role.BACK, (1680, 1200), (0.28, 0.2)))[0]
        found += text == design.gtin
    assert found == 3


def test_odd_sizes_are_no_trouble():
    rng = np.random.default_rng(0)
    for _ in range(60):
        role = list(Role)[rng.integers(len(Role))]
        design = make_design(int(rng.integers(10**6)), 0, list(Kind)[rng.integers(len(Kind))])
        width, height = np.exp(rng.uniform(np.log(0.004), np.log(0.6), 2))
        texels = rng.integers(4, 200, 2).tolist()
        made = printed(design, role, tuple(texels), (width, height))
        what = list(Deception)[rng.integers(len(Deception))]
        art = deceive(design, what, made, design.rng(51))
        assert made.shape == art.shape == (texels[1], texels[0], 3)


def test_a_panel_without_size_or_texels_is_refused():
    design = make_design(0)
    for size, texels in (((0, 0.1), (64, 64)), ((0.1, 0.1), (3, 64)), ((0.1, 0.1), (64, 5000))):
        with pytest.raises(SimulationError, match="cannot be printed"):
            panel(design, Role.FRONT, size, texels, design.rng(0))


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("motif", PAINTERS)
def test_pictures_are_no_blank_and_repeat_at_any_size(motif):
    colours = make_design(2).palette
    for aspect in (0.6, 1.5):
        made = picture(motif, np.random.default_rng(1), colours, aspect, 120)
        assert made.shape == (120, round(120 * aspect), 3)
        assert made.reshape(-1, 3).std(0).max() > 8
        again = picture(motif, np.random.default_rng(1), colours, aspect, 120)
        assert np.array_equal(made, again)
    other = picture(motif, np.random.default_rng(2), colours, 1.5, 120)
    assert not np.array_equal(made, other)


# --- deceptive prints ----------------------------------------------------------------------------


@pytest.mark.parametrize("what", Deception)
def test_deceptive_art_changes_the_print_in_places(what):
    for seed, shape in enumerate([(120, 160), (200, 90), (96, 96)]):
        base = np.full((*shape, 3), 190, np.uint8)
        kept = base.copy()
        design = make_design(seed, ware=SOLD_WITH[what][0])
        art = deceive(design, what, base, np.random.default_rng(seed))
        assert art.shape == base.shape
        assert art.dtype == np.uint8
        assert np.array_equal(base, kept)
        changed = (np.abs(art.astype(int) - base).max(axis=2) > 24).mean()
        assert 0.01 < changed < 0.8
        again = deceive(design, what, base, np.random.default_rng(seed))
        assert np.array_equal(art, again)


def test_a_smashed_screen_is_dark_glass_with_bright_cracks():
    design = make_design(0, ware="Screen Protector")
    base = np.full((300, 200, 3), 200, np.uint8)
    art = deceive(design, "smashed_screen", base, np.random.default_rng(3))
    middle = cv2.cvtColor(art, cv2.COLOR_RGB2GRAY)[90:210, 60:140].astype(int)
    assert np.median(middle) < 110
    assert (middle > np.median(middle) + 60).mean() > 0.02


def test_only_known_deceptions_are_printed():
    with pytest.raises(SimulationError, match="choose one of"):
        deceive(
            make_design(0), "earthquake", np.zeros((9, 9, 3), np.uint8), np.random.default_rng(0)
        )


def test_deceptive_wares_exist():
    nouns = {ware.noun for ware in WARES}
    assert set(SOLD_WITH) == set(Deception)
    assert all(set(wares) <= nouns for wares in SOLD_WITH.values())


# --- materials -----------------------------------------------------------------------------------


@pytest.mark.parametrize("material", MATERIALS)
def test_a_material_is_a_whole_skin_and_keeps_the_print(material):
    base = np.full((80, 120, 3), (150, 110, 90), np.uint8)
    base[:, 60:] = (40, 90, 160)
    skin = skin_of(material, base, 1000, np.random.default_rng(1))
    assert skin.base.shape == (80, 120, 3)
    assert skin.base.dtype == np.uint8
    for plane in (skin.rough, skin.metal, skin.bump):
        assert plane.shape == (80, 120)
        assert plane.dtype == np.float32
    for plane in (skin.rough, skin.metal):
        assert plane.min() >= 0
        assert plane.max() <= 1
    for half in (slice(0, 60), slice(60, 120)):
        drift = skin.base[:, half].reshape(-1, 3).mean(0) - base[:, half].reshape(-1, 3).mean(0)
        assert np.abs(drift).max() < 6
    assert 0 < np.abs(skin.bump).max() < 0.004
    again = skin_of(material, base, 1000, np.random.default_rng(1))
    assert np.array_equal(skin.base, again.base)
    assert np.array_equal(skin.bump, again.bump)


def test_materials_differ_as_they_do_to_the_touch():
    base = np.full((40, 40, 3), 180, np.uint8)
    skins = {name: skin_of(name, base, 800, np.random.default_rng(0)) for name in MATERIALS}
    assert skins["tin"].metal.min() == 1
    assert skins["kraft"].metal.max() == 0
    assert skins["glass"].rough.max() < skins["coated"].rough.min() < skins["kraft"].rough.min()
    assert skins["poly"].bump.std() > 5 * skins["coated"].bump.std()


def test_flutes_run_down_corrugated_board_every_seven_millimetres():
    base = np.full((200, 400, 3), 180, np.uint8)
    bump = skin_of("corrugated", base, 1000, np.random.default_rng(0)).bump
    spectrum = np.abs(np.fft.rfft(bump.mean(axis=0) - bump.mean()))
    assert 400 / spectrum.argmax() == pytest.approx(7.2, abs=0.3)
