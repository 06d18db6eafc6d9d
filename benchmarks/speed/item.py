"""How fast items of three views are inspected: python -m benchmarks.speed.item.

Recorded items, scaled up to JPEG files of two megapixels; each beside two reference captures of its
product, which lay in other poses and have been looked at before. Everything is timed in turn, in
one process, against three passes of the encoder over 448×448.
"""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from benchmarks.options import BundlePath, PointPath
from benchmarks.speed.machine import describe
from benchmarks.speed.timing import Timing, interleave
from PIL import Image

from amiss.cli.output import progress
from amiss.dataset.reader import open_dataset
from amiss.dataset.records import CaptureRecord
from amiss.domain.capture import Capture, RgbArray
from amiss.domain.errors import AmissError, EngineError, InputError
from amiss.gallery.reference import Reference
from amiss.inspector import Inspector
from amiss.recordings import BOOTH
from amiss.vision.decode import decode

ENGINES = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}
SIDE, QUALITY = 1448, 90
"""Two megapixels."""
ITEMS, VIEWS, REFERENCES = 8, 3, 6
PASSES = "three encoder passes"
ALONE, BESIDE = "without references", "with two reference captures"
DEEP, MANY = f"{BESIDE}, depth and empty tray", f"{ITEMS} items together, each"
MUST = {ALONE: 1.6, BESIDE: 3.0}
MOST_MIB = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """files: JPEG, one of each view. capture: with depth and empty trays."""

    files: tuple[bytes, ...]
    capture: Capture
    references: tuple[Reference, ...]

    @property
    def decoded(self) -> Capture:
        """The capture with the pictures of the files."""
        views = zip(self.capture.views, self.files, strict=True)
        return replace(
            self.capture, views=tuple(replace(one, rgb=decode(file).rgb) for one, file in views)
        )


def main(
    bundle: BundlePath = None,
    operating_point: PointPath = None,
    rounds: Annotated[int, typer.Option(min=3, help="How often each thing is timed.")] = 100,
    threads: Annotated[int, typer.Option(min=1, help="Of the engine.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    only_memory: Annotated[bool, typer.Option("--only-memory", hidden=True)] = False,
) -> None:
    """Measure how fast an item of three views is inspected."""
    if only_memory:
        print(_memory(_inspector("onnxruntime", bundle, operating_point, threads)))
        return
    machine = describe()
    timings: dict[str, dict[str, Timing]] = {}
    with progress("Timing") as moved:
        calls = {}
        for engine, title in ENGINES.items():
            try:
                inspector = _inspector(engine, bundle, operating_point, threads)
            except EngineError as error:
                print(error, file=sys.stderr)
                continue
            if inspector.bundle.manifest.damage is None:
                raise InputError("The bundle holds no damage model; name one that does.")
            calls[title] = _calls(inspector, _items(inspector))
        done = iter(range(1, rounds + 1))
        flat = {
            f"{title}: {name}": call for title, of in calls.items() for name, call in of.items()
        }
        found = interleave(flat, rounds, lambda: moved(next(done), rounds))
        timings = {
            title: {name: found[f"{title}: {name}"] for name in of} for title, of in calls.items()
        }
    document = {
        "machine": {**machine, "threads": threads},
        "timings": {
            title: {name: one.export() for name, one in of.items()} for title, of in timings.items()
        },
        "peak_mib": _in_a_process_of_its_own(bundle, operating_point, threads),
    }
    print(json.dumps(document, indent=1) if as_json else markdown(document))


def _inspector(engine: str, bundle: Path | None, point: Path | None, threads: int) -> Inspector:
    return Inspector.load(bundle, operating_point=point, engine=engine, threads=threads)


def _items(inspector: Inspector) -> list[Item]:
    """Recorded items, each of another product with two reference captures."""
    split = open_dataset(BOOTH).split("test")
    of: dict[str, CaptureRecord] = {}
    for record in split:
        if record.product and len(split.references(record.product)) >= REFERENCES:
            of.setdefault(record.product, record)
    found = []
    for product, record in list(of.items())[:ITEMS]:
        references = tuple(
            inspector.see(one.view.load(decode), one.view.id)
            for one in split.references(product)[:REFERENCES]
        )
        capture = record.load(decode)
        capture = replace(capture, views=capture.views[:VIEWS])
        files = tuple(_jpeg(view.rgb) for view in capture.views)
        found.append(Item(files, capture, references))
    return found


def _jpeg(rgb: RgbArray) -> bytes:
    large = Image.fromarray(rgb).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    large.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def _calls(inspector: Inspector, items: Sequence[Item]) -> dict[str, Callable[[], object]]:
    """What is timed. Items take turns, so that no round is about one of them."""
    square = np.ascontiguousarray(np.asarray(Image.fromarray(items[0].capture.views[0].rgb)
        .resize((448, 448)))[None])  # fmt: skip
    turns = {name: iter(_forever(items)) for name in (ALONE, BESIDE, DEEP)}

    def passes() -> None:
        for _ in range(VIEWS):
            inspector.eye.engine.run(square)

    def inspect(name: str, read: Callable[[Item], Any], *, beside: bool) -> None:
        item = next(turns[name])
        inspector.inspect(read(item), references=list(item.references) if beside else [])

    def many() -> None:
        inspector.inspect_many(
            [item.decoded for item in items], [list(item.references) for item in items]
        )

    def files(item: Item) -> list[bytes]:
        return list(item.files)

    return {
        PASSES: passes,
        ALONE: partial(inspect, ALONE, files, beside=False),
        BESIDE: partial(inspect, BESIDE, files, beside=True),
        DEEP: partial(inspect, DEEP, lambda item: item.decoded, beside=True),
        MANY: many,
    }


def _forever(items: Sequence[Item]) -> Any:  # noqa: ANN401 - an endless generator
    while True:
        yield from items


def _memory(inspector: Inspector) -> float:
    """MiB at most, while this process inspects items beside references."""
    for item in _items(inspector):
        inspector.inspect(item.decoded, references=list(item.references))
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def _in_a_process_of_its_own(bundle: Path | None, point: Path | None, threads: int) -> float | None:
    if not Path("/proc/self/status").exists():
        return None
    command = [sys.executable, "-m", "benchmarks.speed.item", "--only-memory"]
    command += ["--threads", str(threads)]
    command += ["--bundle", str(bundle)] if bundle else []
    command += ["--operating-point", str(point)] if point else []
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def markdown(document: dict[str, Any]) -> str:
    """The same for people, with what must be beside it."""
    machine = document["machine"]
    base = next(iter(document["timings"].values()))[PASSES]["median"]
    rows = [
        "| an item of three views | median ms | p99 ÷ median | ÷ three encoder passes | must |",
        "|---|---|---|---|---|",
    ]
    for title, of in document["timings"].items():
        for name, one in of.items():
            share = ITEMS if name == MANY else 1
            median = one["median"] / share
            must = f"≤ {MUST[name]}" if name in MUST and title == ENGINES["onnxruntime"] else ""
            rows.append(
                f"| {title}: {name} | {median:.0f} | {one['p99'] / one['median']:.2f} | "
                f"{median / base:.2f} | {must} |"
            )
    peak = document["peak_mib"]
    memory = "not known here" if peak is None else f"{peak:.0f} MiB (at most {MOST_MIB})"
    head = (
        f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads, load "
        f"{machine['load']}."
    )
    foot = f"Ratios to {next(iter(document['timings']))} in the same rounds. Peak memory: {memory}."
    return "\n".join([head, "", *rows, "", foot])


if __name__ == "__main__":
    try:
        typer.run(main)
    except AmissError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
