"""The light of one scene, as the fast renderer keeps it: computed once, whatever cameras look."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.simulate.render.fast_gl import Handle, Program, Value, odd, picture, sheet, table
from amiss.simulate.render.fast_light_glsl import BROADEN, ITEM_LIGHT, SEEN_FROM_ABOVE, TRAY_LIGHT
from amiss.simulate.scene import Atlas, Floats, Mesh, Scene, Tray

WIDTH = 1024  # of tables of vertices and triangles; the shaders' `at` knows it too
MOST_LIGHTS = 4
MOST_TEXELS = 512  # of the map of heights, along its longer side
FINEST = 0.0008  # metres per texel of that map
TRAY_CELLS = 176  # of the tray's light, along either side
# Steps of a ray, rays to each light, directions of the compass, distances along each.
QUALITY = {"STEPS": 8, "RAYS": 6, "AZIMUTHS": 12, "HORIZON": 7}
WALL = 0.5
"""Light on what stands in the way of the sky, beside the light on the empty tray."""
DEEP, INDOORS = 0.05, 0.6
"""Metres from an opening at which a third of its light is left, and how bright walls are inside."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A mesh on the GPU: as buffers to draw, and as tables for the programs to look things up.

    places: x, y, z, u. normals: and v. corners: vertices that a face has; those of faces that were
    cut out are still in the mesh. tables: both, and `faces`, as uniforms.
    """

    places: Handle
    normals: Handle
    indices: Handle
    corners: Handle
    tables: dict[str, Value]

    def draw(self, context: Handle, program: Program, *, upright: bool = False) -> None:
        """Draws it with a program whose uniforms are set.

        upright: its vertices instead, as points; walls have no area where they are seen edge-on.
        """
        content = [
            (buffer, "4f", name)
            for buffer, name in ((self.places, "place"), (self.normals, "turned"))
            if name in program.gl
        ]
        array = context.vertex_array(program.gl, content, self.corners if upright else self.indices)
        array.render(context.POINTS if upright else context.TRIANGLES)
        array.release()


class Stage:
    """One scene, lit.

    uniforms: what every program may ask for. item, film: what there is of them, or None. All of it
    lives until `release`.
    """

    def __init__(self, context: Handle, scene: Scene, programs: "LightPrograms") -> None:
        self._context = context
        self._owned: list[Handle] = []
        self.scene = scene
        self.uniforms: dict[str, Value] = {**_lights(scene), "size": scene.tray.size}
        self.item = self._shape(scene.item)
        self.film = self._shape(scene.film)
        if scene.atlas is not None:
            self.uniforms |= self._sheets(scene.atlas)
        self.uniforms |= {"board": programs.board(scene.tray), "board_rough": scene.tray.rough}
        self._look_from_above(programs)
        self._light_tray(programs.tray)
        if scene.item is not None and self.item is not None:
            self._light_item(programs.item, self.item, len(scene.item.vertices))

    def release(self) -> None:
        """Gives back what the GPU holds."""
        for thing in self._owned:
            thing.release()
        self._owned.clear()

    def _keep(self, thing: Handle) -> Handle:
        self._owned.append(thing)
        return thing

    def _shape(self, mesh: Mesh | None) -> Shape | None:
        """A mesh on the GPU, or None where there is nothing to draw."""
        if mesh is None or len(mesh.faces) == 0:
            return None
        places = np.hstack([mesh.vertices, mesh.uv[:, :1]]).astype(np.float32)
        normals = np.hstack([mesh.normals, mesh.uv[:, 1:]]).astype(np.float32)
        faces = np.ascontiguousarray(mesh.faces, np.int32)
        context, keep = self._context, self._keep
        return Shape(
            keep(context.buffer(places.tobytes())),
            keep(context.buffer(normals.tobytes())),
            keep(context.buffer(faces.tobytes())),
            keep(context.buffer(np.unique(faces).astype(np.int32).tobytes())),
            {
                "places": keep(table(context, places, WIDTH)),
                "normals": keep(table(context, normals, WIDTH)),
                "faces": keep(table(context, np.column_stack([faces, _cloths(faces)]), WIDTH)),
            },
        )

    def _sheets(self, atlas: Atlas) -> dict[str, Value]:
        bumpy = bool(atlas.bump.any())
        flat = np.zeros((3, 3), np.float32)
        return {
            "base": self._keep(picture(self._context, _with_alpha(atlas.base, atlas.rough))),
            "back": self._keep(picture(self._context, _with_alpha(atlas.back, atlas.metal))),
            "bump": self._keep(picture(self._context, atlas.bump if bumpy else flat)),
        }

    def _look_from_above(self, programs: "LightPrograms") -> None:
        """Heights and colours of the item over the tray, with an empty rim of two texels."""
        item = self.scene.item
        points = np.zeros((1, 3)) if item is None else item.vertices
        low, high = points.min(0).astype(float), points.max(0).astype(float)
        texel = max(FINEST, float((high - low)[:2].max()) / (MOST_TEXELS - 8))
        columns, rows = (int(side) + 8 for side in np.ceil((high - low)[:2] / texel))
        texels = (columns, rows)
        corner = low[:2] - 4 * texel
        self.uniforms |= {
            "low": tuple(corner),
            "per_metre": tuple(1 / (texel * side) for side in texels),
            "top": float(high[2]),
            "texel": texel,
            **_inner(self.scene.tray.size, low, high),
        }
        heights, floors = (self._keep(sheet(self._context, texels, 1, "f4")) for _ in range(2))
        for each in (heights, floors):  # read where they lie: a third of the time
            each.filter = (self._context.NEAREST, self._context.NEAREST)
        colours, unseen = (self._keep(sheet(self._context, texels, 4)) for _ in range(2))
        self._context.enable_only(self._context.DEPTH_TEST)
        self._context.depth_func = "<"
        for side, sheets in ((1, [heights, colours]), (-1, [floors, unseen])):
            target = self._target(sheets, depth=True)
            target.clear(depth=1.0)
            if self.item is not None:
                programs.above.set(**self.uniforms, side=side)
                target.use()
                self.item.draw(self._context, programs.above)
                self._context.point_size = 2.0
                self.item.draw(self._context, programs.above, upright=True)
        self._context.enable_only(self._context.NOTHING)
        colours.build_mipmaps()
        colours.filter = (self._context.LINEAR_MIPMAP_LINEAR, self._context.LINEAR)
        self.uniforms |= {"heights": heights, "floors": floors, "colours": colours}
        broad = [self._keep(sheet(self._context, texels, 1, "f4")) for _ in range(2)]
        for each in broad:
            each.filter = (self._context.NEAREST, self._context.NEAREST)
        programs.broaden.fill(self._target(broad), **self.uniforms)
        self.uniforms |= dict(zip(("broad_heights", "broad_floors"), broad, strict=True))

    def _light_tray(self, program: Program) -> None:
        cells = TRAY_CELLS if self.item is not None else TRAY_CELLS // 4
        share, light, glow = (self._keep(sheet(self._context, (cells, cells), 4)) for _ in range(3))
        program.fill(self._target([share, light, glow]), cells=float(cells), **self.uniforms)
        glow.build_mipmaps()
        glow.filter = (self._context.LINEAR_MIPMAP_LINEAR, self._context.LINEAR)
        self.uniforms |= {"tray_share": share, "tray_light": light, "tray_glow": glow}

    def _light_item(self, program: Program, item: Shape, vertices: int) -> None:
        size = (WIDTH, odd(-(-vertices // WIDTH)))
        sheets = [self._keep(self._context.texture(size, 4, dtype="f2")) for _ in range(4)]
        for each in sheets:
            each.filter = (self._context.NEAREST, self._context.NEAREST)
        program.fill(self._target(sheets), **self.uniforms, **item.tables)
        self.uniforms |= dict(zip(("shares", "fronts", "rears", "flows"), sheets, strict=True))

    def _target(self, colours: list[Handle], *, depth: bool = False) -> Handle:
        buffer = self._keep(self._context.depth_renderbuffer(colours[0].size)) if depth else None
        return self._keep(self._context.framebuffer(colours, buffer))


class LightPrograms:
    """The programs that light a scene, compiled once; and the last tray, which seldom changes."""

    def __init__(self, context: Handle) -> None:
        self.above = Program(context, SEEN_FROM_ABOVE)
        self.broaden = Program(context, BROADEN)
        self.tray = Program(context, TRAY_LIGHT, WALL=WALL, DEEP=DEEP, INDOORS=INDOORS, **QUALITY)
        self.item = Program(context, ITEM_LIGHT, WALL=WALL, DEEP=DEEP, INDOORS=INDOORS, **QUALITY)
        self._context = context
        self._board: tuple[Tray, Handle] | None = None

    def board(self, tray: Tray) -> Handle:
        """The tray's colours as a texture; it lives until another tray is asked for."""
        if self._board is None or self._board[0] is not tray:
            if self._board is not None:
                self._board[1].release()
            self._board = tray, picture(self._context, _with_alpha(tray.base))
        return self._board[1]


