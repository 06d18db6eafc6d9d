"""Measures everything in one process and prints it."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from benchmarks.speed.cold import cold
from benchmarks.speed.machine import describe, encoder_gflop, peak_gflops
from benchmarks.speed.pictures import Pictures, any_pose, pictures, product_count
from benchmarks.speed.report import markdown
from benchmarks.speed.stages import breakdown, encoder_passes
from benchmarks.speed.timing import interleave
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from amiss.domain.errors import EngineError
from amiss.gallery.reference import Reference
from amiss.inspector import Inspector
from amiss.vision.decode import decode

COUNTS = (1, 2, 4, 8, 16, 32)
ENGINES = {"onnxruntime": "ONNX Runtime f32", "openvino": "OpenVINO f32"}
SQUARE = (448, 448)
POSES = 2  # per product
FEWER = 3  # the 12-megapixel pictures, the numbers of references and the stages: rounds over this
Progressed = Callable[[str], Callable[[], None]]


def measure(
    rounds: Annotated[int, typer.Option(min=3, help="How often each thing is timed.")] = 60,
    threads: Annotated[int, typer.Option(help="Threads of the encoder.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure how fast this machine inspects, as ratios to its encoder."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as line:
        task = line.add_task("starting")

        def stage(what: str) -> Callable[[], None]:
            steps = iter(range(1, 10**6))
            line.update(task, description=what)
            return lambda: line.update(task, description=f"{what}: {next(steps)}")

        document = _measure(rounds, threads, stage)
    print(json.dumps(document, indent=1) if as_json else markdown(document))


def _measure(rounds: int, threads: int, stage: Progressed) -> dict[str, Any]:
    machine = describe()
    stage("peak of the machine")
    peak = peak_gflops()
    stage("drawing pictures")
    shown = pictures(max(COUNTS))
    inspectors = _inspectors(threads)
    first = next(iter(inspectors.values()))
    seen = [first.see(rgb, f"reference {i}") for i, rgb in enumerate(shown.references)]
    encode, frames = _encoders(inspectors, shown)
    small = _inspections(
        inspectors, {"2 MP upright": shown.upright, "2 MP turned": shown.turned}, seen[:1]
    )
    files = {"12 MP upright": shown.upright_large, "12 MP turned": shown.turned_large}
    large = _inspections(inspectors, files, [first.see(shown.reference_large)])
    graph = first.bundle.read(first.bundle.manifest.encoder.file)
    few = max(3, rounds // FEWER)
    main = interleave({**encode, **small}, rounds, stage("encoder and inspections"))
    again = interleave({**encode, **large}, few, stage("12 megapixels"))
    return {
        "machine": {**machine, "threads": threads, "peak_gflops": peak},
        "frames": {name: list(shape) for name, shape in frames.items()},
        "gflop": {name: encoder_gflop(graph, *shape) for name, shape in frames.items()},
        "picture": {
            "degrees": shown.degrees,
            "kib": {
                "2 MP": len(shown.upright) // 1024,
                "12 MP": len(shown.upright_large) // 1024,
            },
        },
        "encoder": {name: main[name].export() for name in encode},
        "inspect": {name: main[name].export() for name in small},
        # The encoder beside them once more: ratios only hold within one interleaved run.
        "inspect_12mp": {name: again[name].export() for name in again},
        "passes": {
            name: encoder_passes(first, small[f"{next(iter(inspectors))}, {name}"])
            for name in ("2 MP upright", "2 MP turned")
        },
        "passes_any_pose": _passes(first, stage("passes in any pose")),
        "stages": {
            name: breakdown(first, small[f"{next(iter(inspectors))}, {name}"], few, stage(name))
            for name in ("2 MP upright", "2 MP turned")
        },
        "references": _by_count(first, shown, seen, few, stage("numbers of references")),
        "cold": asdict(cold(shown.upright, shown.references[0], stage("cold starts"))),
    }


def _inspectors(threads: int) -> dict[str, Inspector]:
    """One per engine; without OpenVINO, ONNX Runtime alone."""
    found = {}
    for engine, title in ENGINES.items():
        try:
            found[title] = Inspector.load(engine=engine, threads=threads)
        except EngineError as error:
            Console(stderr=True).print(str(error))
    return found


def _encoders(
    inspectors: dict[str, Inspector], shown: Pictures
) -> tuple[dict[str, Callable[[], object]], dict[str, tuple[int, int]]]:
    """The encoder alone, at 448×448 and at the frame in which the test picture is looked at."""
    rgb = decode(shown.upright).rgb
    eye = next(iter(inspectors.values())).eye
    inputs = {"square": cv2.resize(rgb, SQUARE), "frame": eye.frame(rgb)}
    calls = {
        f"{title}, {name}": partial(one.eye.engine.run, np.ascontiguousarray(picture[None]))
        for title, one in inspectors.items()
        for name, picture in inputs.items()
    }
    return calls, {name: picture.shape[:2] for name, picture in inputs.items()}


def _inspections(
    inspectors: dict[str, Inspector], files: dict[str, bytes], references: list[Reference]
) -> dict[str, Callable[[], object]]:
    """The whole of it, from the bytes of a file to the verdict, against seen references."""
    return {
        f"{title}, {name}": partial(one.inspect, file, references=references)
        for title, one in inspectors.items()
        for name, file in files.items()
    }


def _passes(inspector: Inspector, progress: Callable[[], None]) -> float:
    """Mean encoder passes of pristine items in any pose: an unsure pose is looked at twice."""
    counts = []
    for product in range(product_count()):
        for capture in range(1, POSES + 1):
            reference, query = any_pose(product, capture)
            seen = [inspector.see(reference)]
            counts.append(
                encoder_passes(inspector, partial(inspector.inspect, query, references=seen))
            )
            progress()
    return float(np.mean(counts))


def _by_count(
    inspector: Inspector,
    shown: Pictures,
    seen: list[Reference],
    rounds: int,
    progress: Callable[[], None],
) -> dict[str, dict[str, float]]:
    calls = {
        str(count): partial(inspector.inspect, shown.upright, references=seen[:count])
        for count in COUNTS
    }
    return {name: timing.export() for name, timing in interleave(calls, rounds, progress).items()}
