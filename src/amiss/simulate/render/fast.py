"""Pictures at several frames a second, without a GPU and without a display.

Rasterised with OpenGL, in software (llvmpipe) where there is no GPU, in five passes:

1. The item is seen from above and from below, once per scene: a map of the heights that it fills.
2. From every vertex, and from every cell of the tray, rays are marched through this map to the
   lights, and the horizon is searched for the sky: soft shadows, ambient occlusion, and the colour
   that tray and item lend each other.
3. Per camera, the triangle behind each of four samples of a pixel is found: a visibility buffer
   (Burns & Hunt 2013), since small triangles are dear and pixels are cheap.
4. Each pixel is shaded once: Lambert and GGX under the rectangular lights, bumps, the other colour
   of the underside. Where an edge runs through it, or it is uneven, all
   four samples are.
5. The film's reflections are laid over.

It agrees with the path-traced pictures in brightness and colour, not in every reflection: items
do not mirror each other, and what lies deep inside an open box is a little too light.
"""

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.simulate.render.fast_canvas import FINER, Canvas, Layer
from amiss.simulate.render.fast_find_glsl import SORT, SORT_FILM, WHICH, WHICH_FILM
from amiss.simulate.render.fast_gl import Program, Shader, Value, open_context, table
from amiss.simulate.render.fast_light import LightPrograms, Shape, Stage
from amiss.simulate.render.fast_view_glsl import FILM, SHADE_ITEM, SHADE_TRAY
from amiss.simulate.render.gloss import albedo_table
from amiss.simulate.scene import Eyepoint, Scene

NEAREST, FARTHEST = 0.05, 20.0  # metres from a camera


