"""What all detectors together say of the views of one item."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from amiss.detect.damage import ANY, MAJOR, TYPES, Comparison, DamageModel, Maps, Reading, Told
from amiss.detect.discrepancy import Comparator, Discrepancy, Settings
from amiss.detect.fuse import Judged
from amiss.detect.read import Sight, described
from amiss.detect.reasons import NO_REFERENCE, SELF_REFERENCE, UNSEEN
from amiss.domain.capture import View
from amiss.domain.evidence import Evidence
from amiss.gallery.bank import build_bank
from amiss.gallery.reference import Reference, digest_of
from amiss.vision.look import Eye
from amiss.vision.thumbnail import Thumbnail, thumbnail

KEPT_COMPARATORS = 16


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A view, and the references that it is held against.

    small: its thumbnail, if there is any reference at all.
    """

    index: int
    sight: Sight
    small: Thumbnail | None
    references: tuple[Reference, ...]

    @property
    def read(self) -> tuple[Reference, ...]:
        """Those that the damage model has read."""
        return tuple(one for one in self.references if one.seen is not None)

    @property
    def seen_as(self) -> Hashable:
        """What is alike for views that are held against the same references."""
        return tuple(id(reference) for reference in self.read)

    @property
    def familiarity(self) -> float:
        """How far the damage model knows such pictures; 0 without one."""
        return 0.0 if self.sight.reading is None else self.sight.reading.familiarity


@dataclass(slots=True, eq=False)
class Detectors:
    """The detectors of one bundle. model: None in a bundle without one."""

    eye: Eye
    model: DamageModel | None
    settings: Settings
    _comparators: dict[tuple[str, ...], Comparator] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def judge(self, sights: Sequence[Sight], references: Sequence[Reference]) -> tuple[Judged, ...]:
        """Each view of an item, beside all references but itself.

        Raises:
            EngineError: the encoder or the model failed.
        """
        asked = [_asked(index, sight, references) for index, sight in enumerate(sights)]
        compared = self._compared(asked)
        told = self._told(asked, compared)
        return tuple(self._judged(one, compared[one.index], told[one.index]) for one in asked)

    def _judged(self, one: _Asked, compared: Comparison | None, told: Told | None) -> Judged:
        said = [] if told is None else [_told(one, told)]
        if not one.references:
            said.append(_unable(one))
            return Judged(one.index, told, tuple(said), familiarity=one.familiarity)
        shown = compared is not None and self._shows(compared)
        beside = (compared, one.read) if compared is not None and shown else None
        if compared is not None:
            said.append(_beside(one, compared, shown=shown))
        differs = None
        if not shown or one.familiarity < self.settings.known:
            comparator = self._comparator(one.references)
            found = comparator.compare(one.sight.view, one.small, one.sight.features)
            seen = found.coverage >= self.settings.least_coverage
            said.append(_differs(one.index, found, seen=seen))
            differs = found if seen else None
        return Judged(one.index, told, tuple(said), differs, beside, one.familiarity)

    def _shows(self, compared: Comparison) -> bool:
        return compared.coverage >= self.settings.least_shown

    def _compared(self, asked: Sequence[_Asked]) -> list[Comparison | None]:
        """Each view beside the references that the damage model has read."""
        found: list[Comparison | None] = [None] * len(asked)
        if self.model is None:
            return found
        able = [
            (one, reading)
            for one in asked
            if one.read and (reading := one.sight.reading) is not None
        ]
        for group in _alike([(_grid(reading), one.seen_as) for one, reading in able]):
            some = [able[place] for place in group]
            seen = [one.seen for one in some[0][0].read if one.seen is not None]
            sights = described(self.model, [one.sight for one, _ in some])
            asked_as = [sight.seen for sight in sights if sight.seen is not None]
            told = self.model.compare([reading for _, reading in some], asked_as, seen)
            for (one, _), compared in zip(some, told, strict=True):
                found[one.index] = compared
        return found

    def _told(
        self, asked: Sequence[_Asked], compared: Sequence[Comparison | None]
    ) -> list[Told | None]:
        """What the damage model says of each view, beside references where they show the item."""
        found: list[Told | None] = [None] * len(asked)
        if self.model is None:
            return found
        able = [(one.index, reading) for one in asked if (reading := one.sight.reading) is not None]
        for group in _alike([_grid(reading) for _, reading in able]):
            some = [able[place] for place in group]
            maps = [self._maps(reading, compared[index]) for index, reading in some]
            for (index, _), told in zip(some, self.model.tell(maps), strict=True):
                found[index] = told
        return found

    def _maps(self, reading: Reading, compared: Comparison | None) -> Maps:
        return reading.maps if compared is None or not self._shows(compared) else compared.maps

    def _comparator(self, references: tuple[Reference, ...]) -> Comparator:
        """The comparator of these references; the last few are kept, since items come in runs."""
        # By digest, so that the order in which references are handed in changes nothing.
        ordered = sorted(references, key=lambda reference: reference.digest)
        key = tuple(reference.digest for reference in ordered)
        with self._lock:
            if key not in self._comparators:
                while len(self._comparators) >= KEPT_COMPARATORS:
                    self._comparators.pop(next(iter(self._comparators)))
                self._comparators[key] = Comparator(build_bank(ordered), self.eye, self.settings)
            return self._comparators[key]


