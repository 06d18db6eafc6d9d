"""Captures and references of a data set, as a reader hands them out: nothing decoded yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from amiss.dataset.frames import Frame
from amiss.dataset.labels import DamageMask, Defects, ItemMask, Labels
from amiss.dataset.pixels import fit_depth, load_depth, load_item_mask
from amiss.dataset.runs import decode_mask
from amiss.domain.capture import Capture, Intrinsics, Matrix, View
from amiss.domain.errors import DatasetError
from amiss.domain.words import ProcessStep

Decode = Callable[[Any], View]
"""Reads a picture: a path, or an H×W×3 uint8 array; `amiss.vision.decode.decode` does so safely."""

Picture = Literal["image", "crop"]
SMALLEST_CROP_PX = 64
"""Crops come from automatic segmentation, which can fail: some are 7 pixels wide."""


@dataclass(frozen=True, slots=True, eq=False)
class ViewRecord:
    """One picture of an item, by its files.

    id: Kaputt's capture_id, or the name of a reference. image, crop: None where they were not
    unpacked. defects: what this picture shows, None where nobody has looked. damage_pixels: how
    many show damage; None where that is not known beforehand. frame: what to look at where it is a
    frame of a video, which has no file of its own. item_from, damage_from: draw the masks that
    other layouts hold in another form. The rest is as in `amiss.domain.capture.View`.
    """

    id: str
    image: Path | None
    crop: Path | None
    item_mask: Path | None
    depth: Path | None = None
    empty_tray: Path | None = None
    defects: Defects | None = None
    damage_runs: str | None = None
    damage_pixels: int | None = None
    camera: str = ""
    intrinsics: Intrinsics | None = None
    pose: Matrix | None = None
    taken: datetime | None = None
    trigger: int | None = None
    frame: Frame | None = None
    item_from: Callable[[], ItemMask] | None = None
    damage_from: Callable[[], DamageMask] | None = None

    def picture(self, which: Picture = "image", smallest: int = SMALLEST_CROP_PX) -> Path:
        """The file to look at.

        which: the whole picture, or the item cut out of it. A crop with a side under `smallest`
        pixels shows nothing: there the whole picture is given.

        Raises:
            DatasetError: the file is not there.
        """
        path = self.crop if which == "crop" else self.image
        if path is None:
            raise DatasetError(f"The {which} of {self.id} is not there; unpack its archive.")
        if which == "crop" and self.image is not None and _is_tiny(path, smallest):
            return self.image
        return path

    def load(self, decode: Decode) -> View:
        """The whole picture, with all that covers it.

        Depth is brought to the size of the decoded picture, each pixel taking the nearest value.

        Raises:
            DatasetError: a file is not there, or the depth cannot be read.
            ImageError: `decode` cannot read a picture.
        """
        path = self.picture() if self.frame is None else self.frame.path
        seen = decode(path if self.frame is None else self.frame.read())
        shape = seen.rgb.shape[:2]
        return View(
            rgb=seen.rgb,
            source=str(path),
            depth=None if self.depth is None else fit_depth(load_depth(self.depth), shape),
            empty_tray=None if self.empty_tray is None else decode(self.empty_tray).rgb,
            size=seen.size,
            camera=self.camera,
            intrinsics=self.intrinsics,
            pose=self.pose,
            taken=self.taken,
            trigger=self.trigger,
        )

    def load_item_mask(self) -> ItemMask | None:
        """H×W bool, the item's silhouette in the whole picture; None where there is none.

        Raises:
            DatasetError: the file cannot be read.
        """
        if self.item_from is not None:
            return self.item_from()
        return None if self.item_mask is None else load_item_mask(self.item_mask)

    def load_damage_mask(self) -> DamageMask | None:
        """H×W uint8: 0 sound, otherwise 1 + the place in DamageType; None where it is not known.

        Of other people's data sets also `labels.UNTYPED`, where their word for it is none of ours.

        Raises:
            DatasetError: it is corrupt.
        """
        if self.damage_from is not None:
            return self.damage_from()
        return None if self.damage_runs is None else decode_mask(self.damage_runs)


@dataclass(frozen=True, slots=True, eq=False)
class CaptureRecord:
    """All views of one item, and what is known of it.

    item: the product whose references it is compared with. labels: None in rows that are not ours.
    defects: what Kaputt's words say of the item, hidden damage included where labels tell of it;
    None where nobody has looked. The rest is as in `amiss.domain.capture.Capture`.
    """

    id: str
    item: str
    views: tuple[ViewRecord, ...]
    labels: Labels | None = None
    defects: Defects | None = None
    product: str | None = None
    step: ProcessStep | None = None
    taken: datetime | None = None
    sequence: int | None = None
    barcode: str | None = None
    material: str | None = None

    def load(self, decode: Decode) -> Capture:
        """The capture, decoded; errors are those of `ViewRecord.load`."""
        return Capture(
            views=tuple(view.load(decode) for view in self.views),
            product=self.product,
            step=self.step,
            id=self.id,
            taken=self.taken,
            sequence=self.sequence,
            barcode=self.barcode,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceRecord:
    """One pristine view of a product. lies: as in `amiss.dataset.labels.Labels`."""

    item: str
    view: ViewRecord
    design: str | None = None
    simulated: bool = False
    seed: int | None = None
    lies: Matrix | None = None


def _is_tiny(path: Path, smallest: int) -> bool:
    """Whether a picture has too few pixels; its header says so."""
    try:
        with Image.open(path) as image:
            return min(image.size) < smallest
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(f"The crop {path} cannot be read; restore it.") from error
