"""Toy boxes: a toy stands behind a clear window in a printed box.

Parts as of a folding box (see `boxes`), with "unit-0", "unit-1", … behind the film; the printed
card behind the toys and the floor under them are the part "liner".
"""

import numpy as np

from amiss.domain.words import Locus
from amiss.simulate.prints.colour import mix
from amiss.simulate.prints.panels import Role
from amiss.simulate.products.boxes import OUTER, add_face, add_lid, area_of, printed_face
from amiss.simulate.products.press import lay, piece
from amiss.simulate.products.product import Film
from amiss.simulate.products.toys import TOYS
from amiss.simulate.products.workbench import UNITS, Made, Workbench, lifted, rests_of_box
from amiss.simulate.shapes.box import Box, bulge
from amiss.simulate.shapes.compose import Warp, cut_out, moved
from amiss.simulate.shapes.patch import Points

Size3 = tuple[float, float, float]
Span = tuple[float, float]
_MARGIN = 0.012  # metres from the toy to the walls


def toy_box(bench: Workbench) -> Made:
    """One to three toys, one above the other, behind one window."""
    rng = bench.rng
    toy = bench.aside(bench.kind, 0.0016)
    asked = rng.uniform(0.11, 0.17) if bench.ware == "Race Car" else rng.uniform(0.11, 0.21)
    wide, deep, high = TOYS[bench.ware](toy, asked)
    pitch = high + 0.018
    head = max(0.035, 0.2 * pitch * bench.units)
    size = (
        wide + 2 * _MARGIN + 0.03,
        deep + 2 * _MARGIN,
        bench.units * pitch + 0.024 + head,
    )
    box = Box(size, float(rng.uniform(0.0012, 0.0025)))
    bench.plan(area_of(size), 24_000)
    toy.thin_out(UNITS // bench.units)
    warp = bulge(box, rng, 0.002)
    frame = 0.014
    u = frame / size[0], 1 - frame / size[0]
    v = 0.016 / size[2], 1 - (head + 0.004) / size[2]
    _front(bench, box, warp, u, v)
    for face in ("bottom", "back", "left", "right"):
        add_face(bench, box, face, printed_face(bench, box, face), warp)
    add_lid(bench, box, printed_face(bench, box, "top"), warp)
    for number in range(bench.units):
        level = 0.014 + (bench.units - 1 - number) * pitch
        bench.stamp(toy, number, (0, 0, level))
        _liner(bench, f"floor-{number}", size, level - 0.001, flat=True)
    _liner(bench, "backdrop", size, size[1] / 2 - 0.004, flat=False)
    return Made(size, rests_of_box(size))


def _front(bench: Workbench, box: Box, warp: Warp, u: Span, v: Span) -> None:
    """Four strips of board around the window, and the window."""
    rest = lifted(box.face("front"), box.size[2] / 2, warp)
    extent = box.extent("front")
    palette = bench.press.design.palette
    skin = bench.press.plain(palette.ground, extent, "coated")
    head = bench.press.sheet(Role.FRONT, (extent[0], (1 - v[1]) * extent[1]), main=True)
    lay(skin, (0, 1), (v[1], 1.0), head)
    low = mix(palette.main, palette.ground, 0.1)
    lay(skin, (0, 1), (0.0, v[0] * 0.8), low)
    strips = {
        "low": ((0.0, 1.0), (0.0, v[0])),
        "high": ((0.0, 1.0), (v[1], 1.0)),
        "left": ((0.0, u[0]), v),
        "right": ((u[1], 1.0), v),
    }
    for name, (across, up) in strips.items():
        size = ((across[1] - across[0]) * extent[0], (up[1] - up[0]) * extent[1])
        part = cut_out(rest, across, up)
        bench.add(f"front-{name}", "carton", part, size, piece(skin, across, up), OUTER)
    clear = bench.press.plain((250, 250, 250), (0.01, 0.01), "glass")
    size = ((u[1] - u[0]) * extent[0], (v[1] - v[0]) * extent[1])
    window = moved(cut_out(rest, u, v), (0, 0.0004, 0))
    bench.films.append(Film((bench.patch("window", "film", window, size, clear, OUTER),), 0.94))


def _liner(bench: Workbench, name: str, size: Size3, at: float, *, flat: bool) -> None:
    """A printed card inside: a floor at a height, or a backdrop at a depth, metres."""
    span = (size[0] - 0.006, (size[1] if flat else size[2]) - 0.006)

    def rest(uv: Points) -> Points:
        x = (uv[..., 0] - 0.5) * span[0]
        other = uv[..., 1] * span[1] + 0.003
        fixed = np.full_like(x, at)
        if flat:
            return np.stack([x, other - size[1] / 2, fixed], axis=-1)
        return np.stack([x, fixed, other], axis=-1)

    palette = bench.press.design.palette
    skin = bench.press.plain(palette.second if flat else palette.main, span, "coated", 0.7)
    bench.press.mottle(skin, 0.1, 40)
    bench.add(name, "liner", rest, span, skin, Locus.OUTER_PACKAGING, hidden=True)
