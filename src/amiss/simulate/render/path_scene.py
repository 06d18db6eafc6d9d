"""Our scenes in Mitsuba's words.

A scene always has the same structure (one opaque mesh, one tray, the lights, the walls), so that
Mitsuba compiles once per size of atlas: an empty tray too has a mesh, a speck below it.
"""

import math
from types import ModuleType
from typing import Any

import numpy as np

from amiss.simulate.scene import Atlas, Eyepoint, Floats, Light, Mesh, Scene
from amiss.simulate.sensor import decoded
from amiss.simulate.texels import SIDES

Handle = Any
"""An object of Mitsuba's, which has no types."""
Words = dict[str, Any]
"""A description that Mitsuba loads."""

_SMOOTHEST = 0.04  # roughness; below it a highlight is so small that paths miss it
_BACK_ROUGH = 0.9  # undersides are raw board or dull film
_FILM_ROUGH = 0.09
_TRAY_LIGHT = 0.8  # of a white tray around an item, of what saturates a sensor
_SKY = 16  # rows of the picture of what a film mirrors


class Translator:
    """Makes Mitsuba's objects out of ours."""

    def __init__(self, mitsuba: ModuleType) -> None:
        """mitsuba: the package, its variant already set."""
        self._mi = mitsuba

    def opaque(self, scene: Scene) -> Handle:
        """All but the films."""
        mesh, atlas = (scene.item, scene.atlas) if scene.item and scene.atlas else _nothing()
        front = {
            "type": "principled",
            "base_color": self._texture(decoded(atlas.base)),
            "roughness": self._texture(np.maximum(atlas.rough, _SMOOTHEST)),
            "metallic": self._texture(atlas.metal),
        }
        back = {
            "type": "principled",
            "base_color": self._texture(decoded(atlas.back)),
            "roughness": _BACK_ROUGH,
        }
        bumpy = {"type": "bumpmap", "height": self._texture(atlas.bump), "surface": front}
        length, width = scene.tray.size
        tray = {
            "type": "rectangle",
            "to_world": self._mi.ScalarTransform4f().scale([length / 2, width / 2, 1]),
            "surface": {
                "type": "principled",
                # a rectangle counts v from −y, a tray its rows from +y
                "base_color": self._texture(decoded(scene.tray.base[::-1])),
                "roughness": scene.tray.rough,
            },
        }
        item = self._mesh("item", mesh, {"type": "twosided", "front": bumpy, "back": back})
        around = {**self._strips(scene), "walls": self._walls(scene)}
        return self._load({"type": "scene", **around, "tray": tray, "item": item})

    def clear(self, scene: Scene) -> Handle:
        """The films in the dark: only they reflect; the item that hides some of them is black."""
        nothing, plain = _nothing()
        film = scene.film or nothing
        sheet: Words = {
            "type": "principled",
            "base_color": {"type": "rgb", "value": 0.0},
            "roughness": _FILM_ROUGH,
        }
        hiding = scene.item if scene.film and scene.item else nothing
        atlas = scene.atlas or plain
        bumpy = {"type": "bumpmap", "height": self._texture(atlas.bump), "surface": sheet}
        black = {"type": "diffuse", "reflectance": {"type": "rgb", "value": 0.0}}
        return self._load(
            {
                "type": "scene",
                **self._strips(scene),
                "walls": self._reflected(scene),
                "film": self._mesh("film", film, {"type": "twosided", "surface": bumpy}),
                "item": self._mesh("item", hiding, {"type": "twosided", "surface": black}),
            }
        )

    def integrator(self, bounces: int, *, walls: bool = True) -> Handle:
        """Path tracing, with the layers that a denoiser wants: colour, albedo, normal.

        walls: whether they are seen where nothing stands before them, or black.
        """
        path = {"type": "path", "max_depth": bounces, "hide_emitters": not walls}
        return self._load(
            {"type": "aov", "aovs": "albedo:albedo,normal:sh_normal", "picture": path}
        )

    def sensor(self, camera: Eyepoint) -> Handle:
        """Mitsuba's cameras look along z too, but have x to the left and y up."""
        lens, turn = camera.intrinsics, camera.pose[:3, :3]
        place = np.eye(4)
        place[:3, :3] = np.stack([-turn[0], -turn[1], turn[2]], axis=1)
        place[:3, 3] = -turn.T @ camera.pose[:3, 3]
        film = {
            "type": "hdrfilm",
            "width": lens.width,
            "height": lens.height,
            "pixel_format": "rgb",
            "component_format": "float32",
            "rfilter": {"type": "box"},
        }
        # The middle of our first pixel is (0, 0), that of theirs (½, ½).
        return self._load(
            {
                "type": "perspective",
                "fov_axis": "x",
                "fov": math.degrees(2 * math.atan(lens.width / 2 / lens.fx)),
                "principal_point_offset_x": ((lens.width - 1) / 2 - lens.cx) / lens.width,
                "principal_point_offset_y": ((lens.height - 1) / 2 - lens.cy) / lens.height,
                "to_world": self._mi.ScalarTransform4f(place),
                "near_clip": 0.01,
                "far_clip": 10.0,
                "film": film,
            }
        )

    def _load(self, words: Words) -> Handle:
        # In the order given: the order of objects is part of what Mitsuba compiles, that of lights
        # part of what it draws, and what it calls optimising goes by addresses in memory.
        return self._mi.load_dict(words, parallel=False, optimize=False)

    def _strips(self, scene: Scene) -> Words:
        return {f"light-{i}": self._strip(light) for i, light in enumerate(scene.lights)}

    def _walls(self, scene: Scene) -> Words:
        radiance = {"type": "rgb", "value": list(scene.environment)}
        return {"type": "constant", "radiance": radiance}

    def _reflected(self, scene: Scene) -> Words:
        """What a film mirrors but for the lights: the walls above, the mean of the tray below."""
        tray = decoded(scene.tray.base[::16, ::16]).mean(axis=(0, 1))
        below = tray * (_TRAY_LIGHT / max(scene.exposure, 1e-9))
        sky = np.empty((_SKY, 2 * _SKY, 3), np.float32)
        sky[: _SKY // 2], sky[_SKY // 2 :] = scene.environment, below
        upright = self._mi.ScalarTransform4f().rotate([1, 0, 0], 90)  # Mitsuba's skies have y up
        bitmap = self._mi.Bitmap(sky)
        return {"type": "envmap", "bitmap": bitmap, "to_world": upright}

    def _strip(self, light: Light) -> Words:
        half_u, half_v = np.array(light.half_u), np.array(light.half_v)
        facing = np.cross(half_u, half_v)
        place = np.eye(4)
        place[:3, 0], place[:3, 1], place[:3, 3] = half_u, half_v, light.centre
        place[:3, 2] = facing / np.linalg.norm(facing)
        radiance = {"type": "rgb", "value": list(light.radiance)}
        return {
            "type": "rectangle",
            "to_world": self._mi.ScalarTransform4f(place),
            "emitter": {"type": "area", "radiance": radiance},
        }

    def _mesh(self, name: str, mesh: Mesh, surface: Words) -> Handle:
        properties = self._mi.Properties()
        properties["bsdf"] = self._load(surface)
        made = self._mi.Mesh(
            name,
            len(mesh.vertices),
            len(mesh.faces),
            has_vertex_normals=True,
            has_vertex_texcoords=True,
            props=properties,
        )
        arrays = self._mi.traverse(made)
        arrays["vertex_positions"] = mesh.vertices.ravel()
        arrays["vertex_normals"] = mesh.normals.ravel()
        arrays["vertex_texcoords"] = mesh.uv.ravel()
        arrays["faces"] = mesh.faces.ravel().astype(np.uint32)
        arrays.update()
        return made

    def _texture(self, plane: Floats) -> Words:
        values = plane if plane.ndim == 3 else plane[..., None]
        return {
            "type": "bitmap",
            "bitmap": self._mi.Bitmap(np.ascontiguousarray(values, np.float32)),
            "raw": True,
            "wrap_mode": "clamp",
        }


def _nothing() -> tuple[Mesh, Atlas]:
    """A speck below the tray."""
    corners = np.array([[0, 0, -0.1], [1e-4, 0, -0.1], [0, 1e-4, -0.1]], np.float32)
    mesh = Mesh(
        corners,
        np.tile(np.array([0, 0, 1], np.float32), (3, 1)),
        np.array([[0, 0], [1, 0], [0, 1]], np.float32),
        np.array([[0, 1, 2]], np.int32),
        np.zeros(1, np.uint16),
        ("nothing",),
    )
    shape = (SIDES[0], SIDES[0])
    grey = np.full((*shape, 3), 128, np.uint8)
    plain = np.zeros(shape, np.float32)
    return mesh, Atlas(grey, grey, plain + 1, plain, plain, np.zeros(shape, np.uint8))
