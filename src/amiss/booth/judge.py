"""One capture, from the cameras to the result: looked over, and what may be judged is judged."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from amiss.booth.calibration import Calibration
from amiss.booth.checks.check import Memory, check
from amiss.booth.recipe import Recipe, admit, read_recipe
from amiss.booth.window import windowed
from amiss.domain.capture import Capture
from amiss.domain.result import Result
from amiss.domain.words import Decision
from amiss.gallery.reference import Reference
from amiss.inspector import Inspector

UNKNOWN = "The product is not known: no barcode was read, and nobody named it."


@dataclass(slots=True, eq=False)
class Judge:
    """An inspector behind the checks of one booth; captures come in the order of their triggers.

    cameras: all of the booth, those that do not deliver, too. calibration: of the booth; a capture
    that brings its own empty trays does without.
    """

    inspector: Inspector
    cameras: tuple[str, ...]
    calibration: Calibration | None = None
    recipe: Recipe = field(default_factory=read_recipe)
    memory: Memory = field(default_factory=Memory)

    def judge(
        self,
        capture: Capture,
        references: Sequence[Reference] | None = None,
        expected: Sequence[str] = (),
    ) -> Result:
        """What Amiss says about a capture; each fault of it stands in the reasons.

        Args:
            capture: as the booth delivered it.
            references: of its product; None takes those in the inspector's gallery.
            expected: products of which the item should be one.

        Raises:
            InputError: the product cannot be looked up.
            EngineError: the engine failed.
        """
        started = time.perf_counter()
        faults = check(
            capture,
            self.calibration,
            self.memory,
            cameras=self.cameras,
            limits=self.recipe.limits,
        )
        admission = admit(capture, faults, self.recipe, cameras=self.cameras)
        if admission.capture is None:
            result = self._refusal(capture, expected)
        else:
            result = self.inspector.inspect(
                self._framed(admission.capture), references=references, expected=expected
            )
        unknown = () if capture.product or references else (UNKNOWN,)
        return replace(
            result,
            reasons=(*admission.reasons, *unknown, *result.reasons),
            elapsed_ms=(time.perf_counter() - started) * 1000,
        )

    def _framed(self, capture: Capture) -> Capture:
        """What detectors look at: a fresh capture is cut to the item; a recorded one was before."""
        return capture if self.calibration is None else windowed(capture)

    def _refusal(self, capture: Capture, expected: Sequence[str]) -> Result:
        """Not inspected; why is in the reasons of the recipe."""
        inspector = self.inspector
        return Result(
            score=None,
            threshold=inspector.point.threshold,
            decision=Decision.NOT_INSPECTED,
            reasons=(),
            findings=(),
            evidence=(),
            heatmaps=(None,) * len(capture.views),
            views=capture.views,
            elapsed_ms=0.0,
            bundle=inspector.bundle.id,
            operating_point=inspector.point.hash,
            provisional=inspector.point.provisional,
            gallery_revision=None if inspector.gallery is None else inspector.gallery.revision,
            product=capture.product,
            expected=tuple(expected),
        )
