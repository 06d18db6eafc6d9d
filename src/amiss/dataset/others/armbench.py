"""ARMBench's defect data sets (arXiv 2303.16382): pictures, or videos, of one transfer each."""

from pathlib import Path

from amiss.dataset.collection import Dataset
from amiss.dataset.others import armbench_images, armbench_videos
from amiss.domain.errors import DatasetError


def is_one(root: Path) -> bool:
    """Whether a folder holds ARMBench's lists and its pictures or videos."""
    return armbench_images.is_one(root) or armbench_videos.is_one(root)


def open_armbench(root: Path) -> Dataset:
    """Opens either of them.

    Raises:
        DatasetError: it is neither.
    """
    if armbench_videos.is_one(root):
        return armbench_videos.open_part(root)
    if armbench_images.is_one(root):
        return armbench_images.open_part(root)
    raise DatasetError(
        f"{root} needs train.csv or test.csv, and beside it data/ with pictures or videos/ with "
        "videos, as ARMBench's defect data sets have."
    )
