"""How an item differs from its references: the view is brought into their pose, then compared.

Four readings of one encoder pass:

- novelty: patches that no reference shows anywhere; needs no alignment at all.
- colour: colours that no reference holds.
- surplus and missing: what is there and should not be, and what should be there and is not, place
  by place. They are read only as far as query and reference are seen to lie alike and the item's
  own patches are found in their places: a product of loose texture (a biscuit, a speckled tablet)
  does not keep its patches in place, and is judged by novelty alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from amiss.detect.compare import InPlace, Map, compare_in_place, novelty
from amiss.detect.pose import Pose, PoseFinder, Turn, turn
from amiss.domain.capture import View
from amiss.gallery.bank import Bank
from amiss.gallery.reference import Reference
from amiss.vision.frame import WORKING_SIZE
from amiss.vision.look import Eye, Look
from amiss.vision.thumbnail import thumbnail

T = TypeVar("T", float, Map)


@dataclass(frozen=True, slots=True)
class Settings:
    """One setting for all products; how each was chosen stands in docs/experiments.md."""

    # Pose: turn the view only where it pays, and try both ways unless the pose is beyond doubt.
    turn_agreement: float = 0.8
    turn_gain: float = 0.05
    sure_agreement: float = 0.9
    sure_gain: float = 0.2
    slight_degrees: float = 15.0
    pose_references: int = 4

    # The encoder's outputs, in novelty and in place.
    layer_weights: tuple[tuple[str, float], ...] = (("s16b7", 0.3), ("s16b10", 0.7))

    # Novelty: mean of the largest share of a blurred map (cells of 16 px).
    novelty_share: float = 0.01
    blur: float = 1.2

    # In place: cells around each place, and how far alignment is trusted.
    in_place_radius: int = 2
    in_place_tolerance: float = 0.005
    in_place_share: float = 0.03
    # Distances in place are a little larger than novelty on pristine items, having less choice.
    in_place_scale: float = 0.9
    most_trust: float = 0.75
    aligned_agreement: tuple[float, float] = (0.82, 0.88)
    patches_in_place: tuple[float, float] = (0.75, 0.9)
    references_in_place: tuple[float, float] = (0.9, 0.97)

    # Colour: ΔE beyond which a colour is new.
    # Each further reference shows more of a product's colours, so that less is allowed beyond.
    colour_margin: float = 12.0
    colour_margin_falls: float = 0.4
    colour_weight: float = 0.04
    colour_blur: float = 1.5
    colour_share: float = 0.0025

    # Visibility: a patch further than this from all references shows a face that they do not show.
    seen_novelty: float = 0.8
    least_coverage: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Discrepancy:
    """How one view differs from its references.

    score: ≥ 0, unitless. heat: h×w float32 ≥ 0 over the whole
    view, at working size. coverage: share of the item, in [0, 1], that the references show.
    reference: the one that lies most alike. parts: what the score is made of.
    """

    score: float
    heat: Map
    coverage: float
    reference: str
    parts: dict[str, float] = field(default_factory=dict)


class Comparator:
    """Compares views with the references of one product."""

    def __init__(self, bank: Bank, eye: Eye, settings: Settings | None = None) -> None:
        self.bank = bank
        self.eye = eye
        self.settings = settings or Settings()
        self._posed = bank.references[: self.settings.pose_references]
        self._finders = [PoseFinder(reference.thumbnail) for reference in self._posed]
        self._most_trust = self.settings.most_trust * self._references_keep_place()
        self._colour_margin = (
            self.settings.colour_margin / len(bank.references) ** self.settings.colour_margin_falls
        )

    def compare(self, view: View) -> Discrepancy:
        """The discrepancy of a view in the pose in which it differs least.

        Raises:
            EngineError: the encoder failed.
        """
        with _blas().limit(limits=1, user_api="blas"):
            candidates = [self._compare_posed(view, *posed) for posed in self._poses(view)]
        return min(candidates, key=lambda candidate: candidate.score)

    def _poses(self, view: View) -> Iterator[tuple[Turn | None, list[float]]]:
        """Ways to look at a view (None: as it is), and how alike it then lies to each reference."""
        small = thumbnail(view.rgb)
        poses = [finder.find(small) for finder in self._finders]
        best = max(range(len(poses)), key=lambda index: poses[index].agreement)
        turned = self._worth_turning(poses[best])
        if turned:
            rows, columns = self._posed[best].look.grid
            found = turn(view.rgb, poses[best].degrees, (rows, columns))
            small = thumbnail(found.rgb)
            yield found, [finder.upright(small) for finder in self._finders]
        if not turned or not self._sure(poses[best]):
            yield None, [pose.upright for pose in poses]

    def _worth_turning(self, pose: Pose) -> bool:
        gain = pose.agreement - pose.upright
        return pose.agreement >= self.settings.turn_agreement and gain > self.settings.turn_gain

    def _sure(self, pose: Pose) -> bool:
        s = self.settings
        gain = pose.agreement - pose.upright
        slight = abs(pose.degrees) <= s.slight_degrees
        return slight or pose.agreement >= s.sure_agreement or gain >= s.sure_gain

    def _compare_posed(
        self, view: View, turned: Turn | None, agreements: list[float]
    ) -> Discrepancy:
        rgb = view.rgb if turned is None else turned.rgb
        look = self.eye.look(rgb)
        inside = (
            np.ones(look.grid, np.bool_)
            if turned is None
            else turned.inside(view.rgb.shape[:2], look.grid)
        )
        discrepancy = self._compare_look(look, agreements, inside)
        return replace(discrepancy, heat=_to_view(discrepancy.heat, view.rgb.shape[:2], turned))

    def _compare_look(
        self, look: Look, agreements: list[float], inside: NDArray[np.bool_]
    ) -> Discrepancy:
        """inside: rows×columns bool, the cells that show the view itself."""
        s = self.settings
        novel = self._novelty(look)
        places = self._in_place(look, agreements)
        trust = self._trust(look, places, max(agreements))
        surplus = _least([one.surplus for one in places], look.grid)
        missing = _least([one.missing for one in places], look.grid)
        maps = {
            "novelty": _blur(novel * inside, s.blur),
            "surplus": _blur(surplus * inside, s.blur),
            "missing": _blur(missing * inside, s.blur),
            "colour": np.maximum(0, self._colour(look) * inside - self._colour_margin),
        }
        both_ways = s.in_place_scale * (maps["surplus"] + maps["missing"]) / 2
        novelty_score = _top(maps["novelty"], s.novelty_share)
        score = _mix(novelty_score, _top(both_ways, s.in_place_share), trust)
        colour_score = s.colour_weight * _top(maps["colour"], s.colour_share)
        heat = _mix(maps["novelty"], both_ways, trust) + s.colour_weight * maps["colour"]
        return Discrepancy(
            score=float(score + colour_score),
            heat=np.asarray(heat, np.float32),
            coverage=_coverage(novel, look.item * inside, s.seen_novelty),
            reference=self._posed[int(np.argmax(agreements))].name,
            parts={
                "novelty": novelty_score,
                "surplus": _top(maps["surplus"], s.in_place_share),
                "missing": _top(maps["missing"], s.in_place_share),
                "colour": colour_score,
                "trust": trust,
                "agreement": max(agreements),
            },
        )

    def _novelty(self, look: Look) -> Map:
        """Weighted mean, over the encoder's outputs, of the distance to the nearest bank patch."""
        maps = [
            weight * novelty(look.patches[layer], self.bank.patches[layer])
            for layer, weight in self.settings.layer_weights
        ]
        return np.asarray(np.sum(maps, axis=0), np.float32).reshape(look.grid)

    def _colour(self, look: Look) -> Map:
        """Largest ΔE, in each cell of the grid, to the nearest colour of a reference."""
        table = self.bank.colours.get(look.isolated)
        if table is None:
            return np.zeros(look.grid, np.float32)
        distances = table.take(look.colours)
        if distances.max() <= self._colour_margin:
            return np.zeros(look.grid, np.float32)  # nothing beyond the margin, blurred or not
        distances = _blur(distances, self.settings.colour_blur)
        rows, columns = look.grid
        cells = distances.reshape(rows, distances.shape[0] // rows, columns, -1)
        return np.asarray(cells.max(axis=(1, 3)), np.float32)

    def _in_place(self, look: Look, agreements: list[float]) -> list[InPlace]:
        """Both ways, against each reference that lies alike."""
        return [
            self._place_by_place(look, reference.look)
            for reference in self._aligned(look, agreements)
        ]

    def _place_by_place(self, query: Look, reference: Look) -> InPlace:
        s = self.settings
        return compare_in_place(
            query.patches,
            reference.patches,
            s.layer_weights,
            query.grid,
            s.in_place_radius,
            s.in_place_tolerance,
        )

    def _references_keep_place(self) -> float:
        """In [0, 1]: do pristine items of this product have their patches in the same places?

        Two references that lie alike can tell; fewer leave it open, which counts as yes.
        """
        shares = []
        for one in self._posed:
            others = self._aligned(one.look, [f.upright(one.thumbnail) for f in self._finders])
            shares += [
                _share_in_place(self._place_by_place(one.look, other.look), one.look)
                for other in others
                if other is not one
            ]
        return _ramp(float(np.median(shares)), self.settings.references_in_place) if shares else 1.0

    def _aligned(self, look: Look, agreements: list[float]) -> list[Reference]:
        least = self.settings.aligned_agreement[0]
        return [
            reference
            for reference, agreement in zip(self._posed, agreements, strict=True)
            if agreement > least and reference.look.grid == look.grid
        ]

    def _trust(self, look: Look, places: list[InPlace], agreement: float) -> float:
        """How far places can be compared, in [0, 1]: do the item's own patches lie in place?

        Only patches of the query's item are asked, so that a part that is missing costs no trust;
        and one reference at a time, since loose texture matches some of many references anywhere.
        """
        s = self.settings
        if not places:
            return 0.0
        share = max(_share_in_place(one, look) for one in places)
        alike = _ramp(agreement, s.aligned_agreement)
        return self._most_trust * alike * _ramp(share, s.patches_in_place)


@cache
def _blas() -> ThreadpoolController:
    """Keeps BLAS to one thread while views are compared.

    The products are small; a second thread gains little, and while it waits for work it takes the
    core that the encoder's threads need, which on a busy machine costs several times what it gains.
    """
    return ThreadpoolController()


def _share_in_place(places: InPlace, look: Look) -> float:
    """Share of the item's patches that lie in place; 0 where there is no item."""
    item = look.item.ravel() > 0.5
    return float(places.in_place[item].mean()) if item.any() else 0.0


def _least(found: list[Map], grid: tuple[int, int]) -> Map:
    """What the most forgiving reference says at each place; 0 where none could be compared."""
    return np.min(found, axis=0).reshape(grid) if found else np.zeros(grid, np.float32)


def _mix(apart: T, in_place: T, trust: float) -> T:
    return (1 - trust) * apart + trust * in_place


def _top(values: Map, share: float) -> float:
    """Mean of the largest `share` of all values, at least one."""
    count = max(1, round(share * values.size))
    flat = values.ravel()
    return float(np.partition(flat, -count)[-count:].mean())


def _ramp(value: float, span: tuple[float, float]) -> float:
    """0 below the span, 1 above it, linear between."""
    low, high = span
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _blur(values: Map, sigma: float) -> Map:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def _coverage(novel: Map, item: Map, seen: float) -> float:
    """Share of the item whose patches some reference shows."""
    weight = float(item.sum())
    return float((item * (novel < seen)).sum()) / weight if weight > 0 else 0.0


def _to_view(heat: Map, shape: tuple[int, int], turned: Turn | None) -> Map:
    """A map over the picture that was compared, as a map over the view, at working size."""
    scale = min(1.0, WORKING_SIZE / max(shape))
    height, width = (max(1, round(side * scale)) for side in shape)
    if turned is None:
        smooth = cv2.resize(heat, (width, height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(np.maximum(smooth, 0), np.float32)
    rows, columns = turned.rgb.shape[:2]
    large = cv2.resize(
        heat,
        (max(1, round(columns * scale)), max(1, round(rows * scale))),
        interpolation=cv2.INTER_CUBIC,
    )
    matrix = turned.matrix.copy()
    matrix[:, 2] *= scale
    upright = cv2.warpAffine(large, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(np.maximum(upright, 0), np.float32)
