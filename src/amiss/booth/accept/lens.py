"""Intrinsics of a camera, from pictures of a chessboard (Zhang 2000, as OpenCV does it)."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from amiss.booth.checks.measures import grey
from amiss.domain.capture import Intrinsics, RgbArray
from amiss.domain.errors import ImageError

LEAST_PICTURES = 5


@dataclass(frozen=True, slots=True)
class LensFit:
    """intrinsics: with distortion. error_px: root mean square of what the fit leaves over.

    used: number of pictures in which the whole board was found.
    """

    intrinsics: Intrinsics
    error_px: float
    used: int


def fit_lens(pictures: Sequence[RgbArray], corners: tuple[int, int], square: float) -> LensFit:
    """Fits a pinhole with distortion.

    Args:
        pictures: of one camera, H×W×3 uint8, the board held in different tilts and all corners of
            the field.
        corners: inner corners of the board along its sides.
        square: side of a square, metres.

    Raises:
        ImageError: the board was found in fewer than 5 pictures.
    """
    board = np.zeros((corners[0] * corners[1], 3), np.float32)
    board[:, :2] = np.mgrid[: corners[0], : corners[1]].T.reshape(-1, 2) * square
    found = []
    for picture in pictures:
        seen, points = cv2.findChessboardCornersSB(grey(picture), corners)
        if seen:
            found.append(np.asarray(points, np.float32))
    if len(found) < LEAST_PICTURES:
        raise ImageError(
            f"The board was found in {len(found)} of {len(pictures)} pictures; "
            f"take at least {LEAST_PICTURES} that show all of it."
        )
    height, width = pictures[0].shape[:2]
    error, matrix, distortion, _, _ = cv2.calibrateCamera(
        [board] * len(found), found, (width, height), np.eye(3), np.zeros(5)
    )
    lens = Intrinsics(
        width=width,
        height=height,
        fx=float(matrix[0, 0]),
        fy=float(matrix[1, 1]),
        cx=float(matrix[0, 2]),
        cy=float(matrix[1, 2]),
        distortion=tuple(float(value) for value in distortion.ravel()[:5]),
    )
    return LensFit(lens, float(error), len(found))
