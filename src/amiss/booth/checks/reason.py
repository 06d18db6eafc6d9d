"""What can be wrong with a capture, by name, with a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Names of faults; a recipe says what follows from each."""

    CAMERA_MISSING = "camera_missing"
    FROZEN = "frozen"
    OTHER_TRIGGER = "other_trigger"
    NOT_SYNCHRONOUS = "not_synchronous"
    WRONG_SIZE = "wrong_size"
    BLACK = "black"
    UNDER_EXPOSED = "under_exposed"
    OVER_EXPOSED = "over_exposed"
    BLURRED = "blurred"
    COLOUR_CAST = "colour_cast"
    TRAY_MOVED = "tray_moved"
    TRAY_EMPTY = "tray_empty"
    ITEM_UNSEEN = "item_unseen"
    TWO_ITEMS = "two_items"
    ITEM_CUT_OFF = "item_cut_off"
    DEPTH_MISSING = "depth_missing"
    DEPTH_HOLES = "depth_holes"
    NOT_CALIBRATED = "not_calibrated"


_SENTENCES = {
    Reason.CAMERA_MISSING: "The camera {camera} did not deliver; check its cable and its power.",
    Reason.FROZEN: "The camera {camera} sent the same picture twice; restart it.",
    Reason.OTHER_TRIGGER: "The view of {camera} answers another trigger ({measured:+.0f}); "
    "take the capture again.",
    Reason.NOT_SYNCHRONOUS: "The view of {camera} was taken {measured:.0f} ms apart from the "
    "others, {limit:.0f} are allowed; check the trigger.",
    Reason.WRONG_SIZE: "Pictures of {camera} have {measured:.2f} times the pixels, or another "
    "shape, than at calibration; set its resolution back or recalibrate.",
    Reason.BLACK: "The picture of {camera} is black (brightest grey {measured:.0f} of 255); "
    "take the cap off or switch on the light.",
    Reason.UNDER_EXPOSED: "The picture of {camera} is too dark ({measured:.2f}, at least "
    "{limit:.2f}); check lights and exposure.",
    Reason.OVER_EXPOSED: "The picture of {camera} is too bright ({measured:.2f}, at most "
    "{limit:.2f}); check lights and exposure.",
    Reason.BLURRED: "The picture of {camera} is blurred ({measured:.2f}, the limit is "
    "{limit:.2f}); clean the lens, focus, or let the item rest.",
    Reason.COLOUR_CAST: "The colours of {camera} are off by {measured:.0%}, {limit:.0%} are "
    "allowed; check lights and white balance.",
    Reason.TRAY_MOVED: "The tray lies {measured:.1%} of the picture off its place before {camera}, "
    "{limit:.1%} are allowed; put it back or recalibrate.",
    Reason.TRAY_EMPTY: "No camera sees an item; put one on the tray.",
    Reason.ITEM_UNSEEN: "The camera {camera} does not see the item that others see; "
    "put it in the middle of the tray.",
    Reason.TWO_ITEMS: "There seem to be two items (the second has {measured:.0%} of the first's "
    "area); leave one on the tray.",
    Reason.ITEM_CUT_OFF: "The item is cut off in the picture of {camera}; put it in the middle "
    "of the tray.",
    Reason.DEPTH_MISSING: "The camera {camera} sent no depth; restart it.",
    Reason.DEPTH_HOLES: "The depth of {camera} is mostly holes ({measured:.0%} measured, at least "
    "{limit:.0%}); clean its windows and check its projector.",
    Reason.NOT_CALIBRATED: "The camera {camera} is not calibrated, so that little of it can be "
    "checked; recalibrate with an empty tray.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a capture.

    camera: empty where the fault is the whole capture's. measured, limit: in the unit that
    `Limits` states for this reason.
    """

    camera: str
    reason: Reason
    measured: float
    limit: float

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        return _SENTENCES[self.reason].format(
            camera=self.camera, measured=self.measured, limit=self.limit
        )
