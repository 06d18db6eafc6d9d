"""Single frames of videos, as pictures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from amiss.domain.capture import RgbArray
from amiss.domain.errors import ImageError

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a video file, read when it is asked for.

    at: where in the video, from 0 (first frame) to 1 (last). box: (left, top, right, bottom) in
    pixels of what is looked at; None is all.
    """

    path: Path
    at: float
    box: Box | None = None

    def read(self) -> RgbArray:
        """H×W×3 uint8 RGB.

        Raises:
            ImageError: the video cannot be read up to this frame, or does not reach into the box.
        """
        frame = _frame(self.path, self.at)
        if self.box is not None:
            left, top, right, bottom = self.box
            frame = frame[top:bottom, left:right]
        if not frame.size:
            raise ImageError(f"The video {str(self.path)!r} is too small for its crop; restore it.")
        return np.ascontiguousarray(frame[..., ::-1])


def _frame(path: Path, at: float) -> RgbArray:
    """One frame, BGR. Frames are walked through: seeking is off by some in many containers."""
    import cv2  # loads slowly, and most data sets have no videos

    video = cv2.VideoCapture(str(path))
    try:
        count = int(video.get(cv2.CAP_PROP_FRAME_COUNT)) if video.isOpened() else 0
        wanted = round(at * (count - 1))
        if count > 0 and all(video.grab() for _ in range(wanted + 1)):
            whole, frame = video.retrieve()
            if whole:
                return np.asarray(frame, np.uint8)
    finally:
        video.release()
    raise ImageError(f"The video {str(path)!r} cannot be read; restore it.")
