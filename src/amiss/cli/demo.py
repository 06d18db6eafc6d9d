"""`amiss demo`: the main job on pictures that Amiss draws itself."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amiss.cli.options import AsJson, BundleFolder, Engine, OperatingPointFile
from amiss.cli.output import (
    COLOURS,
    console,
    number,
    print_json,
    progress,
    table,
    write_picture,
)
from amiss.domain.errors import InputError
from amiss.domain.words import Decision

if TYPE_CHECKING:
    from amiss.domain.capture import RgbArray
    from amiss.domain.result import Result
    from amiss.gallery.reference import Reference
    from amiss.inspector import Inspector
    from amiss.simulate.sketched.demo import DemoQuery, DemoSet

TILE_SIZE = 320  # pixels of one item on the overview
FRAMES = {  # RGB
    Decision.PASS: (40, 160, 60),
    Decision.SIDELINE: (210, 40, 30),
    Decision.NOT_INSPECTED: (220, 170, 20),
}


@dataclass(frozen=True, slots=True)
class Inspected:
    """One item of the demo, what Amiss says about it, and how long that took."""

    query: "DemoQuery"
    result: "Result"
    ms: float

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "item": self.query.file,
            "product": self.query.product,
            "decision": self.result.decision.value,
            "score": self.result.score,
            "truth": self.query.damage or "pristine",
            "ms": self.ms,
        }


def demo(
    leave: Annotated[
        bool, typer.Option("--exit", help="Return when done; this version always does.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the pictures, and what is amiss there.")
    ] = None,
    bundle: BundleFolder = None,
    operating_point: OperatingPointFile = None,
    engine: Engine = "auto",
    as_json: AsJson = False,
) -> None:
    """Inspect sketched items, some of them damaged, and compare with the truth."""
    del leave  # for when the demo serves pages
    from amiss.inspector import Inspector
    from amiss.simulate.sketched.demo import write_demo

    inspector = Inspector.load(bundle, operating_point=operating_point, engine=engine)
    with _folder(out) as folder, progress("Inspecting") as moved:
        items = []
        sketched = write_demo(folder)
        for item in _inspect(inspector, sketched):
            items.append(item)
            moved(len(items), len(sketched.queries))
    document = {
        **summary(items),
        "bundle": inspector.bundle.id,
        "operating_point": inspector.point.hash,
        "pictures": [] if out is None else _write_pictures(out, items),
        "items": [item.export() for item in items],
    }
    if as_json:
        print_json(document)
    else:
        _show(document, items)


def summary(items: list[Inspected]) -> dict[str, Any]:
    """The figures of the demo; inspected: decided on, so items that are not_inspected come on top.

    true_sidelined: damaged and sidelined. missed: damaged and passed.
    """
    count = [(item.result.decision, item.query.damage is not None) for item in items]
    sidelined = [damaged for decision, damaged in count if decision is Decision.SIDELINE]
    passed = [damaged for decision, damaged in count if decision is Decision.PASS]
    return {
        "simulated": True,
        "items_total": len(items),
        "damaged_total": sum(damaged for _, damaged in count),
        "inspected": len(sidelined) + len(passed),
        "sidelined": len(sidelined),
        "true_sidelined": sum(sidelined),
        "missed": sum(passed),
        "not_inspected": len(items) - len(sidelined) - len(passed),
        "ms_per_item_p50": median(item.ms for item in items),
    }


def _inspect(inspector: "Inspector", sketched: "DemoSet") -> Iterator[Inspected]:
    """Inspects each query; the references of a product are looked at once."""
    seen: dict[str, list[Reference]] = {}
    for query in sketched.queries:
        if query.product not in seen:
            files = [sketched.root / file for file in query.references]
            seen[query.product] = [inspector.see(file, file.name) for file in files]
        started = time.perf_counter()
        result = inspector.inspect(
            sketched.root / query.file, references=seen[query.product], product=query.product
        )
        yield Inspected(query, result, (time.perf_counter() - started) * 1000)


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    """The folder asked for, or one that is gone afterwards."""
    if out is None:
        with tempfile.TemporaryDirectory(prefix="amiss-demo-") as folder:
            yield Path(folder)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "sidelined").mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{str(out)!r} cannot hold the pictures ({error.strerror}); name another folder."
        ) from error
    yield out


def _write_pictures(out: Path, items: list[Inspected]) -> list[str]:
    """An overview of all items, and one picture of each that is sidelined."""
    from amiss.domain.picture import contact_sheet

    written = [out / "overview.png"]
    write_picture(written[0], contact_sheet([_tile(item) for item in items]))
    for item in items:
        if item.result.decision is Decision.SIDELINE:
            written.append(out / "sidelined" / f"{Path(item.query.file).stem}.png")
            write_picture(written[-1], item.result.picture())
    return [str(path) for path in written]


def _tile(item: Inspected) -> "RgbArray":
    """A small picture in a frame of the decision's colour, with score and truth."""
    import cv2
    import numpy as np

    picture = item.result.picture()
    scale = TILE_SIZE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    frame = FRAMES[item.result.decision]
    cv2.rectangle(small, (0, 0), (width - 1, height - 1), frame, 8)
    cv2.rectangle(small, (0, height - 26), (width - 1, height - 1), frame, cv2.FILLED)
    score = "no score" if item.result.score is None else f"{item.result.score:.2f}"
    words = f"{item.result.decision.value} {score}, truth: {item.query.damage or 'pristine'}"
    face = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(small, words, (8, height - 9), face, 0.45, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(small, np.uint8)


def _show(document: dict[str, Any], items: list[Inspected]) -> None:
    from rich.text import Text

    shown = table(
        "item", "product", "decision", ">score", "truth", ">ms", title="Sketched (simulated) items"
    )
    for item in items:
        decision = item.result.decision
        shown.add_row(
            Path(item.query.file).stem.removeprefix(f"{item.query.product}-").split("-")[0],
            item.query.product,
            Text(decision.value, style=COLOURS[decision]),
            number(item.result.score),
            item.query.damage or "pristine",
            f"{item.ms:.0f}",
        )
    to = console()
    to.print(shown)
    to.print(
        f"{document['items_total']} sketched items, {document['damaged_total']} damaged: "
        f"{document['sidelined']} sidelined, {document['true_sidelined']} of them damaged; "
        f"{document['missed']} damaged passed; {document['not_inspected']} not inspected; "
        f"{document['ms_per_item_p50']:.0f} ms per item (median)."
    )
    if document["pictures"]:
        to.print(f"Overview: {document['pictures'][0]}")
