"""Prints of products that do not exist, as a camera might see them."""

import cv2
import numpy as np

from amiss.simulate.prints.design import make_design
from amiss.simulate.prints.panels import Role, panel
from amiss.simulate.prints.siblings import sibling_of
from amiss.simulate.products.product import Kind

SIDE = 512


def front(seed, sibling=None, ware="Biscuits"):
    """A front of 80 × 100 mm, 400 × 500 pixels."""
    design = make_design(seed, 0, Kind.CARTON, 1, ware)
    design = design if sibling is None else sibling_of(design, sibling)
    return panel(design, Role.FRONT, (0.08, 0.1), (400, 500), design.rng(7))


def shown(print_, degrees=0.0, scale=0.6, tilt=0.0, light=(1.0, 1.0, 1.0), seed=0):
    """The print on grey ground: turned, smaller, seen aslant, in coloured light, with noise."""
    height, width = print_.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    away = (corners - corners.mean(0)) * scale
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = away @ np.array([[c, s], [-s, c]], np.float32)
    turned *= 1 + tilt * turned[:, :1] / width
    there = (turned + SIDE / 2).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, there)
    ground = np.full((SIDE, SIDE, 3), 128, np.uint8)
    cv2.warpPerspective(
        print_,
        matrix,
        (SIDE, SIDE),
        dst=ground,
        borderMode=cv2.BORDER_TRANSPARENT,
        flags=cv2.INTER_AREA,
    )
    noise = np.random.default_rng(seed).normal(0, 2, ground.shape)
    return np.clip(ground * np.array(light) + noise, 0, 255).astype(np.uint8)
