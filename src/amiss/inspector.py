"""The public face: one call over vision, gallery, detect and decide."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np

from amiss.bundle.operating_point import OperatingPoint, read_operating_point
from amiss.bundle.read import Bundle, open_bundle
from amiss.decide.threshold import damage_confidence, decide
from amiss.detect.discrepancy import Comparator, Settings
from amiss.detect.findings import findings_in
from amiss.domain.capture import Capture, DepthArray, ImageLike, View
from amiss.domain.errors import GalleryError, InputError
from amiss.domain.evidence import Evidence, Finding, ScoreMap
from amiss.domain.result import Result
from amiss.domain.words import Decision, ProcessStep
from amiss.gallery.bank import build_bank
from amiss.gallery.reference import Reference, digest_of, see_reference
from amiss.gallery.store import Gallery
from amiss.vision.decode import decode
from amiss.vision.engine.choose import EngineName, load_engine
from amiss.vision.engine.protocol import Engine
from amiss.vision.look import Eye
from amiss.vision.thumbnail import Thumbnail, thumbnail

DIFFERS = "The item differs from its references more than pristine items do."
ALIKE = "The item looks like its references."
PROVISIONAL = "The threshold is provisional: it does not rest on captures of this booth."
NO_REFERENCE = "There is no reference of this product, and without one there is no opinion yet."
SELF_REFERENCE = "The only reference is the picture itself, which says nothing about it."
UNSEEN = "The references do not show this face of the item, or show another product."
DEPTH_UNREAD = "Depth was handed in, and this version has no detector that reads it."
TRAY_UNREAD = "An empty tray was handed in, and this version has no detector that reads it."
EXPECTED_UNREAD = "Expected products were named, and this version does not identify the item."
KEPT_COMPARATORS = 16


class Inspector:
    """Inspects items with one bundle, one operating point and, if there is one, a gallery."""

    def __init__(
        self,
        bundle: Bundle,
        point: OperatingPoint,
        engine: Engine,
        *,
        gallery: Gallery | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.bundle = bundle
        self.point = point
        # What every result names: hashing both anew each time takes as long as finding the pose.
        self._bundle_id, self._point_hash = bundle.id, point.hash
        self.gallery = gallery
        self.settings = settings or Settings()
        self.eye = Eye(engine, bundle.manifest.encoder)
        self._comparators: dict[tuple[str, ...], Comparator] = {}
        self._lock = Lock()

    @classmethod
    def load(
        cls,
        bundle: str | Path | None = None,
        *,
        operating_point: str | Path | None = None,
        gallery: str | Path | None = None,
        engine: EngineName = "auto",
        threads: int | None = None,
    ) -> "Inspector":
        """Loads a bundle (None: the default one), its operating point and an engine.

        Needs no torch and no network.

        Raises:
            BundleError: the bundle or the operating point is missing, altered or does not fit.
            GalleryError: the gallery cannot be opened.
            EngineError: the engine cannot run the encoder.
        """
        opened = open_bundle(None if bundle is None else Path(bundle))
        point = read_operating_point(
            None if operating_point is None else Path(operating_point), opened
        )
        return cls(
            opened,
            point,
            load_engine(opened, engine, threads),
            gallery=None if gallery is None else Gallery.open(Path(gallery), opened.id),
        )

    def see(self, image: ImageLike | View, name: str | None = None) -> Reference:
        """Looks at a picture as a reference, to be handed to `inspect` any number of times.

        Raises:
            ImageError: the picture cannot be read.
        """
        view = image if isinstance(image, View) else decode(image)
        return see_reference(name or view.source, view.rgb, self.eye)

    def inspect(
        self,
        item: ImageLike | Capture | Sequence[ImageLike],
        *,
        references: ImageLike | Reference | Sequence[ImageLike | Reference] | None = None,
        depth: Sequence[DepthArray] | None = None,
        empty_tray: Sequence[ImageLike] | None = None,
        product: str | None = None,
        expected: str | Sequence[str] | None = None,
        step: ProcessStep | None = None,
    ) -> Result:
        """Inspects one item.

        Args:
            item: one view, several views of the same item, or a capture. A view is a path, the
                bytes of a JPEG or PNG file, or an H×W×3 uint8 RGB array.
            references: one or several pristine views of the same product; None takes those of
                `product` in the gallery.
            depth: H×W float32 metres, parallel to the views.
            empty_tray: pictures of the empty tray, parallel to the views.
            product: what the item is.
            expected: products of which it should be one; they stand in the result, and nothing
                is made of them yet.
            step: where in the fulfilment centre it was captured.

        Raises:
            InputError: a picture cannot be read, or what was handed in does not fit together.
            EngineError: the engine failed.
        """
        started = time.perf_counter()
        capture = _capture(item, depth, empty_tray, product, step)
        named = (expected,) if isinstance(expected, str) else tuple(expected or ())
        pristine = self._references(references, capture.product)
        evidence = tuple(
            self._judge(index, view, pristine) for index, view in enumerate(capture.views)
        )
        score = self._score(evidence)
        heatmaps = tuple(self._heatmap(one.map) for one in evidence)
        decision = decide(score, self.point)
        return Result(
            score=score,
            threshold=self.point.threshold,
            decision=decision,
            reasons=self._reasons(decision, evidence),
            findings=self._findings(capture, evidence, heatmaps),
            evidence=evidence + _unread(capture, named),
            heatmaps=heatmaps,
            views=capture.views,
            elapsed_ms=(time.perf_counter() - started) * 1000,
            bundle=self._bundle_id,
            operating_point=self._point_hash,
            provisional=self.point.provisional,
            gallery_revision=self.gallery.revision if self.gallery is not None else None,
            product=capture.product,
            expected=named,
        )

    def _references(
        self,
        references: ImageLike | Reference | Sequence[ImageLike | Reference] | None,
        product: str | None,
    ) -> tuple[Reference, ...]:
        """The references asked for, or those of the product in the gallery."""
        if isinstance(references, str | Path | bytes | np.ndarray | Reference):
            references = [references]
        if references is not None:
            return tuple(one if isinstance(one, Reference) else self.see(one) for one in references)
        if product is None:
            return ()
        if self.gallery is None:
            raise GalleryError(f"There is no gallery to look {product} up in; name one.")
        return self.gallery.references(product)

    def _judge(self, index: int, view: View, references: tuple[Reference, ...]) -> Evidence:
        """What the references say about one view."""
        small = thumbnail(view.rgb)
        others = self._without_itself(view, small, references)
        if not others:
            reason = SELF_REFERENCE if references else NO_REFERENCE
            return Evidence("discrepancy", index, available=False, reason=reason)
        found = self._comparator(others).compare(view, small)
        seen = found.coverage >= self.settings.least_coverage
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

    def _without_itself(
        self, view: View, small: Thumbnail, references: tuple[Reference, ...]
    ) -> tuple[Reference, ...]:
        """A picture is no reference for itself: it would always pass."""
        if not any(np.array_equal(small, reference.thumbnail) for reference in references):
            return references  # the usual case, for a fraction of what a digest costs
        digest = digest_of(view.rgb)
        return tuple(reference for reference in references if reference.digest != digest)

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

    def _score(self, evidence: tuple[Evidence, ...]) -> float | None:
        """The item is as damaged as its worst view that could be judged."""
        scores = [one.score for one in evidence if one.score is not None]
        return damage_confidence(max(scores), self.point) if scores else None

    def _heatmap(self, raw: ScoreMap | None) -> ScoreMap | None:
        return None if raw is None else damage_confidence(raw, self.point)

    def _findings(
        self,
        capture: Capture,
        evidence: tuple[Evidence, ...],
        heatmaps: tuple[ScoreMap | None, ...],
    ) -> tuple[Finding, ...]:
        found: list[Finding] = []
        for one, view, heat in zip(evidence, capture.views, heatmaps, strict=True):
            if heat is not None and one.score is not None:
                confidence = damage_confidence(one.score, self.point)
                found += findings_in(heat, view, one.view, confidence, one.reference)
        return tuple(sorted(found, key=lambda finding: -finding.score))

    def _reasons(self, decision: Decision, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
        """Sentences for people: the decision's, then one for each thing that was not seen."""
        verdict = {
            Decision.SIDELINE: (DIFFERS,),
            Decision.PASS: (ALIKE,),
            Decision.NOT_INSPECTED: (),
        }[decision]
        unseen = dict.fromkeys(one.reason for one in evidence if one.reason is not None)
        note = (PROVISIONAL,) if self.point.provisional else ()
        return (*verdict, *unseen, *note)


