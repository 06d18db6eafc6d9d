"""Path tracing: soft shadows and light from surface to surface.

By Mitsuba 3, few paths per pixel, then Open Image Denoise with albedo and normals. Films are a
second picture, of reflections only, laid over the first: a path tracer's shadow rays stop at glass.
"""

import importlib
import logging
import os
from types import ModuleType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from amiss.domain.errors import SimulationError
from amiss.simulate.raster import rasterise
from amiss.simulate.render import llvm
from amiss.simulate.render.path_scene import Handle, Translator
from amiss.simulate.rig import finer
from amiss.simulate.scene import Eyepoint, Floats, Mesh, Scene

Variant = Literal["auto", "llvm", "cuda", "scalar"]
Quality = Literal["fast", "balanced", "high"]

_BOUNCES = 4  # path length; a fifth changed nothing that one could see
_FILM_BOUNCES = 2  # from the film straight to a light
# The same on every machine: with another number the denoiser sums in another order, and the scalar
# variant draws other noise.
_DENOISER_THREADS, _SCALAR_THREADS = 2, 4
_FINER = 2  # rays per pixel, along either side, that ask whether a film is there
_TWO_SIDES = 1.8  # a sheet reflects at its front and at its back
_NO_LLVM = (
    "Mitsuba finds no LLVM that it can use: install LLVM 16 or newer (Debian: libllvm19), or name "
    "its library in DRJIT_LIBLLVM_PATH."
)
_log = logging.getLogger(__name__)


class PathBackend:
    """The path tracer. One instance per process is enough; it keeps the last scene loaded.

    How many cores there are changes no pixel; another variant does, and another processor or
    another release of Mitsuba may.

    note: a sentence for people where it runs slower than it could, else "".
    """

    def __init__(
        self,
        variant: Variant = "auto",
        samples: int = 8,
        quality: Quality = "balanced",
        threads: int | None = None,
    ) -> None:
        """variant: auto is LLVM where it works, else scalar. samples: paths per pixel.

        threads: of the tracer, as many as there are cores where it is None; scalar has its own.

        Raises:
            SimulationError: Mitsuba or its denoiser is missing, or the variant does not work here.
        """
        self.note = ""
        self._samples = samples
        _module("mitsuba")  # says what to install before anything is searched for
        self._oidn = _module("mitsuba_oidn")
        self._variant = self._chosen(variant)
        self._mi = _mitsuba(self._variant)
        if self._variant == "scalar":
            threads = _SCALAR_THREADS
        if threads is not None:
            _module("drjit").set_thread_count(threads)
        self._quality = getattr(self._oidn.Quality, quality.capitalize())
        self._denoiser = self._device()
        self._translator = Translator(self._mi)
        self._paths = self._translator.integrator(_BOUNCES)
        self._glints = self._translator.integrator(_FILM_BOUNCES, walls=False)
        self._loaded: tuple[Scene, Handle, Handle] | None = None

    @property
    def name(self) -> str:
        """`path (llvm)`, `path (cuda)` or `path (scalar)`."""
        return f"path ({self._variant})"

    def render(self, scene: Scene, camera: Eyepoint, seed: int) -> NDArray[np.float32]:
        """H×W×3 float32, linear, exposed: what falls onto a sensor, 1.0 is just saturated.

        Raises:
            SimulationError: Mitsuba failed.
        """
        opaque, clear = self._load(scene)
        light = self._picture(opaque, self._paths, self._samples, camera, seed)
        if scene.film is not None:
            few = max(1, self._samples // 2)  # highlights are large and soft
            shine = self._picture(clear, self._glints, few, camera, seed + 1)
            light = _behind(light, shine, scene, scene.film, camera)
        return np.asarray(np.maximum(light, 0) * np.float32(scene.exposure), np.float32)

    def _chosen(self, variant: Variant) -> str:
        if variant in ("cuda", "scalar"):
            return variant
        library = llvm.find_llvm()
        if library is not None:
            os.environ[llvm.VARIABLE] = library
            return "llvm"
        if variant == "llvm":
            raise SimulationError(_NO_LLVM)
        self.note = f"{_NO_LLVM} Until then pictures take several times as long."
        _log.warning(self.note)
        return "scalar"

    def _device(self) -> Handle | None:
        """What denoises; None: the fastest there is."""
        if self._variant == "cuda":
            return None
        device = self._oidn.Device(self._oidn.DeviceType.CPU)
        device.num_threads = _DENOISER_THREADS
        return device

    def _load(self, scene: Scene) -> tuple[Handle, Handle]:
        """The scene without its films, and its films."""
        if self._loaded is None or self._loaded[0] is not scene:
            # Mitsuba compiles anew whenever other objects are about: so the old scene goes first,
            # and there are always both halves, films or not, before anything is rendered.
            self._loaded = None
            clear = self._translator.clear(scene)
            self._loaded = (scene, self._translator.opaque(scene), clear)
        return self._loaded[1:]

    def _picture(
        self, loaded: Handle, integrator: Handle, samples: int, camera: Eyepoint, seed: int
    ) -> Floats:
        """Traced and denoised, not exposed."""
        try:
            traced = self._mi.render(
                loaded,
                sensor=self._translator.sensor(camera),
                integrator=integrator,
                spp=samples,
                seed=seed % (1 << 32),
            )
            layers = np.nan_to_num(np.array(traced, np.float32))
        except RuntimeError as error:
            raise SimulationError(
                f"Mitsuba failed ({error}): use its variant scalar, or the fast backend."
            ) from error
        colour, albedo, normal = (
            np.ascontiguousarray(layers[..., first : first + 3]) for first in (0, 3, 6)
        )
        clean = self._oidn.denoise(
            colour,
            np.clip(albedo, 0, 1),
            np.clip(normal, -1, 1),
            hdr=True,
            quality=self._quality,
            device=self._denoiser,
        )
        return np.asarray(clean, np.float32)


def _behind(light: Floats, shine: Floats, scene: Scene, film: Mesh, camera: Eyepoint) -> Floats:
    """The picture dimmed by the film, with the film's reflections on top."""
    fine = finer(camera, _FINER)
    clear = rasterise(film, fine)
    behind = np.inf if scene.item is None else rasterise(scene.item, fine).depth
    over = ((clear.face >= 0) & (clear.depth <= behind)).astype(np.float32)
    height, width = light.shape[:2]
    share = over.reshape(height, _FINER, width, _FINER).mean(axis=(1, 3))[..., None]
    left = 1 - share * np.float32(1 - scene.clarity)
    return np.asarray(light * left + shine * np.float32(_TWO_SIDES))


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SimulationError(
            "Path tracing needs Mitsuba and its denoiser: pip install 'amiss[sim]', or ask for the "
            "fast backend."
        ) from error


def _mitsuba(variant: str) -> ModuleType:
    name = "scalar_rgb" if variant == "scalar" else f"{variant}_ad_rgb"
    mitsuba = _module("mitsuba")
    try:
        mitsuba.set_variant(name)
    except ImportError as error:
        raise SimulationError(
            f"Mitsuba's variant {name} does not work on this machine: ask for another one."
        ) from error
    return mitsuba
