"""Which kinds of cameras this machine can open, and what the others lack."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from amiss.domain.errors import CameraError, SimulationError

DEVICES = Path("/dev")
PRODUCERS = "GENICAM_GENTL64_PATH"
"""Where makers' software says that its GenTL producers lie (EMVA, GenTL 1.5)."""


@dataclass(frozen=True, slots=True)
class Available:
    """there: whether such cameras can be opened. says: what was found. remedy: what else to do."""

    there: bool
    says: str
    remedy: str | None = None


def _simulated() -> Available:
    """The fast renderer is tried; the other one is only looked for, as trying it takes long."""
    from amiss.simulate.render.fast_gl import open_context

    found, lacks = [], None
    try:
        context = open_context()
    except SimulationError as error:
        lacks = str(error)
    else:
        found.append(f"fast on {context.info['GL_RENDERER']}")
        context.release()
    if find_spec("mitsuba") is not None:
        found.append("path with Mitsuba")
    return Available(bool(found), "; ".join(found) or "no renderer", lacks)


def _video() -> Available:
    devices = sorted(path.name for path in DEVICES.glob("video*"))
    if not devices:
        return Available(True, "streams (RTSP); no UVC device in /dev")
    return Available(True, f"streams (RTSP); /dev/{', /dev/'.join(devices)}")


def _genicam() -> Available:
    if find_spec("harvesters") is None or find_spec("genicam") is None:
        return Available(False, "not installed", "pip install 'amiss[cameras]'.")
    folders = [Path(one) for one in os.environ.get(PRODUCERS, "").split(os.pathsep) if one]
    producers = sorted(path.name for folder in folders for path in folder.glob("*.cti"))
    if producers:
        return Available(True, f"producers: {', '.join(producers)}")
    return Available(
        True, f"installed; {PRODUCERS} names no producer", "Name it in the booth's file."
    )


def _realsense() -> Available:
    from amiss.booth.cameras.realsense import load

    try:
        load()
    except CameraError as error:
        return Available(False, "not installed, or not whole", str(error))
    return Available(True, "installed")


PROBES: dict[str, Callable[[], Available]] = {
    "simulated": _simulated,
    "video": _video,
    "genicam": _genicam,
    "realsense": _realsense,
}
"""By kind, as in a booth's file; folders and recordings need nothing. No device is opened."""
