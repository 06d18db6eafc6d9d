"""What acceptance lays on the tray, as meshes: printed sheets, flat or held in the air.

The same sheets are drawn for printing in docs/booth.
"""

import math
from dataclasses import replace

import cv2
import numpy as np

from amiss.booth.accept.lens import Board
from amiss.domain.capture import Matrix, RgbArray
from amiss.simulate.scene import Atlas, Mesh, Scene

SHEET = (0.297, 0.210)  # metres: A4
FIGURE_SIDES, FIGURE_RADIUS = 12, 0.095
CARD = (0.15, 0.11)  # metres
TEXELS = 4000  # per metre
PAPER, INK, GREY = 236, 60, 118  # sRGB; an 18 % grey card is 118
_CELLS = 24  # of the mesh along either side: light is reckoned at its corners
_LIFT = 4e-4  # metres: thickness of paper
_FINE = 16  # OpenCV's sub-pixel steps


def figure_corners() -> list[tuple[float, float]]:
    """Of the twelve-sided figure, metres from the sheet's middle."""
    turns = [2 * math.pi * side / FIGURE_SIDES for side in range(FIGURE_SIDES)]
    return [(FIGURE_RADIUS * math.cos(turn), FIGURE_RADIUS * math.sin(turn)) for turn in turns]


def figure() -> RgbArray:
    """A dark figure with twelve sides, whichever way it is turned some of them lie aslant."""
    sheet = _paper()
    middle = np.array(sheet.shape[1::-1]) / 2 - 0.5
    corners = np.rint((np.array(figure_corners()) * TEXELS + middle) * _FINE).astype(np.int32)
    cv2.fillPoly(sheet, [corners], (INK,) * 3, cv2.LINE_AA, 4)
    return sheet


def card() -> RgbArray:
    """An 18 % grey card on white paper."""
    sheet = _paper()
    half = np.array(CARD) * TEXELS / 2
    (x0, y0), (x1, y1) = (np.array(sheet.shape[1::-1]) / 2 + sign * half for sign in (-1, 1))
    sheet[int(y0) : int(y1), int(x0) : int(x1)] = GREY
    return sheet


def chessboard(board: Board) -> RgbArray:
    """Dark at both corners of its left end."""
    sheet = _paper()
    side = round(board.square * TEXELS)
    columns, rows = board.corners[0] + 1, board.corners[1] + 1
    squares = np.indices((rows, columns)).sum(axis=0) % 2
    dark = np.kron(squares, np.ones((side, side), np.uint8)) == 0
    top, left = ((have - need) // 2 for have, need in zip(sheet.shape, dark.shape, strict=False))
    sheet[top : top + dark.shape[0], left : left + dark.shape[1]][dark] = INK
    return sheet


def _paper() -> RgbArray:
    return np.full((round(SHEET[1] * TEXELS), round(SHEET[0] * TEXELS), 3), PAPER, np.uint8)


def lay(scene: Scene, picture: RgbArray, turn: Matrix, at: tuple[float, float, float]) -> Scene:
    """The scene with a sheet in it, and nothing else.

    picture: sRGB, its upper side away from the operator. turn: 3×3, how the sheet is turned from
    lying flat; at: its middle, metres.
    """
    u, v = np.meshgrid(np.linspace(0, 1, _CELLS + 1), np.linspace(0, 1, _CELLS + 1))
    flat = np.stack([(u - 0.5) * SHEET[0], (0.5 - v) * SHEET[1], np.zeros_like(u)], axis=-1)
    points = flat.reshape(-1, 3) @ turn.T + np.array(at) + (0, 0, _LIFT)
    index = np.arange((_CELLS + 1) ** 2).reshape(_CELLS + 1, _CELLS + 1)
    a, b, c, d = (
        part.ravel() for part in (index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:])
    )
    faces = np.concatenate([np.stack([a, c, b], -1), np.stack([b, c, d], -1)])
    mesh = Mesh(
        vertices=points.astype(np.float32),
        normals=np.tile(turn[:, 2], (len(points), 1)).astype(np.float32),
        uv=np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32),
        faces=faces.astype(np.int32),
        part=np.zeros(len(faces), np.uint16),
        names=("sheet",),
    )
    plane = np.zeros(picture.shape[:2], np.float32)
    atlas = Atlas(
        base=picture,
        back=np.full_like(picture, PAPER),
        rough=plane + np.float32(0.8),
        metal=plane,
        bump=plane,
        damage=np.zeros(picture.shape[:2], np.uint8),
    )
    return replace(scene, item=mesh, atlas=atlas, film=None, clarity=1.0, ghost=None)