def _asked(index: int, sight: Sight, references: Sequence[Reference]) -> _Asked:
    small = thumbnail(sight.view.rgb) if references else None
    others = () if small is None else _without_itself(sight.view, small, references)
    return _Asked(index, sight, small, others)


def _grid(reading: Reading) -> Hashable:
    return reading.maps.coarse.shape


def _alike(keys: Sequence[Hashable]) -> list[list[int]]:
    """Places of equal keys, together."""
    of: dict[Hashable, list[int]] = {}
    for place, key in enumerate(keys):
        of.setdefault(key, []).append(place)
    return list(of.values())


def _without_itself(
    view: View, small: Thumbnail, references: Sequence[Reference]
) -> tuple[Reference, ...]:
    """A picture is no reference for itself: it would always pass."""
    if not any(np.array_equal(small, reference.thumbnail) for reference in references):
        return tuple(references)  # the usual case, for a fraction of what a digest costs
    digest = digest_of(view.rgb)
    return tuple(reference for reference in references if reference.digest != digest)


def _unable(one: _Asked) -> Evidence:
    reason = NO_REFERENCE if one.small is None else SELF_REFERENCE
    return Evidence("discrepancy", one.index, available=False, reason=reason)


def _differs(index: int, found: Discrepancy, *, seen: bool) -> Evidence:
    return Evidence(
        detector="discrepancy",
        view=index,
        available=seen,
        score=found.score if seen else None,
        map=found.heat if seen else None,
        coverage=found.coverage,
        reference=found.reference,
        reason=None if seen else UNSEEN,
        details=found.parts,
    )


def _told(one: _Asked, told: Told) -> Evidence:
    """What the damage model says in the end, beside references or not."""
    details = {**_likely(told), "familiarity": one.familiarity}
    return Evidence("damage", one.index, available=True, details=details)


def _beside(one: _Asked, found: Comparison, *, shown: bool) -> Evidence:
    """Whether references show the item, and which does most."""
    most = np.bincount(found.match.reference[0].ravel(), minlength=len(one.read))
    return Evidence(
        "comparison",
        one.index,
        available=shown,
        coverage=found.coverage,
        reference=one.read[int(most.argmax())].name,
        reason=None if shown else UNSEEN,
    )


def _likely(told: Told) -> dict[str, float]:
    """Probabilities, as in the training set, of any damage, of major damage, and of each type."""
    likely = 1 / (1 + np.exp(-told.view.astype(np.float64)))
    named = {damage.value: float(likely[place]) for place, damage in enumerate(TYPES)}
    return {"any": float(likely[ANY]), "major": float(likely[MAJOR]), **named}
