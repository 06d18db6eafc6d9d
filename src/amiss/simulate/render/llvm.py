"""Finds an LLVM that Mitsuba can use. A wrong one kills the process, so it is tried in another."""

import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

VARIABLE = "DRJIT_LIBLLVM_PATH"
_PLACES = (
    "/usr/lib/*-linux-gnu/libLLVM*.so*",
    "/usr/lib/llvm-*/lib/libLLVM*.so*",
    "/usr/lib64/libLLVM*.so*",
    "/usr/lib/libLLVM*.so*",
    "/usr/local/lib/libLLVM*.so*",
    "/opt/homebrew/opt/llvm/lib/libLLVM*.dylib",
    "/usr/local/opt/llvm/lib/libLLVM*.dylib",
)
_OLDEST = 16  # LLVM 15 ends the process: it cannot select fminimum
_PATIENCE = 120  # seconds
_PROBE = """
import mitsuba
mitsuba.set_variant("llvm_ad_rgb")
scene = mitsuba.load_dict({
    "type": "scene", "light": {"type": "constant"},
    "ball": {"type": "sphere", "bsdf": {"type": "principled", "roughness": 0.3}},
    "sensor": {"type": "perspective", "film": {"type": "hdrfilm", "width": 4, "height": 4},
               "to_world": mitsuba.ScalarTransform4f().look_at([0, 0, 4], [0, 0, 0], [0, 1, 0])},
    "integrator": {"type": "path", "max_depth": 3},
})
assert mitsuba.render(scene, spp=1).numpy().max() > 0
"""


@lru_cache(maxsize=1)
def find_llvm() -> str | None:
    """Path of the first LLVM with which Mitsuba renders a small scene; None where there is none.

    DRJIT_LIBLLVM_PATH, where it is set, is the only one tried. Otherwise the newest comes first.
    """
    given = os.environ.get(VARIABLE)
    for candidate in [given] if given else candidates():
        if _renders(candidate):
            return candidate
    return None


def candidates() -> list[str]:
    """Shared libraries that look like LLVM, new enough, newest first, each file once."""
    found: dict[Path, tuple[int, str]] = {}
    for pattern in _PLACES:
        for path in sorted(Path("/").glob(pattern.lstrip("/"))):
            version = _version(path)
            if version >= _OLDEST and path.exists():
                found.setdefault(path.resolve(), (version, str(path)))
    newest = sorted(found.values(), key=lambda item: (-item[0], item[1]))
    return [path for _, path in newest]


def _version(path: Path) -> int:
    """The number in `libLLVM.so.19.1`, `libLLVM-19.so` or the file that a link leads to; or 0."""
    for name in (path.name, path.resolve().name):
        number = re.match(r"libLLVM(?:-|\.so\.|\.)(\d+)", name)
        if number:
            return int(number[1])
    return 0


def _renders(library: str) -> bool:
    environment = {**os.environ, VARIABLE: library}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own script
            [sys.executable, "-c", _PROBE],
            env=environment,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