def _cloths(faces: NDArray[np.int32]) -> NDArray[np.int32]:
    """F: the cloth of each face; one begins where no corner was a corner of any face before."""
    least, most = faces.min(axis=1), np.maximum.accumulate(faces.max(axis=1))
    return np.cumsum(np.concatenate([[False], least[1:] > most[:-1]]), dtype=np.int32)


def _inner(
    size: tuple[float, float], low: NDArray[np.float64], high: NDArray[np.float64]
) -> dict[str, Value]:
    """The part of the tray whose light is kept finer: as far as a deep shadow falls."""
    reach = 0.03 + 0.5 * high[2]
    edge = np.array(size) / 2 - 0.001
    inner = np.clip(low[:2] - reach, -edge, edge - 0.002)
    outer = np.clip(high[:2] + reach, inner + 0.001, edge)
    return {"inner": tuple(inner), "outer": tuple(outer)}


def _with_alpha(rgb: NDArray[np.uint8], alpha: Floats | None = None) -> NDArray[np.uint8]:
    """H×W×4 uint8: colours, and a value in [0, 1] beside them."""
    if alpha is None:
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA), np.uint8)
    levels = cv2.convertScaleAbs(alpha, alpha=255)
    return np.asarray(cv2.merge([*cv2.split(rgb), levels]), np.uint8)


