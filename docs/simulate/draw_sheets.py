#!/usr/bin/env python
"""Draws the contact sheets of kinds.md: what the simulator makes, path-traced.

python docs/simulate/draw_sheets.py          all of them, some minutes
python docs/simulate/draw_sheets.py tin      one: a kind, deceptive, designs, siblings, damages…
"""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from amiss.domain.words import DamageType, Severity
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.make import HARMS, draw_type, harm
from amiss.simulate.damages.seen import seen
from amiss.simulate.place import Placement
from amiss.simulate.prints.deceive import SOLD_WITH, Deception
from amiss.simulate.products.make import make_product, siblings_of
from amiss.simulate.products.product import Kind, Product, Sibling
from amiss.simulate.render.backend import Backend
from amiss.simulate.render.path import PathBackend
from amiss.simulate.rig import empty_booth
from amiss.simulate.sensor import RgbSensor
from amiss.simulate.shapes.compose import normals
from amiss.simulate.shoot import Shot, lying, shoot, stage
from amiss.simulate.streams import stream

PICTURES = Path(__file__).parent / "pictures"
FIRST = 870_000  # seeds: apart from those of recordings, training and benchmarks
PIXELS, TILE, SMALL, LINE, GAP = 512, 296, 210, 20, 6
MOST = 150_000  # bytes of a sheet
INK, PAPER, MASK = (50, 50, 50), (255, 255, 255), (255, 0, 200)
FONT = ImageFont.load_default(13)

Pixels = NDArray[np.uint8]
Cell = tuple[str, Pixels]


def kinds(kind: Kind, backend: Backend) -> Iterator[Cell]:
    """Four sound items and four damaged ones, each of another product."""
    first = FIRST + 100 * list(Kind).index(kind)
    for seed in range(first, first + 4):
        product = make_product(seed, kind)
        shots = _shots(product, lying(product, seed), (), seed, backend)
        yield "sound", shots[seed % 3].rgb
    for seed in range(first + 4, first + 8):
        product = make_product(seed, kind)
        damage = draw_type(kind, stream("damage", seed))
        placement, made = _befallen(product, damage, seed)
        shots = _shots(product, placement, (made,), seed, backend)
        yield made.words, _telling(shots).rgb


def deceptive(backend: Backend) -> Iterator[Cell]:
    """Sound items whose print pretends damage, the print upwards."""
    for number, what in enumerate(Deception):
        found = 0
        for seed in range(FIRST + 2_000 + 100 * number, FIRST + 2_100 + 100 * number):
            kind = (Kind.CARTON, Kind.POLY_BAG)[found % 2]
            product = make_product(seed, kind, deceptive=what)
            if not any(ware in product.title for ware in SOLD_WITH[what]):
                continue
            placement = _print_up(product, make_product(seed, kind), seed)
            if placement is None:
                continue
            yield (
                f"sound: {what.replace('_', ' ')}",
                _shots(product, placement, (), seed, backend, 1)[0].rgb,
            )
            found += 1
            if found == 2:
                break


def designs(backend: Backend) -> Iterator[Cell]:
    """Four products, each in three packagings."""
    for number, kind in enumerate((Kind.CARTON, Kind.POLY_BAG, Kind.BOOK, Kind.BOTTLE)):
        seed = FIRST + 3_000 + number
        for design in range(3):
            product = make_product(seed, kind, design)
            shots = _shots(product, lying(product, seed, 0), (), seed, backend, 2)
            yield f"{product.title}, design {design}", shots[1].rgb


def siblings(backend: Backend) -> Iterator[Cell]:
    """Products, each before a sibling that differs from it in one thing."""
    kinds = (Kind.POLY_BAG, Kind.BOOK, Kind.BLISTER, Kind.TOY_BOX)
    for number, what in enumerate(Sibling):
        for turn in range(2):
            kind = kinds[(number + 2 * turn) % len(kinds)]
            first = FIRST + 6_000 + 10 * (2 * number + turn)
            seed = next(one for one in range(first, first + 10) if what in siblings_of(one, kind))
            for words, sibling in (("one product", None), (f"another {what}", what)):
                product = make_product(seed, kind, sibling=sibling)
                yield words, _shots(product, lying(product, seed, 0), (), seed, backend, 1)[0].rgb


def damages(backend: Backend) -> Iterator[Cell]:
    """Each type of damage twice, the second time major, with the outline of its mask beside."""
    for number, damage in enumerate(DamageType):
        able = [kind for kind in Kind if damage in HARMS[kind]]
        for turn, severity in enumerate((None, Severity.MAJOR)):
            seed = FIRST + 4_000 + 10 * number + turn
            product = make_product(seed, able[(3 * turn + number) % len(able)])
            placement, made = _befallen(product, damage, seed, severity)
            shot = _telling(_shots(product, placement, (made,), seed, backend))
            yield f"{damage.replace('_', ' ')}: {made.words}", _around(shot, shot.rgb)
            yield "its mask", _around(shot, _outlined(shot))


