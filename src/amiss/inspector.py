"""The public face: one call over vision, gallery, detect and decide."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from amiss.bundle.operating_point import OperatingPoint, read_operating_point
from amiss.bundle.read import Bundle, open_bundle
from amiss.decide.threshold import confidence, decide
from amiss.detect.damage import DamageModel
from amiss.detect.discrepancy import Settings
from amiss.detect.embed import unnamed
from amiss.detect.findings import findings_in
from amiss.detect.fuse import Judged, is_foreign, likely_types, was_compared, weigh, weigh_map
from amiss.detect.handed import as_capture, refuse_nothing
from amiss.detect.judge import Detectors
from amiss.detect.maps import over_view
from amiss.detect.read import Reader, Sight
from amiss.detect.reasons import (
    ALIKE,
    DIFFERS,
    FOREIGN,
    LOOKS_DAMAGED,
    LOOKS_SOUND,
    PROVISIONAL,
    sentences,
    unread,
)
from amiss.detect.who import Who
from amiss.domain.capture import Capture, DepthArray, ImageLike, View
from amiss.domain.errors import BundleError, GalleryError, InputError
from amiss.domain.evidence import Finding, ScoreMap
from amiss.domain.identity import Identity
from amiss.domain.result import Result
from amiss.domain.words import Decision, ProcessStep
from amiss.gallery.identify.identify import Identifier
from amiss.gallery.identify.seen import Unnamed
from amiss.gallery.index import Index, ProductIndex
from amiss.gallery.reference import Reference
from amiss.gallery.sqlite import SqliteGallery
from amiss.gallery.store import Catalogue, GalleryStore
from amiss.vision.decode import decode
from amiss.vision.engine.choose import EngineName, load_engine
from amiss.vision.engine.protocol import Engine
from amiss.vision.look import Eye

INDEX = "index"
"""The folder in a gallery that its index lies in."""


class Inspector:
    """Inspects items with one bundle, one operating point and, if there is one, a gallery."""

    def __init__(
        self,
        bundle: Bundle,
        point: OperatingPoint,
        engine: Engine,
        *,
        gallery: GalleryStore | None = None,
        index_folder: Path | None = None,
        settings: Settings | None = None,
        threads: int | None = None,
    ) -> None:
        self.bundle = bundle
        self.point = point
        # What every result names: hashing both anew each time takes as long as finding the pose.
        self._bundle_id, self._point_hash = bundle.id, point.hash
        self.gallery = gallery
        self._index_folder = index_folder
        self.settings = settings or Settings()
        self.eye = Eye(engine, bundle.manifest.encoder)
        self.model = None if bundle.manifest.damage is None else DamageModel(bundle, threads)
        self._reader = Reader(self.eye, self.model)
        self._detectors = Detectors(self.eye, self.model, self.settings)

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
            gallery=None if gallery is None else SqliteGallery.open(Path(gallery), opened.id),
            index_folder=None if gallery is None else Path(gallery) / INDEX,
            threads=threads,
        )

    def see(self, image: ImageLike | View, name: str | None = None) -> Reference:
        """Looks at a picture as a reference, to be handed to `inspect` any number of times.

        Raises:
            ImageError: the picture cannot be read.
        """
        view = image if isinstance(image, View) else decode(image)
        return self._reader.reference(name or view.source, view)

    def identify(
        self,
        item: ImageLike | Capture | Sequence[ImageLike],
        *,
        expected: str | Sequence[str] | None = None,
        depth: Sequence[DepthArray] | None = None,
        product: str | None = None,
        weight: float | None = None,
        reads: bool = False,
    ) -> Identity:
        """Which product of the gallery an item is, if anybody can say.

        Args:
            item: as in `inspect`.
            depth: as in `inspect`.
            expected: products of which it should be one.
            product: what it is said to be; None takes what the barcode names.
            weight: kilograms, if it was weighed.
            reads: whether printed text is read, too; needs the extra `ocr` and takes seconds.

        Raises:
            InputError: a picture cannot be read, or there is no gallery.
            BundleError: the bundle does not identify.
            EngineError: the engine failed.
        """
        capture, views = as_capture(item, depth, None, product, None)
        sights = self._reader.read(views, describes=True)
        capture = replace(capture, views=tuple(sight.view for sight in sights))
        named = (expected,) if isinstance(expected, str) else tuple(expected or ())
        seen = unnamed(sights, capture.barcode, weight, reads=reads)
        return self._identifier.identify(seen, named, capture.product)

    def identifier(self, store: Catalogue, index: Index) -> Identifier:
        """Identifies among the products of any gallery.

        Raises:
            BundleError: the bundle does not identify.
        """
        facts = self.bundle.manifest.identification
        if facts is None:
            raise BundleError(f"{self.bundle.id} cannot identify products; choose another bundle.")
        return Identifier(store, index, facts)

    def unnamed(self, views: Sequence[View], *, reads: bool = False) -> Unnamed:
        """What identification reads of an item's views.

        Raises:
            EngineError: the engine failed.
        """
        return unnamed(self._reader.read(views, describes=True), reads=reads)

    @cached_property
    def _identifier(self) -> Identifier:
        """Of the gallery that was opened; its index is brought up to date on opening."""
        if self.gallery is None or self._index_folder is None:
            raise GalleryError("There is no gallery to look products up in; name one.")
        return self.identifier(self.gallery, ProductIndex(self.gallery, self._index_folder))

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
            expected: products of which it should be one; a gallery and a bundle that identifies
                find which.
            step: where in the fulfilment centre it was captured.

        Raises:
            InputError: a picture cannot be read, or what was handed in does not fit together.
            EngineError: the engine failed.
        """
        started = time.perf_counter()
        capture, views = as_capture(item, depth, empty_tray, product, step)
        named = (expected,) if isinstance(expected, str) else tuple(expected or ())
        self._refuse_without_gallery(references, capture.product)
        sights = self._reader.read(views, describes=self._looks_up(references))
        capture = replace(capture, views=tuple(sight.view for sight in sights))
        who = self._who(sights, capture, named, looks_up=self._looks_up(references))
        revision, held_against = self._held(references, who.product)
        judged = self._detectors.judge(sights, held_against)
        return self._result(capture, judged, who, named, revision, started)

    def inspect_many(
        self,
        items: Sequence[Capture],
        references: Sequence[Sequence[Reference]] | None = None,
    ) -> list[Result]:
        """Inspects many items, whose views go through the networks together.

        Each result is what `inspect` gives, up to rounding; its time is the item's share.

        Args:
            items: captures, of any products.
            references: of each item; None takes those of its product in the gallery.

        Raises:
            InputError: a capture has no view, or the lists do not fit together.
            EngineError: the engine failed.
        """
        if references is not None and len(references) != len(items):
            raise InputError(
                f"There are {len(items)} items but references of {len(references)}; give one "
                "list for each."
            )
        started = time.perf_counter()
        for item in items:
            refuse_nothing(item.views)
            self._refuse_without_gallery(references, item.product)
        views = [view for item in items for view in item.views]
        sights = iter(self._reader.read(views, describes=self._looks_up(references)))
        shared = (time.perf_counter() - started) / max(1, len(items))
        found = []
        for place, item in enumerate(items):
            began = time.perf_counter() - shared
            given = None if references is None else references[place]
            seen = [next(sights) for _ in item.views]
            who = self._who(seen, item, (), looks_up=self._looks_up(references))
            revision, held_against = self._held(given, who.product)
            judged = self._detectors.judge(seen, held_against)
            found.append(self._result(item, judged, who, (), revision, began))
        return found

    def _result(
        self,
        capture: Capture,
        judged: Sequence[Judged],
        who: Who,
        named: tuple[str, ...],
        revision: int | None,
        started: float,
    ) -> Result:
        score = self._score(judged)
        scores = tuple(self._score([one], compared=was_compared(judged)) for one in judged)
        heatmaps = tuple(
            self._heatmap(one, view, compared=was_compared(judged))
            for one, view in zip(judged, capture.views, strict=True)
        )
        damages = self._findings(capture.views, judged, scores, heatmaps)
        findings = who.findings(capture.views[0]) + damages
        foreign = is_foreign(judged)
        decision = Decision.NOT_INSPECTED if foreign else decide(score, self.point)
        if who.finding is not None:  # a person has to look, whatever the damage
            decision = Decision.SIDELINE
        evidence = tuple(told for one in judged for told in one.evidence)
        return Result(
            score=score,
            threshold=self.point.threshold,
            decision=decision,
            reasons=who.reasons() + self._reasons(score, judged, damages),
            findings=findings,
            evidence=evidence
            + unread(capture.views, reads=self.model is not None)
            + who.evidence(),
            heatmaps=heatmaps,
            types=likely_types(judged),
            view_scores=scores,
            views=capture.views,
            elapsed_ms=(time.perf_counter() - started) * 1000,
            bundle=self._bundle_id,
            operating_point=self._point_hash,
            provisional=self.point.provisional,
            gallery_revision=revision,
            product=capture.product or who.product,
            expected=named,
            identity=who.identity,
        )

    def _looks_up(self, references: object) -> bool:
        """Whether products are looked up in the gallery; not where references are handed in."""
        identifies = self.bundle.manifest.identification is not None
        return references is None and identifies and self._index_folder is not None

    def _who(
        self, sights: Sequence[Sight], capture: Capture, named: tuple[str, ...], *, looks_up: bool
    ) -> Who:
        """Who the item is."""
        if not looks_up:
            return Who(capture.product, expected=bool(named))
        seen = unnamed(sights, capture.barcode)
        identity = self._identifier.identify(seen, named, capture.product)
        return Who(capture.product, identity, expected=bool(named))

    def judge(self, capture: Capture, references: Sequence[Reference]) -> tuple[Judged, ...]:
        """What the detectors say of each view, before it is weighed.

        Raises:
            EngineError: the engine failed.
        """
        return self._detectors.judge(self._reader.read(capture.views), references)

    def _held(
        self,
        references: ImageLike | Reference | Sequence[ImageLike | Reference] | None,
        product: str | None,
    ) -> tuple[int | None, tuple[Reference, ...]]:
        """The references asked for, or those of the product in the gallery; and its revision."""
        revision = None if self.gallery is None else self.gallery.revision
        if isinstance(references, str | Path | bytes | np.ndarray | Reference):
            references = [references]
        if references is not None:
            given = (one if isinstance(one, Reference) else self.see(one) for one in references)
            return revision, tuple(given)
        if product is None or self.gallery is None:
            return revision, ()
        return self.gallery.held(product)

    def _refuse_without_gallery(self, references: object, product: str | None) -> None:
        if references is None and product is not None and self.gallery is None:
            raise GalleryError(f"There is no gallery to look {product} up in; name one.")

    def _score(self, judged: Sequence[Judged], *, compared: bool | None = None) -> float | None:
        """Of an item; of one view of it, `compared` says whether any of them was."""
        found = weigh(judged, self.bundle.manifest.damage, compared=compared)
        return None if found is None else confidence(found, self.point)

    def _heatmap(self, judged: Judged, view: View, *, compared: bool) -> ScoreMap | None:
        found = weigh_map(judged, self.bundle.manifest.damage, compared=compared)
        return None if found is None else over_view(confidence(found, self.point), view)

    def _findings(
        self,
        views: Sequence[View],
        judged: Sequence[Judged],
        scores: Sequence[float | None],
        heatmaps: Sequence[ScoreMap | None],
    ) -> tuple[Finding, ...]:
        found: list[Finding] = []
        for view, one, score, heat in zip(views, judged, scores, heatmaps, strict=True):
            if heat is not None and score is not None:
                name = None if one.discrepancy is None else one.discrepancy.reference
                found += findings_in(heat, view, one.view, score, name, one.told, one.beside)
        return tuple(sorted(found, key=lambda finding: -finding.score))

    def _reasons(
        self,
        score: float | None,
        judged: Sequence[Judged],
        findings: Sequence[Finding],
    ) -> tuple[str, ...]:
        """Sentences for people: the decision's, then one for each thing that was not seen."""
        compared = any(one.discrepancy is not None or one.beside is not None for one in judged)
        verdict: tuple[str, ...] = ()
        decision = decide(score, self.point)
        if decision is Decision.SIDELINE:
            verdict = (DIFFERS if compared else LOOKS_DAMAGED, *sentences(findings))
        elif decision is Decision.PASS:
            verdict = (ALIKE if compared else LOOKS_SOUND,)
        evidence = (told for one in judged for told in one.evidence)
        unseen = dict.fromkeys(one.reason for one in evidence if one.reason is not None)
        if self.model is not None and is_foreign(judged):
            verdict = (FOREIGN,)
        note = (PROVISIONAL,) if self.point.provisional else ()
        return (*verdict, *unseen, *note)
