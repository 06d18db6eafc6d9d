"""Lens and place of a camera, from pictures of a chessboard (Zhang 2000, as OpenCV does it)."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.booth.checks.measures import grey
from amiss.domain.capture import Intrinsics, Matrix, RgbArray
from amiss.domain.errors import ImageError

LEAST_PICTURES = 5
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Board:
    """A chessboard. corners: inner ones along its long and short side. square: metres."""

    corners: tuple[int, int] = (9, 6)
    square: float = 0.025

    @property
    def points(self) -> Points:
        """n×3 metres: the inner corners, from the origin along the long side, then the next row."""
        points = np.zeros((self.corners[0] * self.corners[1], 3), np.float32)
        points[:, :2] = np.mgrid[: self.corners[0], : self.corners[1]].T.reshape(-1, 2)
        return points * np.float32(self.square)


@dataclass(frozen=True, slots=True)
class LensFit:
    """intrinsics: with distortion. error_px: root mean square of what the fit leaves over.

    used: number of pictures in which the whole board was found.
    """

    intrinsics: Intrinsics
    error_px: float
    used: int


def fit_lens(pictures: Sequence[RgbArray], board: Board) -> LensFit:
    """Fits a pinhole with distortion.

    pictures: of one camera, H×W×3 uint8, the board held in different tilts and all corners of the
    field.

    Raises:
        ImageError: the board was found in fewer than 5 pictures.
    """
    found = [points for picture in pictures if (points := _corners(picture, board)) is not None]
    if len(found) < LEAST_PICTURES:
        raise ImageError(
            f"The board was found in {len(found)} of {len(pictures)} pictures; "
            f"take at least {LEAST_PICTURES} that show all of it."
        )
    height, width = pictures[0].shape[:2]
    error, matrix, distortion, _, _ = cv2.calibrateCamera(
        [board.points] * len(found),
        found,
        (width, height),
        np.eye(3),
        np.zeros(5),
        # A fisheye's term: with the lenses of a booth it would only fit the noise.
        flags=cv2.CALIB_FIX_K3,
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


def fit_place(picture: RgbArray, board: Board, lens: Intrinsics) -> Matrix:
    """Where a camera stands: 4×4 float64, booth to camera, metres.

    picture: H×W×3 uint8, the board flat in the middle of the tray, its long side along x, its end
    with the dark corners at the left.

    Raises:
        ImageError: the board is not to be seen, or looks the same turned by 180°.
    """
    if sum(board.corners) % 2 == 0:
        raise ImageError(
            "A board that looks the same upside down shows no place; take 9×6 corners."
        )
    points = _corners(picture, board)
    if points is None:
        raise ImageError("The board is not found; lay it flat in the middle of the tray.")
    middle = np.append((np.array(board.corners) - 1) / 2 * board.square, 0)
    metres = board.points.astype(np.float64) - middle
    metres[:, 1] *= -1  # rows of the picture run towards the operator, y away from him
    good, turn, shift = cv2.solvePnP(
        metres, _ordered(points, picture, board), lens.matrix, np.array(lens.distortion)
    )
    if not good:
        raise ImageError("The board's place cannot be told; lay it flat in the middle of the tray.")
    pose = np.eye(4)
    pose[:3, :3], _ = cv2.Rodrigues(turn)
    pose[:3, 3] = shift.ravel()
    return pose


def _corners(picture: RgbArray, board: Board) -> Points | None:
    """n×2 pixels, row by row from one end of the board or the other."""
    seen, points = cv2.findChessboardCornersSB(grey(picture), board.corners)
    return np.asarray(points, np.float32).reshape(-1, 2) if seen else None


def _ordered(points: Points, picture: RgbArray, board: Board) -> Points:
    """From the corner that lies left and away from the operator: to the right, then towards him.

    The camera is above, so rows follow each other clockwise; and only at the left end is the first
    square within the inner corners a dark one.
    """
    grid = points.reshape(board.corners[1], board.corners[0], 2)
    along, down = grid[0, -1] - grid[0, 0], grid[-1, 0] - grid[0, 0]
    if along[0] * down[1] - along[1] * down[0] < 0:
        grid = grid[::-1]
    light = grey(picture)
    first, second = (
        float(light[tuple(np.rint(grid[:2, at : at + 2].mean(axis=(0, 1))[::-1]).astype(int))])
        for at in (0, 1)
    )
    if first > second:
        grid = grid[::-1, ::-1]
    return np.ascontiguousarray(grid).reshape(-1, 2)
