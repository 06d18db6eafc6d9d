"""Photographs of sound items, as tests draw them into folders: cartons on a tray, or held up."""

import cv2
import numpy as np
from PIL import Image

LEFT, TOP, RIGHT, BOTTOM = 75, 40, 185, 220
HEIGHT, WIDTH = 260, 250


def photograph(number, *, plain=True):
    """H×W×3 uint8: a printed carton, each number another one, before a grey tray or clutter."""
    rng = np.random.default_rng([11, number])
    if plain:
        picture = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    else:
        blocks = rng.integers(0, 255, (12, 12, 3)).astype(np.uint8) // 3
        picture = cv2.resize(blocks, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    picture[TOP:BOTTOM, LEFT:RIGHT] = (200, 150, 80 + 10 * (number % 5))
    cv2.rectangle(picture, (LEFT + 12, TOP + 20), (RIGHT - 12, TOP + 70), (40, 80, 150), -1)
    text = f"No {number}"
    cv2.putText(picture, text, (LEFT + 15, TOP + 55), cv2.FONT_HERSHEY_DUPLEX, 0.8, (240,) * 3, 1)
    soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.8)
    noisy = soft + 1.5 * rng.standard_normal(picture.shape, np.float32)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def carton():
    """H×W bool: where it is."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[TOP:BOTTOM, LEFT:RIGHT] = True
    return mask


def save(path, picture):
    """Writes a JPEG or PNG file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=95)


def shop(root):
    """Two folders: three products with five, three and one photograph; one is held up."""
    for product, numbers in {"milk": range(4), "juice": range(10, 13)}.items():
        for number in numbers:
            save(root / "gallery" / product / f"{number}.jpg", photograph(number))
    save(root / "gallery" / "milk" / "shelf" / "held.PNG", photograph(4, plain=False))
    save(root / "gallery" / ".trash" / "old.jpg", photograph(90))
    (root / "gallery" / "notes.txt").write_text("taken on Monday")
    save(root / "iconic" / "tea.jpg", photograph(20))
    return root / "gallery", root / "iconic"
