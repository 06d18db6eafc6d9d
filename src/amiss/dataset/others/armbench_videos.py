"""ARMBench's defect videos.

    <root>/train.csv, test.csv         names of videos
    <root>/videos/<name>.mp4           a transfer
    <root>/annotations/<name>.json     id, label: nominal, open or deconstruction

A video is a capture whose views are a few of its frames, cut as the benchmark's own code cuts them.
Which of them show the damage is not told, so labels are those of the whole.
"""

from functools import partial
from pathlib import Path

from amiss.dataset.collection import Dataset, ListedDataset, ListedSplit
from amiss.dataset.frames import Frame
from amiss.dataset.others.armbench_lists import (
    LISTS,
    check_name,
    has_lists,
    label_errors,
    read_label,
    read_list,
)
from amiss.dataset.others.words import Told, labels_of
from amiss.dataset.records import CaptureRecord, ViewRecord
from amiss.dataset.words import SplitName
from amiss.domain.words import DamageType

BOX = (100, 80, 850, 650)
"""Left, top, right, bottom: what the benchmark's own code looks at."""

FRAMES = 4
TYPES = {"open": DamageType.OPENED, "deconstruction": DamageType.DECONSTRUCTION}
NOMINAL = "nominal"


def is_one(root: Path) -> bool:
    """Whether a folder is such a data set."""
    return has_lists(root) and (root / "videos").is_dir()


def open_part(root: Path, frames: int = FRAMES) -> Dataset:
    """Opens it; labels are read with their split. frames: how many of each video are looked at."""
    return ListedDataset(
        root,
        {
            name: partial(_split, root, name, frames)
            for name in LISTS
            if (root / LISTS[name]).is_file()
        },
    )


def _split(root: Path, name: SplitName, frames: int) -> ListedSplit:
    records: list[CaptureRecord] = []
    left_out: list[str] = []
    for video in read_list(root / LISTS[name]):
        path = root / "annotations" / f"{video}.json"
        if path.is_file():
            records.append(_record(root, path, video, frames))
        else:
            left_out.append(f"{video} is listed, and has no label")
    return ListedSplit(name, records, left_out=left_out)


def _record(root: Path, path: Path, video: str, frames: int) -> CaptureRecord:
    told = read_label(path)
    with label_errors(path):
        name, label = str(told["id"]), str(told["label"])
        check_name(name, path)
        if label not in {NOMINAL, *TYPES}:
            raise ValueError(f"there is no label {label!r}")
    labels, defects = labels_of([] if label == NOMINAL else [Told(str(TYPES[label]))], None)
    views = tuple(
        ViewRecord(
            id=f"{video}-{number}",
            image=None,
            crop=None,
            item_mask=None,
            defects=defects if label == NOMINAL else None,
            # Amid equal parts: at both ends the arm may be coming or gone.
            frame=Frame(root / "videos" / f"{name}.mp4", (number + 0.5) / frames, BOX),
        )
        for number in range(frames)
    )
    return CaptureRecord(video, video, views, labels, defects)
