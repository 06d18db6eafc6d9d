"""`amiss doctor`: is everything here that Amiss needs, and does it compute what it should?"""

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from amiss.booth.cameras.available import PROBES
from amiss.cli.options import AsJson, BundleFolder, EngineName, OperatingPointFile
from amiss.cli.output import console, print_json, say

GIB = 2**30
LEAST_FREE_GIB = 1.0
MEMORY_INFO = Path("/proc/meminfo")
REINSTALL = "Install Amiss anew: pip install --force-reinstall amiss."
COLOURS = {"sound": "green", "note": "yellow", "broken": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. sound: fine. note: Amiss works without. broken: Amiss does not."""

    name: str
    state: Literal["sound", "note", "broken"]
    says: str
    remedy: str | None = None


Check = Callable[[], Finding]


def doctor(
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    site: Annotated[
        Path | None,
        typer.Option(metavar="SITE", help="Examine every row and picture of this site's record."),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:HASH", help="Of its audit log, as it was noted earlier."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check this installation and this machine, and say what to do about what is wrong."""
    if site is not None:
        _examine(site, head, as_json=as_json)
        return
    findings = [_guarded(name, check) for name, check in _checks(bundle, operating_point)]
    healthy = all(finding.state != "broken" for finding in findings)
    if as_json:
        print_json({"healthy": healthy, "checks": [asdict(finding) for finding in findings]})
    else:
        _show(findings)
    if not healthy:
        raise typer.Exit(1)


def _examine(site: Path, head: str | None, *, as_json: bool) -> None:
    from amiss.cli.site import examine_site

    found = examine_site(site, head)
    if as_json:
        print_json(found)
    else:
        for problem in found["problems"]:
            say(f"{problem['where']}: {problem['says']}")
        rows = sum(found["looked_at"].values())
        end = found["head"]
        verdict = "Nothing is wrong" if found["clean"] else f"{found['n_problems']} problems"
        say(f"{verdict} in {rows} rows and pictures; the audit log ends with {end['seq']}:"
            f"{end['hash']}.")  # fmt: skip
    if not found["clean"]:
        raise typer.Exit(1)


def _checks(bundle: Path | None, point: Path | None) -> Iterator[tuple[str, Check]]:
    yield "python", _python
    yield "packages", _packages
    yield "cores", _cores
    yield "memory", _memory
    yield "disk", _disk
    yield "bundle", lambda: _bundle(bundle)
    yield "operating point", lambda: _operating_point(bundle, point)
    yield "onnxruntime", lambda: _onnxruntime(bundle)
    yield "openvino", lambda: _openvino(bundle)
    yield "bf16", _bf16
    yield "inspection", lambda: _inspection(bundle, point)
    for kind in PROBES:
        yield f"{kind} cameras", partial(_cameras, kind)
    yield "network", lambda: Finding("network", "sound", "not needed, and not used")


def _guarded(name: str, check: Check) -> Finding:
    """A check that fails is a finding, too."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever is broken, the other checks go on
        return Finding(name, "broken", f"{type(error).__name__}: {error}", REINSTALL)


def _python() -> Finding:
    return Finding("python", "sound", f"{platform.python_version()} on {platform.platform()}")


def _packages() -> Finding:
    """Versions of what Amiss needs, as its own metadata names them."""
    needed = [line for line in metadata.requires("amiss") or [] if "extra ==" not in line]
    names = ["amiss", *(re.split(r"[^\w.-]", line)[0] for line in needed)]
    versions, missing = [], []
    for name in names:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        remedy = f"pip install {' '.join(missing)}."
        return Finding("packages", "broken", f"{', '.join(missing)} not installed", remedy)
    return Finding("packages", "sound", ", ".join(versions))


def _cores() -> Finding:
    from amiss.vision.engine.threads import default_threads

    return Finding("cores", "sound", f"{os.cpu_count()}, {default_threads()} used by the encoder")


def _memory() -> Finding:
    text = MEMORY_INFO.read_text(encoding="ascii") if MEMORY_INFO.is_file() else ""
    sizes = {key: int(kib) * 1024 for key, kib in re.findall(r"(\w+):\s+(\d+) kB", text)}
    if not {"MemAvailable", "MemTotal"} <= sizes.keys():
        return Finding("memory", "note", "unknown on this system")
    free = sizes["MemAvailable"] / GIB
    says = f"{free:.1f} of {sizes['MemTotal'] / GIB:.1f} GiB free"
    if free < LEAST_FREE_GIB:
        return Finding("memory", "note", says, "End other programs before large pictures.")
    return Finding("memory", "sound", says)


def _disk() -> Finding:
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free / GIB
    says = f"{free:.1f} GiB free in {folder}"
    if free < LEAST_FREE_GIB:
        return Finding("disk", "note", says, "Make room, or point TMPDIR elsewhere.")
    return Finding("disk", "sound", says)


def _bundle(path: Path | None) -> Finding:
    from amiss.bundle.read import open_bundle
    from amiss.domain.errors import BundleError

    try:
        bundle = open_bundle(path)
    except BundleError as error:
        return Finding("bundle", "broken", str(error), REINSTALL)
    return Finding("bundle", "sound", f"{bundle.id}, every file has its hash")


def _operating_point(bundle: Path | None, path: Path | None) -> Finding:
    from amiss.bundle.operating_point import read_operating_point
    from amiss.bundle.read import open_bundle
    from amiss.domain.errors import BundleError

    name = "operating point"
    try:
        point = read_operating_point(path, open_bundle(bundle))
    except BundleError as error:
        return Finding(name, "broken", str(error), "Name one with --operating-point.")
    says = f"sidelines above {point.threshold:.3f}"
    if point.provisional:
        remedy = "Calibrate on captures of this booth before relying on its decisions."
        return Finding(name, "note", f"{says}, provisional", remedy)
    return Finding(name, "sound", says)


def _onnxruntime(path: Path | None) -> Finding:
    passed, says = _golden("onnxruntime", path)
    if passed:
        return Finding("onnxruntime", "sound", says)
    return Finding("onnxruntime", "broken", says, "Install another release of onnxruntime.")


def _openvino(path: Path | None) -> Finding:
    """Optional: whatever is wrong with it, Amiss works without."""
    from amiss.domain.errors import EngineError

    if find_spec("openvino") is None:
        remedy = "pip install 'amiss[openvino]' where its speed is wanted."
        return Finding("openvino", "note", "not installed, optional", remedy)
    try:
        _, says = _golden("openvino", path)  # which raises where it does not pass
    except EngineError as error:
        return Finding("openvino", "note", str(error), "ONNX Runtime is used instead.")
    return Finding("openvino", "sound", says)


def _golden(name: EngineName, path: Path | None) -> tuple[bool, str]:
    """Whether the engine computes what the bundle's network means, and how closely."""
    from amiss.bundle.read import open_bundle
    from amiss.vision.engine.choose import load_engine
    from amiss.vision.golden import check

    bundle = open_bundle(path)
    report = check(load_engine(bundle, name), bundle)
    return report.passed, f"golden check in {report.precision}: cosine {report.worst_cosine:.6f}"


def _bf16() -> Finding:
    if find_spec("openvino") is None:
        return Finding("bf16", "note", "only OpenVINO computes in it")

    from amiss.vision.engine.openvino import supports_bf16

    says = "supported by this CPU" if supports_bf16() else "not supported by this CPU; f32 is used"
    return Finding("bf16", "sound", says)


def _inspection(bundle: Path | None, point: Path | None) -> Finding:
    """The whole way, once."""
    from amiss.booth.judge import Judge
    from amiss.cli.recorded import Pristine, cameras_in
    from amiss.dataset.reader import open_dataset
    from amiss.inspector import Inspector
    from amiss.recordings import BOOTH
    from amiss.vision.decode import decode

    inspector = Inspector.load(bundle, operating_point=point)
    split = open_dataset(BOOTH).split("test")
    record = split[0]
    judge = Judge(inspector, cameras_in([record]))
    result = judge.judge(record.load(decode), Pristine(split, inspector).of(record.product))
    if result.score is None:
        return Finding("inspection", "broken", " ".join(result.reasons), REINSTALL)
    said = f"a recorded item of {len(result.views)} views in {result.elapsed_ms:.0f} ms"
    return Finding("inspection", "sound", said)


def _cameras(kind: str) -> Finding:
    """Optional, all of them: a booth needs one kind."""
    found = PROBES[kind]()
    state: Literal["sound", "note"] = "sound" if found.there else "note"
    return Finding(f"{kind} cameras", state, found.says, found.remedy)


def _show(findings: list[Finding]) -> None:
    from rich.text import Text

    to = console()
    for finding in findings:
        state = (f"{finding.state:<7}", COLOURS[finding.state])
        to.print(Text.assemble(state, f"{finding.name:19}{finding.says}"), soft_wrap=True)
        if finding.remedy is not None:
            to.print(Text(f"{'':26}{finding.remedy}", style="italic"), soft_wrap=True)
    broken = [finding.name for finding in findings if finding.state == "broken"]
    to.print(f"Broken: {', '.join(broken)}." if broken else "Everything that Amiss needs is here.")