def _lights(scene: Scene) -> dict[str, Value]:
    """The lights as uniforms, each array four long.

    Raises:
        SimulationError: there are more lights than the shaders can hold.
    """
    if len(scene.lights) > MOST_LIGHTS:
        raise SimulationError(
            f"The fast renderer knows at most {MOST_LIGHTS} lights, not {len(scene.lights)}: "
            "leave some out, or render with the path backend."
        )
    rows = np.zeros((5, MOST_LIGHTS, 3))
    for index, light in enumerate(scene.lights):
        facing = 4 * np.cross(light.half_u, light.half_v)
        facing = facing if facing[2] < 0 else -facing  # a light shines downwards
        longer, shorter = sorted((light.half_u, light.half_v), key=np.linalg.norm, reverse=True)
        rows[:, index] = light.centre, longer, shorter, light.radiance, facing
    names = ("centre", "half_u", "half_v", "radiance", "facing")
    lengths = np.maximum(np.linalg.norm(rows[1:3], axis=-1), 1e-6)
    return {
        "environment": scene.environment,
        "lit": _on_the_tray(scene, rows),
        "axis_u": rows[1] / lengths[0][:, None],
        "axis_v": rows[2] / lengths[1][:, None],
        "extent": lengths.T,
        **dict(zip(names, rows, strict=True)),
    }


def _on_the_tray(scene: Scene, rows: NDArray[np.float64]) -> tuple[float, ...]:
    """Irradiance in the middle of the empty tray."""
    centre, _, _, radiance, facing = rows[:, : len(scene.lights)]
    square = (centre**2).sum(1)
    reaches = centre[:, 2] * np.maximum(-(facing * centre).sum(1), 0) / square**2
    irradiance = (radiance * reaches[:, None]).sum(0) + math.pi * np.array(scene.environment)
    return tuple(float(value) for value in irradiance)