class FastBackend:
    """The fast renderer. It holds one OpenGL context; use it in the thread that made it.

    The light of the last scene is kept: render all views of a scene one after the other.

    Raises:
        SimulationError: moderngl, EGL or a driver is missing; the sentence says what to install.
    """

    name = "fast"

    def __init__(self, threads: int | None = None) -> None:
        """threads: of the software driver, as many as there are cores where it is None."""
        self._context = open_context(threads)
        with self._context:
            self._light = LightPrograms(self._context)
            self._which = Program(self._context, WHICH)
            self._which_film = Program(self._context, WHICH_FILM)
            self._sort = Program(self._context, SORT)
            self._sort_film = Program(self._context, SORT_FILM)
            self._shade_tray = Shader(self._context, SHADE_TRAY)
            self._shade_item = Shader(self._context, SHADE_ITEM)
            self._shade_film = Program(self._context, FILM, LISTED=0)
            self._no_faces = table(self._context, np.zeros((1, 4), np.int32), 1)
            albedos = albedo_table()
            self._albedos = self._context.texture(
                albedos.shape[1::-1], 2, albedos.tobytes(), dtype="f4"
            )
            self._albedos.repeat_x = self._albedos.repeat_y = False
        self._stage: Stage | None = None
        self._canvases: dict[tuple[int, int], Canvas] = {}

    @property
    def device(self) -> str:
        """What draws, in the driver's words."""
        return str(self._context.info["GL_RENDERER"])

    def render(self, scene: Scene, camera: Eyepoint, seed: int) -> NDArray[np.float32]:
        """H×W×3 float32, linear, exposed. There is no noise, so `seed` changes nothing.

        Raises:
            SimulationError: the lens is distorted, or there are more lights than four.
        """
        del seed
        if any(camera.intrinsics.distortion):
            raise SimulationError(
                "The fast renderer draws rectified pictures only: leave the distortion empty."
            )
        with self._context:
            return self._draw(self._lit(scene), camera)

    def close(self) -> None:
        """Gives back the context and all that it holds."""
        self._context.release()

    def _lit(self, scene: Scene) -> Stage:
        if self._stage is None or self._stage.scene is not scene:
            if self._stage is not None:
                self._stage.release()
            self._stage = None
            self._stage = Stage(self._context, scene, self._light)
        return self._stage

    def _draw(self, stage: Stage, camera: Eyepoint) -> NDArray[np.float32]:
        width, height = camera.intrinsics.width, camera.intrinsics.height
        canvas = self._canvases.get((width, height))
        if canvas is None:
            canvas = self._canvases[width, height] = Canvas(self._context, width, height)
        known = {**stage.uniforms, **_eye(camera), "albedos": self._albedos}
        known |= {"exposure": stage.scene.exposure, "clarity": stage.scene.clarity}
        picture = self._opaque(stage, canvas, known)
        if stage.film is not None:
            shine = self._film(stage.film, canvas, known)
            picture = picture * shine[..., 3:] + shine[..., :3]
        return picture

    def _opaque(self, stage: Stage, canvas: Canvas, known: dict[str, Value]) -> NDArray[np.float32]:
        """Item and tray: each pixel once, and those where edges run once for each sample."""
        self._find(stage.item, self._which, canvas.item, known)
        known = known | canvas.item.known
        item = {"faces": self._no_faces} if stage.item is None else stage.item.tables
        canvas.sort(self._sort, **known, **item)
        canvas.shade(self._shade_tray.whole, "<=", **known)
        if stage.item is not None:
            canvas.shade(self._shade_item.whole, ">", **known, **item)
        light = canvas.light()
        picture, edges = light[..., :3].copy(), canvas.edges(light[..., 3])
        fine = np.zeros((len(edges.all), 3), np.float32)
        for shows, program in ((edges.tray, self._shade_tray), (edges.item, self._shade_item)):
            if shows.any():
                fine[shows] += canvas.closely(program.listed, edges.all[shows], **known, **item)
        picture.reshape(-1, 3)[edges.all] = fine
        return picture

    def _film(self, film: Shape, canvas: Canvas, known: dict[str, Value]) -> NDArray[np.float32]:
        """H×W×4: what the film reflects, and how much of what lies behind it is left."""
        before = {"before": canvas.item.depth}
        self._find(film, self._which_film, canvas.film, known | before)
        known = known | canvas.film.known
        canvas.sort(self._sort_film, **known)
        canvas.clear()
        canvas.shade(self._shade_film, ">", **known, **film.tables)
        return canvas.light()

    def _find(
        self, shape: Shape | None, program: Program, layer: Layer, known: dict[str, Value]
    ) -> None:
        """The nearest triangle behind each sample, and its depth."""
        self._context.enable_only(self._context.DEPTH_TEST)
        self._context.depth_func = "<"
        layer.found.clear(depth=1.0)
        if shape is not None:
            layer.found.use()
            program.set(**known)
            shape.draw(self._context, program)


def _eye(camera: Eyepoint) -> dict[str, Value]:
    """The camera as uniforms: `view` (booth to clip space), `eye`, `ray` (pixel to direction).

    The first row of the picture is the lowest in OpenGL, so that nothing need be turned over.
    """
    lens = camera.intrinsics
    turn, shift = camera.pose[:3, :3], camera.pose[:3, 3]
    depth = (FARTHEST + NEAREST) / (FARTHEST - NEAREST)
    flat = np.array(
        [
            [2 * lens.fx / lens.width, 0, (2 * lens.cx + 1) / lens.width - 1, 0],
            [0, 2 * lens.fy / lens.height, (2 * lens.cy + 1) / lens.height - 1, 0],
            [0, 0, depth, -(depth + 1) * NEAREST],
            [0, 0, 1, 0],
        ]
    )
    # A target pixel's middle (i + ½) lies at (i + ½) / FINER − ½ in pixels of the picture.
    unproject = np.array(
        [
            [1 / (FINER * lens.fx), 0, -(lens.cx + 0.5) / lens.fx],
            [0, 1 / (FINER * lens.fy), -(lens.cy + 0.5) / lens.fy],
            [0, 0, 1],
        ]
    )
    return {
        "view": (flat @ camera.pose).T,
        "eye": tuple(float(value) for value in -turn.T @ shift),
        "ray": (turn.T @ unproject).T,
        "focal": FINER * min(lens.fx, lens.fy),
    }