def _capture(
    item: ImageLike | Capture | Sequence[ImageLike],
    depth: Sequence[DepthArray] | None,
    empty_tray: Sequence[ImageLike] | None,
    product: str | None,
    step: ProcessStep | None,
) -> Capture:
    """One capture from whatever form the item was handed in."""
    if isinstance(item, Capture):
        if depth is not None or empty_tray is not None:
            raise InputError("A capture carries its own depth and empty tray; leave them out.")
        _refuse_nothing(item.views)
        return replace(item, product=product or item.product, step=step or item.step)
    images = [item] if isinstance(item, str | Path | bytes | np.ndarray) else list(item)
    _refuse_nothing(images)
    views = [decode(image) for image in images]
    for name, parallel in (("depth", depth), ("empty_tray", empty_tray)):
        if parallel is not None and len(parallel) != len(views):
            raise InputError(
                f"There are {len(views)} views but {len(parallel)} in {name}; give one for each."
            )
    if depth is not None:
        views = [replace(view, depth=one) for view, one in zip(views, depth, strict=True)]
    if empty_tray is not None:
        trays = [decode(image).rgb for image in empty_tray]
        views = [replace(view, empty_tray=one) for view, one in zip(views, trays, strict=True)]
    return Capture(tuple(views), product, step)


def _refuse_nothing(views: Sequence[object]) -> None:
    if not views:
        raise InputError("There is no picture to inspect; name at least one.")


def _unread(capture: Capture, expected: Sequence[str]) -> tuple[Evidence, ...]:
    """What came with the item and no detector of this version reads, said aloud."""
    unread = []
    if expected:
        unread.append(Evidence("identification", 0, available=False, reason=EXPECTED_UNREAD))
    for index, view in enumerate(capture.views):
        if view.depth is not None:
            unread.append(Evidence("depth", index, available=False, reason=DEPTH_UNREAD))
        if view.empty_tray is not None:
            unread.append(Evidence("surroundings", index, available=False, reason=TRAY_UNREAD))
    return tuple(unread)
