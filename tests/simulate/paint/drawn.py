"""A photograph that the tests draw: a printed carton on a grey tray, with noise, a little soft."""

import cv2
import numpy as np

LEFT, TOP, RIGHT, BOTTOM = 90, 60, 250, 300


def carton(seed=0, height=360, width=340, noise=2.0):
    """H×W×3 uint8 and its H×W bool mask."""
    rng = np.random.default_rng([7, seed])
    tray = 132 + np.linspace(-8, 8, width)[None, :, None] + np.zeros((height, 1, 3))
    picture = tray.astype(np.uint8)
    fall = np.linspace(1.1, 0.85, BOTTOM - TOP)[:, None, None]
    board = (np.array([196, 150, 92]) + 14 * seed % 30) * fall
    picture[TOP:BOTTOM, LEFT:RIGHT] = board.astype(np.uint8)
    cv2.rectangle(picture, (LEFT + 15, TOP + 30), (RIGHT - 15, TOP + 95), (40, 80, 150), -1)
    cv2.putText(picture, "OATS", (LEFT + 25, TOP + 78), cv2.FONT_HERSHEY_DUPLEX, 1.5, (240,) * 3, 2)
    for row in range(6):
        at = TOP + 130 + 16 * row
        cv2.line(picture, (LEFT + 20, at), (RIGHT - 40 + 3 * row, at), (70, 50, 40), 2)
    soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.8)
    picture = soft + noise * rng.standard_normal(picture.shape, np.float32)
    mask = np.zeros((height, width), bool)
    mask[TOP:BOTTOM, LEFT:RIGHT] = True
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8), mask
