"""Opens data sets: what Amiss recorded or simulated, Kaputt, and those of other people.

data = open_dataset("recording/")
for record in data.split("test"):
    capture = record.load(decode)
    references = data.split("test").references(record.item)

docs/datasets.md says what is read of each layout. Whatever it is, the records are the same.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, get_args

from amiss.dataset.collection import Dataset, Split
from amiss.dataset.layout import Layout
from amiss.dataset.manifest_reader import ManifestDataset
from amiss.dataset.others import armbench, coco, folders
from amiss.dataset.split import SHARES
from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError

__all__ = ["LAYOUTS", "Dataset", "LayoutName", "Split", "layout_of", "open_dataset"]

LayoutName = Literal["booth", "kaputt", "folder", "coco", "armbench-defects"]
LAYOUTS: tuple[LayoutName, ...] = get_args(LayoutName)
Shares = Mapping[SplitName, float]

_OTHERS: dict[LayoutName, tuple[Callable[[Path], bool], Callable[[Path, Shares], Dataset]]] = {
    "folder": (folders.is_one, folders.open_folders),
    "armbench-defects": (armbench.is_one, lambda root, _: armbench.open_armbench(root)),
    # Last, since others may have a JSON file beside what they are.
    "coco": (coco.is_one, coco.open_coco),
}


def open_dataset(
    path: str | Path,
    manifests: str | Path | None = None,
    *,
    layout: LayoutName | None = None,
    shares: Shares = SHARES,
) -> Dataset:
    """Opens a data set of any layout.

    Args:
        path: its folder; of COCO also the file of its annotations.
        manifests: the folder of its manifests where they lie elsewhere, as those of kaputt-rare.
        layout: how it is laid out; None looks. `booth` and `kaputt` are both those with manifests.
        shares: how large splits become where the layout brings none; each product is in one.

    Raises:
        DatasetError: there is no such data set, or it is broken.
    """
    root = Path(path)
    name = layout or ("booth" if manifests is not None else layout_of(root))
    if name in _OTHERS:
        if manifests is not None:
            raise DatasetError(f"The layout {name} has no manifests; leave them out.")
        return _OTHERS[name][1](root, shares)
    return ManifestDataset(Layout.find(root, manifests))


def layout_of(path: str | Path) -> LayoutName:
    """How a data set is laid out, by what lies in its folder; `booth` stands for Kaputt, too.

    Raises:
        DatasetError: there is none, or none that Amiss knows.
    """
    root = Path(path)
    if not root.exists():
        raise DatasetError(f"There is no folder {root}.")
    if root.is_dir() and Layout.is_one(root):
        return "booth"
    for name, (is_one, _) in _OTHERS.items():
        if is_one(root):
            return name
    raise DatasetError(
        f"{root} is no data set that Amiss knows: it needs a manifest (query-train.parquet, …), a "
        "folder good/, annotations of COCO or the lists of ARMBench."
    )