def trays(backend: Backend) -> Iterator[Cell]:
    """The empty trays of sixteen booths."""
    for seed in range(FIRST + 5_000, FIRST + 5_016):
        booth = empty_booth(seed, 1, PIXELS)
        light = backend.render(booth, booth.cameras[0], seed)
        rgb = RgbSensor().expose(light, stream("sensor", seed))
        side = PIXELS // 5
        yield "", rgb[side:-side, side:-side]


def _befallen(
    product: Product, damage: DamageType, seed: int, severity: Severity | None = None
) -> tuple[Placement, Harm]:
    """How it lies, as the seed says or else so that a camera sees the damage; and the damage."""
    for side in (None, *range(len(product.rests))):
        placement = lying(product, seed, side)
        rng = stream("damage", seed, 1)
        made = harm(product, damage, rng, severity, rest=placement.side, yaw=placement.yaw)
        if seen(product, made, placement.side, placement.yaw):
            break
    return placement, made


def _print_up(product: Product, plain: Product, seed: int) -> Placement | None:
    """How it lies with its deceptive print upwards; None: it never does."""
    for one, other in zip(product.patches, plain.patches, strict=True):
        if np.array_equal(one.skin.base, other.skin.base):
            continue
        out = normals(one.rest, np.array([[0.5, 0.5]]))[0]
        for side in range(len(product.rests)):
            placement = lying(product, seed, side)
            if (placement.turn @ out)[2] > 0.8:
                return placement
    return None


def _shots(
    product: Product,
    placement: Placement,
    harms: tuple[Harm, ...],
    seed: int,
    backend: Backend,
    cameras: int = 3,
) -> tuple[Shot, ...]:
    booth = empty_booth(seed, cameras, PIXELS)
    return shoot(stage(booth, product, harms, seed, placement=placement), backend, seed)


def _telling(shots: tuple[Shot, ...]) -> Shot:
    """The view that shows most of the damage."""
    return max(shots, key=lambda shot: int((shot.truth.damage > 0).sum()))


def _outlined(shot: Shot) -> Pixels:
    mask = (shot.truth.damage > 0).astype(np.uint8)
    lines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(shot.rgb.copy(), lines, -1, MASK, 1), np.uint8)


def _around(shot: Shot, pixels: Pixels) -> Pixels:
    """A window around the damage, at least a third of the picture."""
    rows, columns = np.nonzero(shot.truth.damage)
    side = int(np.clip(1.6 * max(np.ptp(rows), np.ptp(columns)), PIXELS // 3, PIXELS))
    y, x = (
        int(np.clip((places.min() + places.max() - side) // 2, 0, PIXELS - side))
        for places in (rows, columns)
    )
    return pixels[y : y + side, x : x + side]


def sheet(cells: list[Cell]) -> Image.Image:
    """Four cells a row, each with its line of words below; many cells are smaller."""
    rows = -(-len(cells) // 4)
    tile = TILE if rows <= 4 else SMALL
    made = Image.new("RGB", (4 * tile + 3 * GAP, rows * (tile + LINE)), PAPER)
    words = ImageDraw.Draw(made)
    for number, (text, pixels) in enumerate(cells):
        x, y = number % 4 * (tile + GAP), number // 4 * (tile + LINE)
        made.paste(Image.fromarray(pixels).resize((tile, tile), Image.Resampling.LANCZOS), (x, y))
        words.text((x, y + tile + 2), _short(text, tile), INK, FONT)
    return made


def _short(text: str, width: int) -> str:
    while FONT.getlength(text) > width:
        text = text[:-2].rstrip() + "…"
    return text


def save(made: Image.Image, target: Path) -> None:
    """As good a JPEG as MOST bytes hold."""
    for quality in range(90, 40, -4):
        buffer = io.BytesIO()
        made.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= MOST:
            break
    target.write_bytes(buffer.getvalue())


SHEETS: dict[str, Callable[[Backend], Iterator[Cell]]] = {
    **{kind: lambda backend, kind=kind: kinds(kind, backend) for kind in Kind},
    "deceptive": deceptive,
    "designs": designs,
    "siblings": siblings,
    "damages": damages,
    "trays": trays,
}

if __name__ == "__main__":
    tracer = PathBackend()
    PICTURES.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SHEETS:
        save(sheet(list(SHEETS[name](tracer))), PICTURES / f"{name}.jpg")
