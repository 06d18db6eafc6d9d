"""OpenGL without a display, and the few things that the fast renderer does with it."""

import importlib
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError

Handle = Any
"""An object of OpenGL's: a context, a texture, a buffer, a framebuffer."""
Value = Any
"""What a uniform can be: a number, a tuple, an array, or a texture."""
SRGB_ALPHA = 0x8C43  # GL_SRGB8_ALPHA8: colours are decoded before they are filtered
_OLDEST = 330  # OpenGL 3.3

_NO_GL = (
    "Cannot draw without a display ({reason}): install EGL and an OpenGL 3.3 driver "
    "(Debian: apt-get install libegl1 libgl1-mesa-dri), or render with the path backend."
)


def open_context(threads: int | None = None) -> Handle:
    """A moderngl context through EGL, on a GPU or in software (llvmpipe).

    threads: of llvmpipe, which reads it once in a process; what the environment says goes first.

    Raises:
        SimulationError: moderngl, EGL or a driver is missing; the sentence says what to install.
    """
    try:
        moderngl = importlib.import_module("moderngl")
    except ImportError as error:
        raise SimulationError(
            "The fast renderer needs moderngl: pip install 'amiss[sim]'."
        ) from error
    if threads is not None:
        os.environ.setdefault("LP_NUM_THREADS", str(threads))
    try:
        return moderngl.create_context(standalone=True, backend="egl", require=_OLDEST)
    except Exception as error:  # EGL failures are raised as plain Exception
        raise SimulationError(_NO_GL.format(reason=str(error).splitlines()[0])) from error


class Program:
    """A compiled program; uniforms that the compiler found to be unused are passed over."""

    def __init__(self, context: Handle, shaders: tuple[str, str], **constants: float) -> None:
        defined = "".join(f"#define {name} {value}\n" for name, value in constants.items())
        vertex, fragment = (code.replace("330\n", f"330\n{defined}", 1) for code in shaders)
        self.gl = context.program(vertex_shader=vertex, fragment_shader=fragment)
        self._context = context
        self._units = {
            name: unit
            for unit, name in enumerate(name for name in self.gl if _is_sampler(self.gl[name]))
        }
        for name, unit in self._units.items():
            self.gl[name].value = unit
        self._whole = context.vertex_array(self.gl, [])

    def set(self, **values: Value) -> None:
        """Numbers, vectors (tuples), matrices and arrays of vectors (arrays), or textures."""
        for name, value in values.items():
            if name in self._units:
                value.use(self._units[name])
            elif name in self.gl:
                if isinstance(value, np.ndarray):
                    self.gl[name].write(np.ascontiguousarray(value, np.float32).tobytes())
                else:
                    self.gl[name].value = value

    def fill(self, target: Handle, **values: Value) -> None:
        """Runs once for each pixel of a framebuffer."""
        self.set(**values)
        target.use()
        self._whole.render(vertices=3)


class Shader:
    """A program in two forms: for every pixel of a picture, and for four samples of listed ones."""

    def __init__(self, context: Handle, shaders: tuple[str, str]) -> None:
        self.whole = Program(context, shaders, LISTED=0)
        self.listed = Program(context, shaders, LISTED=1)


def _is_sampler(member: Handle) -> bool:
    return getattr(member, "gl_type", 0) in {0x8B5E, 0x8DCA}  # GL_SAMPLER_2D, GL_INT_SAMPLER_2D


def table(context: Handle, rows: NDArray[Any], width: int) -> Handle:
    """N×C float32 or int32 as a texture `width` wide, read by index; the last row is filled up."""
    count = odd(-(-len(rows) // width))
    full = np.zeros((count * width, rows.shape[1]), rows.dtype)
    full[: len(rows)] = rows
    kind = "f4" if rows.dtype == np.float32 else "i4"
    texture = context.texture((width, count), rows.shape[1], full.tobytes(), dtype=kind)
    texture.filter = (context.NEAREST, context.NEAREST)
    return texture


def odd(rows: int) -> int:
    """No power of two: llvmpipe compiles every program again for sizes that are one."""
    return rows | 1 if rows > 1 else 3


def picture(context: Handle, pixels: NDArray[Any]) -> Handle:
    """H×W×4 uint8, sRGB with a linear fourth channel, or H×W float32, as a texture with levels."""
    height, width = pixels.shape[:2]
    data = np.ascontiguousarray(pixels)
    if pixels.ndim == 3:
        texture = context.texture((width, height), 4, data, internal_format=SRGB_ALPHA)
    else:
        texture = context.texture((width, height), 1, data, dtype="f4")
    texture.build_mipmaps()
    texture.filter = (context.LINEAR_MIPMAP_NEAREST, context.LINEAR)
    texture.repeat_x = texture.repeat_y = False
    return texture


def sheet(context: Handle, size: tuple[int, int], channels: int, kind: str = "f2") -> Handle:
    """An empty texture to draw on: width and height, channels, f1, f2 or f4; read smoothly."""
    texture = context.texture(size, channels, dtype=kind)
    texture.filter = (context.LINEAR, context.LINEAR)
    texture.repeat_x = texture.repeat_y = False
    return texture
