"""Label Studio's JSON: tasks with rectangles and polygons, in per cent of the picture.

A brush's strokes are runs of a format of their own, which are not read; draw polygons instead.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

import cv2
import numpy as np

from amiss.dataset.disk import place_files
from amiss.dataset.others.words import our_type, plain
from amiss.domain.errors import AmissError, RecordError
from amiss.domain.words import DamageType, Severity
from amiss.record.canonical import digest_of
from amiss.record.exchange.coco import write_picture
from amiss.record.exchange.shown import Marked, Shown, shown
from amiss.record.inspections import Inspected, ViewPictures
from amiss.record.people import Annotation, Mark
from amiss.record.queries.inspections import Wanted
from amiss.record.site import Site
from amiss.vision.decode import decode

TASKS = "tasks.json"
PICTURES = "images"
_SHAPES = ("rectanglelabels", "polygonlabels")
PER_CENT = 100


def give_label_studio(
    site: Site, out: Path, wanted: Wanted | None = None, left_out: dict[str, str] | None = None
) -> int:
    """Writes pictures and `tasks.json`; gives how many pictures. Repeated, it goes on.

    left_out: takes captures whose pictures cannot be read, with the reason.

    Raises:
        RecordError: the record cannot be read.
        DatasetError: the disk refuses.
    """
    tasks = []
    for one in shown(site, wanted or Wanted(), left_out, everything=True):
        write_picture(out, one)
        tasks.append(_task(one))
    out.mkdir(parents=True, exist_ok=True)
    place_files(out, {TASKS: json.dumps(tasks).encode()})
    return len(tasks)


def _task(one: Shown) -> dict[str, Any]:
    results = [_result(mark, one.size, n) for n, mark in enumerate(one.marks)]
    # Without marks only a sound item is told: that it is damaged somewhere has no place to stand.
    said = [{"result": results}] if results or one.damaged is False else []
    data = {
        "image": f"{PICTURES}/{one.file}",
        "capture": one.capture,
        "view": one.view,
        "product": one.product,
    }
    return {"data": data, "annotations": said}


def _result(mark: Marked, size: tuple[int, int], number: int) -> dict[str, Any]:
    width, height = size
    common = {
        "id": f"m{number}",
        "from_name": "damage",
        "to_name": "image",
        "original_width": width,
        "original_height": height,
        "meta": {"severity": mark.severity, "locus": mark.locus},
    }
    corners = mark.polygon or _outline(mark)
    if corners:
        points = [[PER_CENT * x / width, PER_CENT * y / height] for x, y in corners]
        value = {"points": points, "polygonlabels": [mark.type.value]}
        return {**common, "type": "polygonlabels", "value": value}
    x, y, wide, high = mark.box
    value = {
        "x": PER_CENT * x / width,
        "y": PER_CENT * y / height,
        "width": PER_CENT * wide / width,
        "height": PER_CENT * high / height,
        "rotation": 0,
        "rectanglelabels": [mark.type.value],
    }
    return {**common, "type": "rectanglelabels", "value": value}


def _outline(mark: Marked) -> tuple[tuple[float, float], ...]:
    """The outer edge of a painted mark, within a pixel."""
    if mark.mask is None:
        return ()
    found, _ = cv2.findContours(
        mark.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    largest = max(found, key=cv2.contourArea, default=None)
    if largest is None or len(largest) < 3:  # a line or a dot has no inside
        return ()
    return tuple((float(x), float(y)) for x, y in largest[:, 0])


@dataclass(slots=True)
class BroughtTasks:
    """What came in. again: what was there already. left_out: tasks that could not be read."""

    captures: int = 0
    annotations: int = 0
    again: int = 0
    left_out: dict[str, str] = field(default_factory=dict)

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "captures": self.captures,
            "annotations": self.annotations,
            "again": self.again,
            "left_out": self.left_out,
        }


def bring_label_studio(site: Site, file: Path, name: str) -> BroughtTasks:
    """Records the tasks of a file: each picture as a capture, each annotation as somebody's word.

    Pictures lie beside the file, or in folders below it.

    Raises:
        RecordError: the file cannot be read at all, or the record cannot be written.
    """
    done = BroughtTasks()
    for number, task in enumerate(_tasks(file), start=1):
        try:
            _bring(site, task, file.parent, name, done)
        except (AmissError, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            said = (
                str(error) if isinstance(error, AmissError) else f"{type(error).__name__}: {error}"
            )
            done.left_out[f"task {number}"] = said
    return done


def _tasks(file: Path) -> Sequence[Mapping[str, Any]]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise RecordError(f"{file} cannot be read ({error}); give Label Studio's JSON.") from error
    if not isinstance(found, list):
        raise RecordError(f"{file} is no list of tasks; export JSON from Label Studio.")
    return found


def _bring(site: Site, task: Mapping[str, Any], root: Path, name: str, done: BroughtTasks) -> None:
    data = task["data"]
    path = _picture(root, str(data["image"]))
    raw = path.read_bytes()
    width, height = decode(raw).size
    marked = list(_annotations(task, (width, height)))  # before anything is recorded
    capture = {"id": path.stem}
    product = data.get("product")
    one = Inspected(
        None,
        [ViewPictures(raw)],
        station=f"import {name}",
        product=None if product is None else str(product),
        capture=capture,
    )
    key = f"import {digest_of([name, 'task', str(data['image'])])}"
    receipt = site.record(one, key=key)
    done.captures += not receipt.again
    done.again += receipt.again
    for who, marks in marked:
        said = Annotation(receipt.id, who, damaged=bool(marks), marks=marks)
        told = [asdict(mark) for mark in marks]  # corrected marks are another word of theirs
        key = f"import {digest_of([name, 'marks', receipt.id, who, told])}"
        added = site.annotate(said, key=key)
        done.annotations += not added.again


def _picture(root: Path, image: str) -> Path:
    """The file that a task names: a path, or a URL of Label Studio's own files.

    Raises:
        RecordError: it is not there, or leads out of the folder.
    """
    url = urlparse(image)
    inside = parse_qs(url.query).get("d", [unquote(url.path)])[0]
    name = PurePosixPath(inside.lstrip("/"))
    if ".." in name.parts or not name.parts:
        raise RecordError(f"The picture {image!r} leads out of the folder; leave it out.")
    # Uploads are renamed to `<hash>-<name>` in folders of the server, exports keep the name.
    for path in (root / name, root / PICTURES / name.name, root / name.name):
        if path.is_file():
            return path
    raise RecordError(f"The picture {image!r} is not below {root}; put it there.")


def _annotations(
    task: Mapping[str, Any], size: tuple[int, int]
) -> Iterator[tuple[str, list[Mark]]]:
    for annotation in task.get("annotations", ()):
        if annotation.get("was_cancelled"):
            continue
        who = annotation.get("completed_by", "label studio")
        who = who.get("email", "label studio") if isinstance(who, Mapping) else who
        others = {str(one["type"]) for one in annotation["result"]} - set(_SHAPES)
        if others:
            raise RecordError(
                f"It holds {', '.join(sorted(others))}, which is not read; draw rectangles or "
                "polygons."
            )
        yield str(who), [_mark(one, size) for one in annotation["result"]]


def _mark(result: Mapping[str, Any], size: tuple[int, int]) -> Mark:
    value = result["value"]
    (label,) = value[result["type"]]
    if value.get("rotation"):
        raise RecordError("It holds a turned rectangle, which is not read; draw a polygon.")
    kind = our_type(plain(str(label)))
    if kind is None:
        raise RecordError(f"The label {label!r} names no damage; use {', '.join(DamageType)}.")
    severity = (result.get("meta") or {}).get("severity")
    width, height = size
    if "points" in value:
        corners = tuple((x * width / PER_CENT, y * height / PER_CENT) for x, y in value["points"])
        xs, ys = zip(*corners, strict=True)
        box = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    else:
        corners = ()
        scale = (width, height, width, height)
        sides = (value[name] for name in ("x", "y", "width", "height"))
        x, y, wide, high = (side * by / PER_CENT for side, by in zip(sides, scale, strict=True))
        box = (x, y, wide, high)
    return Mark(0, kind, box, None if severity is None else Severity(severity), polygon=corners)
