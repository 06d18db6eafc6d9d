"""How an item differs from its references: the view is brought into their pose, then compared.

Five readings of one encoder pass and one outline:

- novelty: patches that no reference shows anywhere; needs no alignment at all.
- colour: colours that no reference holds.
- surplus and missing: what is there and should not be, and what should be there and is not, place
  by place. They are read only as far as query and reference are seen to lie alike and the item's
  own patches are found in their places: a product of loose texture (a biscuit, a speckled tablet)
  does not keep its patches in place, and is judged by novelty alone.
- outline: how far the item's outline falls short of the reference's, read as far as places are.

What the frame of a picture cuts off is no evidence: nothing is missing where the view does not
reach, and nothing is in surplus where the reference does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from amiss.detect.compare import (
    InPlace,
    Near,
    compare_in_place,
    distance,
    distances_in_place,
    in_place,
)
from amiss.detect.maps import Map, blur, mix, ramp, top
from amiss.detect.outline import Shortfall, shortfall
from amiss.detect.pose import Lie, Pose, PoseFinder, Turn, over_view, turn
from amiss.domain.capture import View
from amiss.gallery.bank import Bank
from amiss.gallery.reference import Reference
from amiss.vision.aside import aside
from amiss.vision.engine.protocol import Features
from amiss.vision.extent import shown
from amiss.vision.look import Eye, Look
from amiss.vision.thumbnail import Thumbnail, thumbnail


@dataclass(frozen=True, slots=True)
class Settings:
    """One setting for all products; how each was chosen stands in docs/experiments.md."""

    # Pose: turn the view only where it pays, and try both ways unless the pose is beyond doubt.
    turn_agreement: float = 0.8
    turn_gain: float = 0.05
    much_gain: float = 0.15
    sure_agreement: float = 0.9
    sure_gain: float = 0.2
    slight_degrees: float = 15.0
    pose_references: int = 4

    # The encoder's outputs, in novelty and in place; of another encoder all count alike.
    layer_weights: tuple[tuple[str, float], ...] = (("s16b7", 0.2), ("s16b10", 0.8))

    # Novelty: mean of the largest share of a blurred map (cells of 16 px).
    novelty_share: float = 0.01
    blur: float = 0.8

    # Places: cells around each within which the best match counts.
    near_radius: int = 1
    in_place_share: float = 0.01
    # How far places are trusted: cells around each within which a match is in place.
    in_place_radius: int = 2
    in_place_tolerance: float = 0.005
    # Distances in place are a little larger than novelty on pristine items, having less choice.
    in_place_scale: float = 0.9
    most_trust: float = 0.75
    aligned_agreement: tuple[float, float] = (0.82, 0.88)
    patches_in_place: tuple[float, float] = (0.75, 0.9)
    references_in_place: tuple[float, float] = (0.9, 0.97)

    # Outline: how far it may fall short, in shares of the item's size, on pristine items.
    outline_tolerance: float = 0.05
    outline_weight: float = 2.0
    outline_most: float = 0.2
    outline_trust: tuple[float, float] = (0.375, 0.75)

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
    # The damage model's own: share of the item that the references must show.
    least_shown: float = 0.2
    # Familiarity from which the damage model does without the discrepancy.
    known: float = 0.98


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
        s = self.settings
        named = {name for name, _ in s.layer_weights}
        self._layers = (
            s.layer_weights
            if named <= set(bank.patches)
            else tuple((name, 1 / len(bank.patches)) for name in bank.patches)
        )
        self._near = Near(s.near_radius, s.in_place_radius, s.in_place_tolerance)
        self._posed = bank.references[: self.settings.pose_references]
        self._finders = [PoseFinder(reference.thumbnail) for reference in self._posed]
        self._most_trust, self._outline_tolerance = self._among_references()
        self._colour_margin = (
            self.settings.colour_margin / len(bank.references) ** self.settings.colour_margin_falls
        )

    def compare(
        self, view: View, small: Thumbnail | None = None, features: Features | None = None
    ) -> Discrepancy:
        """The discrepancy of a view in the pose in which it differs least.

        small, features: the view's thumbnail, and the encoder's outputs for it, where they are
        known already.

        Raises:
            EngineError: the encoder failed.
        """
        with _blas().limit(limits=1, user_api="blas"):
            candidates = [
                self._compare_posed(view, *posed, features) for posed in self._poses(view, small)
            ]
        return min(candidates, key=lambda candidate: candidate.score)

    def _poses(
        self, view: View, small: Thumbnail | None
    ) -> Iterator[tuple[Turn | None, list[Lie]]]:
        """Ways to look at a view (None: as it is), and how it then lies beside each reference."""
        small = thumbnail(view.rgb) if small is None else small
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
        s = self.settings
        gain = pose.agreement - pose.upright.agreement
        alike = pose.agreement >= s.turn_agreement and gain > s.turn_gain
        return alike or gain > s.much_gain  # what is left of a wreck agrees with nothing well

    def _sure(self, pose: Pose) -> bool:
        s = self.settings
        gain = pose.agreement - pose.upright.agreement
        slight = abs(pose.degrees) <= s.slight_degrees
        return slight or pose.agreement >= s.sure_agreement or gain >= s.sure_gain

    def _compare_posed(
        self, view: View, turned: Turn | None, lies: list[Lie], features: Features | None
    ) -> Discrepancy:
        if turned is not None:
            look = self.eye.look(turned.rgb)
        else:
            look = self.eye.look(view.rgb, features)
        inside = (
            np.ones(look.grid, np.bool_)
            if turned is None
            else turned.inside(view.rgb.shape[:2], look.grid)
        )
        discrepancy = self._compare_look(look, lies, inside)
        return replace(discrepancy, heat=over_view(discrepancy.heat, view.rgb.shape[:2], turned))

    def _compare_look(self, look: Look, lies: list[Lie], inside: NDArray[np.bool_]) -> Discrepancy:
        """inside: rows×columns bool, the cells that show the view itself."""
        s = self.settings
        aligned = self._aligned(look, lies)
        novel, places = self._patches(look, aligned)
        agreement = max(lie.agreement for lie in lies)
        trust = self._trust(look, places, agreement)
        told = trust > s.outline_trust[0]
        outline = self._outline(look, aligned, inside) if told else None
        short = np.zeros(look.grid, np.float32) if outline is None else self._short(outline, trust)
        maps = {
            "novelty": blur(novel * inside, s.blur),
            "surplus": blur(_least([one.surplus for one in places], look) * inside, s.blur),
            "missing": blur(_least([one.missing for one in places], look) * inside, s.blur),
            "colour": np.maximum(0, self._colour(look) * inside - self._colour_margin),
        }
        both_ways = s.in_place_scale * (maps["surplus"] + maps["missing"]) / 2
        novelty_score = top(maps["novelty"], s.novelty_share)
        score = mix(novelty_score, top(both_ways, s.in_place_share), trust)
        colour_score = s.colour_weight * top(maps["colour"], s.colour_share)
        outline_score = float(short.max())
        heat = mix(maps["novelty"], both_ways, trust) + s.colour_weight * maps["colour"]
        if outline_score > 0:
            heat = heat + _to_grid(short, look.grid)
        return Discrepancy(
            score=float(score + colour_score + outline_score),
            heat=np.asarray(heat, np.float32),
            coverage=_coverage(novel, look.item * inside, s.seen_novelty),
            reference=self._posed[int(np.argmax([lie.agreement for lie in lies]))].name,
            parts={
                "novelty": novelty_score,
                "surplus": top(maps["surplus"], s.in_place_share),
                "missing": top(maps["missing"], s.in_place_share),
                "outline": outline_score,
                "colour": colour_score,
                "trust": trust,
                "agreement": agreement,
            },
        )

    def _patches(
        self, look: Look, aligned: list[tuple[Reference, Lie]]
    ) -> tuple[Map, list[InPlace]]:
        """Distances, weighted over the encoder's outputs: to the whole bank, and place by place.

        Of each output in a thread of its own.
        """
        *others, (layer, weight) = self._layers
        running = [aside(self._one_output, look, aligned, *other) for other in others]
        novel, distances = self._one_output(look, aligned, layer, weight)
        for more in running:
            further, at_places = more.result()
            novel += further
            distances += at_places
        places = [
            in_place(found, shown(one.look.round, look.grid), _cells(look, lie), self._near)
            for found, (one, lie) in zip(distances, aligned, strict=True)
        ]
        return novel.reshape(look.grid), places

    def _one_output(
        self, look: Look, aligned: list[tuple[Reference, Lie]], layer: str, weight: float
    ) -> tuple[Map, Map]:
        """N distances to the nearest patch of the bank, and R×4×N at the aligned ones' places."""
        query = look.patches[layer]
        cosine = query @ self.bank.patches[layer].T
        at_places = np.zeros((len(aligned), 4, len(query)), np.float32)
        for found, (one, lie) in zip(at_places, aligned, strict=True):
            if self.bank.upright:
                among, first = cosine, self.bank.upright[self._posed.index(one)].start
            else:
                among, first = query @ one.look.patches[layer].T, 0
            found[:] = distances_in_place(among, first, look.grid, _cells(look, lie), self._near)
        return weight * distance(cosine.max(axis=1)), np.float32(weight) * at_places

    def _colour(self, look: Look) -> Map:
        """Largest ΔE, in each cell of the grid, to the nearest colour of a reference."""
        table = self.bank.colours.get(look.isolated)
        if table is None:
            return np.zeros(look.grid, np.float32)
        distances = table.take(look.colours)
        if distances.max() <= self._colour_margin:
            return np.zeros(look.grid, np.float32)  # nothing beyond the margin, blurred or not
        distances = blur(distances, self.settings.colour_blur)
        rows, columns = look.grid
        cells = distances.reshape(rows, distances.shape[0] // rows, columns, -1)
        return np.asarray(cells.max(axis=(1, 3)), np.float32)

    def _aligned(self, look: Look, lies: list[Lie]) -> list[tuple[Reference, Lie]]:
        """The references that lie alike."""
        least = self.settings.aligned_agreement[0]
        return [
            (reference, lie)
            for reference, lie in zip(self._posed, lies, strict=True)
            if lie.agreement > least and reference.look.grid == look.grid
        ]

    def _place_by_place(self, query: Look, reference: Look, lie: Lie) -> InPlace:
        return compare_in_place(
            query.patches,
            reference.patches,
            self._layers,
            shown(reference.round, reference.grid),
            _cells(query, lie),
            self._near,
        )

    def _outline(
        self, look: Look, aligned: list[tuple[Reference, Lie]], inside: NDArray[np.bool_]
    ) -> Shortfall | None:
        """What the most forgiving of the references that lie alike says."""
        found = [shortfall(look, reference.look, lie, inside) for reference, lie in aligned]
        told = [one for one in found if one is not None]
        return min(told, key=lambda one: one.deepest) if told else None

    def _short(self, outline: Shortfall, trust: float) -> Map:
        """What a shortfall adds to the discrepancy, place by place; as fine as the outline."""
        s = self.settings
        beyond = np.clip(outline.map - self._outline_tolerance, 0, s.outline_most)
        return np.asarray(ramp(trust, s.outline_trust) * s.outline_weight * beyond, np.float32)

    def _among_references(self) -> tuple[float, float]:
        """What pristine items of this product say: the largest trust, and the outline's tolerance.

        Do they have their patches in the same places? How far does an outline fall short of the
        most forgiving other one? Two references that lie alike can tell; fewer leave it open, which
        counts as yes, and as not at all.
        """
        s = self.settings
        shares, falls = [], [s.outline_tolerance]
        for one in self._posed:
            lies = [finder.upright(one.thumbnail) for finder in self._finders]
            others = [pair for pair in self._aligned(one.look, lies) if pair[0] is not one]
            places = (self._place_by_place(one.look, other.look, lie) for other, lie in others)
            shares += [_share_in_place(found, one.look) for found in places]
            fall = self._outline(one.look, others, np.ones(one.look.grid, np.bool_))
            falls += [] if fall is None else [fall.deepest]
        keep = ramp(float(np.median(shares)), s.references_in_place) if shares else 1.0
        return s.most_trust * keep, max(falls)

    def _trust(self, look: Look, places: list[InPlace], agreement: float) -> float:
        """How far places can be compared, in [0, 1]: do the item's own patches lie in place?

        Only patches of the query's item are asked, so that a part that is missing costs no trust;
        and one reference at a time, since loose texture matches some of many references anywhere.
        """
        s = self.settings
        if not places:
            return 0.0
        share = max(_share_in_place(one, look) for one in places)
        alike = ramp(agreement, s.aligned_agreement)
        return self._most_trust * alike * ramp(share, s.patches_in_place)


@cache
def _blas() -> ThreadpoolController:
    """Keeps BLAS to one thread while views are compared.

    The products are small; a second thread gains little, and while it waits for work it takes the
    core that the encoder's threads need, which on a busy machine costs several times what it gains.
    """
    return ThreadpoolController()


def _cells(look: Look, lie: Lie) -> tuple[int, int]:
    """The shift as whole cells of a look's grid."""
    down, right = (round(max(look.grid) * step) for step in lie.shift)
    return down, right


def _share_in_place(places: InPlace, look: Look) -> float:
    """Share of the item's patches that lie in place; 0 where there is no item."""
    item = look.item > 0.5
    return float(places.in_place[item].mean()) if item.any() else 0.0


def _least(found: list[Map], look: Look) -> Map:
    """What the most forgiving reference says at each place; 0 where none could be compared."""
    return np.asarray(np.min(found, axis=0)) if found else np.zeros(look.grid, np.float32)


def _to_grid(values: Map, grid: tuple[int, int]) -> Map:
    """The largest value in each cell of a finer map."""
    rows, columns = grid
    fine = cv2.resize(values, (4 * columns, 4 * rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine.reshape(rows, 4, columns, 4).max(axis=(1, 3)), np.float32)


def _coverage(novel: Map, item: Map, seen: float) -> float:
    """Share of the item whose patches some reference shows."""
    weight = float(item.sum())
    return float((item * (novel < seen)).sum()) / weight if weight > 0 else 0.0
