"""What all detectors together say of one view."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from amiss.detect.damage import ANY, MAJOR, TYPES, Comparison, DamageModel, Reading, Told
from amiss.detect.discrepancy import Comparator, Discrepancy, Settings
from amiss.detect.fuse import Judged
from amiss.detect.read import Sight
from amiss.detect.reasons import NO_REFERENCE, SELF_REFERENCE, UNSEEN
from amiss.domain.capture import View
from amiss.domain.evidence import Evidence
from amiss.gallery.bank import build_bank
from amiss.gallery.reference import Reference, digest_of
from amiss.vision.look import Eye
from amiss.vision.thumbnail import Thumbnail, thumbnail

KEPT_COMPARATORS = 16


@dataclass(slots=True, eq=False)
class Detectors:
    """The detectors of one bundle. model: None in a bundle without one."""

    eye: Eye
    model: DamageModel | None
    settings: Settings
    _comparators: dict[tuple[str, ...], Comparator] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def judge(
        self, index: int, view: View, sight: Sight, references: Sequence[Reference]
    ) -> Judged:
        """One view, beside all references but itself.

        Raises:
            EngineError: the encoder or the model failed.
        """
        reading = sight.reading
        said = [] if reading is None else [_told(index, reading)]
        told = None if reading is None else reading.alone
        known = 0.0 if reading is None else reading.familiarity
        small = thumbnail(view.rgb) if references else None
        others = () if small is None else _without_itself(view, small, references)
        if not others:
            said.append(_unable(index, SELF_REFERENCE if references else NO_REFERENCE))
            return Judged(index, told, tuple(said), familiarity=known)
        compared = self._compared(sight, others)
        if compared is not None:
            shown = compared[0].coverage >= self.settings.least_shown
            said.append(_beside(index, *compared, shown=shown))
            compared = compared if shown else None
            told = told if compared is None else compared[0].told
        differs = None
        if compared is None or known < self.settings.known:
            found = self._comparator(others).compare(view, small, sight.features)
            seen = found.coverage >= self.settings.least_coverage
            said.append(_differs(index, found, seen=seen))
            differs = found if seen else None
        return Judged(index, told, tuple(said), differs, compared, known)

    def _compared(
        self, sight: Sight, references: tuple[Reference, ...]
    ) -> tuple[Comparison, tuple[Reference, ...]] | None:
        """By the damage model, with those references that it has looked at."""
        known = tuple(one for one in references if one.seen is not None)
        if self.model is None or sight.reading is None or not known:
            return None
        seen = [one.seen for one in known if one.seen is not None]
        return self.model.compare(sight.reading, seen), known

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


def _without_itself(
    view: View, small: Thumbnail, references: Sequence[Reference]
) -> tuple[Reference, ...]:
    """A picture is no reference for itself: it would always pass."""
    if not any(np.array_equal(small, reference.thumbnail) for reference in references):
        return tuple(references)  # the usual case, for a fraction of what a digest costs
    digest = digest_of(view.rgb)
    return tuple(reference for reference in references if reference.digest != digest)


def _unable(index: int, reason: str) -> Evidence:
    return Evidence("discrepancy", index, available=False, reason=reason)


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


def _told(index: int, reading: Reading) -> Evidence:
    """What the view shows by itself."""
    details = {**_likely(reading.alone), "familiarity": reading.familiarity}
    return Evidence("damage", index, available=True, details=details)


def _beside(
    index: int, found: Comparison, references: tuple[Reference, ...], *, shown: bool
) -> Evidence:
    """What it shows beside its references."""
    most = np.bincount(found.match.reference[0].ravel(), minlength=len(references))
    return Evidence(
        "comparison",
        index,
        available=shown,
        coverage=found.coverage,
        reference=references[int(most.argmax())].name,
        reason=None if shown else UNSEEN,
        details=_likely(found.told) if shown else {},
    )


def _likely(told: Told) -> dict[str, float]:
    """Probabilities, as in the training set, of any damage, of major damage, and of each type."""
    likely = 1 / (1 + np.exp(-told.view.astype(np.float64)))
    named = {damage.value: float(likely[place]) for place, damage in enumerate(TYPES)}
    return {"any": float(likely[ANY]), "major": float(likely[MAJOR]), **named}
