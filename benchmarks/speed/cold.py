"""What a fresh process costs: the command from nothing to a verdict, imports, memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PIL import Image

from amiss.domain.capture import RgbArray

ROUNDS = 5
AMISS = [sys.executable, "-m", "amiss.cli"]
BARE = "pass"
IMPORT = "import amiss"
INSPECTOR = "from amiss import Inspector"
# Its own peak, read from within: what a parent sees includes the parent's memory at the fork.
PEAK = """
import sys
from pathlib import Path
from amiss import Inspector
inspector = Inspector.load()
pristine = [inspector.see(sys.argv[2])]
for _ in range(20):
    inspector.inspect(sys.argv[1], references=pristine)
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""


@dataclass(frozen=True, slots=True)
class Cold:
    """Seconds and MiB; the imports without what Python itself takes to start."""

    inspect_s: float
    import_amiss_s: float
    import_inspector_s: float
    peak_rss_mib: float | None


def cold(picture: bytes, reference: RgbArray, progress: Callable[[], None]) -> Cold:
    """Start each several times over and take the median; the files are in the disk's cache."""
    with tempfile.TemporaryDirectory() as folder:
        query, pristine = Path(folder) / "query.jpg", Path(folder) / "reference.png"
        query.write_bytes(picture)
        Image.fromarray(reference).save(pristine)
        command = [*AMISS, "inspect", str(query), "--reference", str(pristine), "--json"]
        verdict = json.loads(_run(command))["decision"]
        if verdict not in {"pass", "sideline"}:
            raise SystemExit(f"The test picture came back as {verdict}; its time says nothing.")
        inspect_s = _seconds(command, progress)
        peak = _peak_mib(query, pristine)
    bare = _seconds([sys.executable, "-c", BARE], progress)
    return Cold(
        inspect_s=inspect_s,
        import_amiss_s=_seconds([sys.executable, "-c", IMPORT], progress) - bare,
        import_inspector_s=_seconds([sys.executable, "-c", INSPECTOR], progress) - bare,
        peak_rss_mib=peak,
    )


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _seconds(command: list[str], progress: Callable[[], None]) -> float:
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        _run(command)
        spent.append(time.perf_counter() - start)
        progress()
    return median(spent)


def _peak_mib(query: Path, pristine: Path) -> float | None:
    """Peak resident memory of a process that inspects the picture again and again; Linux only."""
    if os.name != "posix" or not Path("/proc/self/status").exists():
        return None
    return int(_run([sys.executable, "-c", PEAK, str(query), str(pristine)])) / 1024
