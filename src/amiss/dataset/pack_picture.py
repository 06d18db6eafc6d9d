"""One picture of an item, with all that covers it, as columns and the files that they name."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from amiss.dataset.cells import intrinsics_cell, pose_cell, time_cell
from amiss.dataset.labels import Masks
from amiss.dataset.pixels import (
    SUFFIX,
    PictureFormat,
    crop_box,
    encode_depth,
    encode_item_mask,
    encode_picture,
)
from amiss.domain.capture import RgbArray, View
from amiss.domain.errors import DatasetError

_EMPTY_TRAY = "empty-tray"
_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How pictures are stored.

    form: jpeg, or png to keep every value. quality: of JPEGs, 1 to 95. depth_step: 2 stores depth
    at half the resolution, and so on. crops: whether the item is also cut out as a picture of its
    own, for readers that look at nothing else; without, `query_crop` names the whole picture.
    """

    form: PictureFormat = "jpeg"
    quality: int = 92
    depth_step: int = 1
    crops: bool = True

    def picture(self, rgb: RgbArray) -> bytes:
        """The file of a picture."""
        return encode_picture(rgb, self.form, self.quality)


@dataclass(frozen=True, slots=True)
class PackedPicture:
    """The columns of one picture, and its files."""

    columns: dict[str, Any]
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """Where the files of one picture go."""

    folder: str
    stem: str
    encoding: Encoding

    def pack(self, view: View, masks: Masks) -> PackedPicture:
        """Columns by their names without `query_` or `reference_`; paths are below the data set.

        Raises:
            DatasetError: something does not cover the picture, or does not fit the format.
        """
        self._check(view, masks)
        suffix = SUFFIX[self.encoding.form]
        image = self._path("image", suffix)
        columns: dict[str, Any] = dict.fromkeys(("mask", "depth", "empty_tray"))
        columns |= {"image": image, "crop": image} | _camera_columns(view)
        files = {image: self.encoding.picture(view.rgb)}
        if masks.item is not None:
            columns["mask"] = self._path("mask", ".png")
            files[columns["mask"]] = encode_item_mask(masks.item)
            if self.encoding.crops:
                left, top, right, bottom = crop_box(masks.item)
                columns["crop"] = self._path("crop", suffix)
                cut = np.ascontiguousarray(view.rgb[top:bottom, left:right])
                files[columns["crop"]] = self.encoding.picture(cut)
        if view.depth is not None:
            columns["depth"] = self._path("depth", ".png")
            files[columns["depth"]] = encode_depth(view.depth, self.encoding.depth_step)
        if view.empty_tray is not None:
            tray = self.encoding.picture(view.empty_tray)
            # Named by what it shows: one file for all captures until the tray is looked at again.
            name = hashlib.sha256(tray).hexdigest()[:16]
            columns["empty_tray"] = f"{self.folder}/{_EMPTY_TRAY}/{name}{suffix}"
            files[columns["empty_tray"]] = tray
        return PackedPicture(columns, files)

    def _path(self, kind: str, suffix: str) -> str:
        return f"{self.folder}/{kind}/{self.stem}{suffix}"

    def _check(self, view: View, masks: Masks) -> None:
        """Everything must cover the picture, pixel by pixel."""
        shape = view.rgb.shape
        if view.rgb.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3:
            raise DatasetError(f"The picture of {self.stem} is not height×width×3 uint8; fix it.")
        parts = {
            "item mask": masks.item,
            "damage mask": masks.damage,
            "depth": view.depth,
            "empty tray": view.empty_tray,
        }
        for name, part in parts.items():
            if part is not None and part.shape[:2] != shape[:2]:
                raise DatasetError(
                    f"The {name} of {self.stem} is {part.shape[1]}×{part.shape[0]}, its picture "
                    f"{shape[1]}×{shape[0]} pixels; bring both to one size."
                )


def _camera_columns(view: View) -> dict[str, Any]:
    return {
        "camera": view.camera,
        "trigger": view.trigger,
        "view_taken": time_cell(view.taken),
        "intrinsics": intrinsics_cell(view.intrinsics),
        "pose": pose_cell(view.pose),
    }


def is_named_by_content(path: str) -> bool:
    """Whether a file of this path always has the same bytes."""
    return f"/{_EMPTY_TRAY}/" in path


def check_stem(name: str, what: str) -> None:
    """Raises DatasetError where a name cannot be part of a file name everywhere."""
    if not _STEM.fullmatch(name):
        raise DatasetError(
            f"The {what} id {name[:130]!r} cannot be a file name; use up to 120 letters, digits, "
            "dots, dashes and underscores, the first a letter or digit."
        )
