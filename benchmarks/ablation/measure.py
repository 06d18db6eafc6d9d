"""Scores the pictures of `amiss evaluate` with every variant; each picture is encoded once."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.ablation.variants import variants

from amiss.dataset.folder import FolderDataset, Sample, draw_references
from amiss.dataset.folder import half as half_of
from amiss.detect.discrepancy import Comparator
from amiss.domain.capture import RgbArray, View
from amiss.evaluate.metrics import auroc, rank_scores, recall_at_fpr
from amiss.evaluate.rotate import angle, turn
from amiss.gallery.reference import Reference, digest_of, see_reference
from amiss.inspector import Inspector
from amiss.vision.decode import decode
from amiss.vision.look import Eye, Look

Half = Literal["choose", "report", "all"]
ROTATED = "-rotated"
KEPT_LOOKS = 300  # about 0.4 GB: all pictures of the largest set


@dataclass(frozen=True, slots=True)
class Case:
    """One column of the table: a set, whether its queries are turned, and K references."""

    set: str
    rotate: bool
    k: int

    @property
    def name(self) -> str:
        """What the column is called."""
        return f"{self.set}{' turned' if self.rotate else ''}, K = {self.k}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one variant reached in one case with one seed; by_type: AUROC per damage type."""

    case: str
    variant: str
    seed: int
    auroc: float
    recall_at_fpr_1pct: float
    n_no_opinion: int
    by_type: dict[str, float]


class RememberingEye(Eye):
    """Looks at equal pixels once: most variants ask for the same picture in the same pose."""

    def __init__(self, eye: Eye) -> None:
        super().__init__(eye.engine, eye.facts)
        self._looks: OrderedDict[str, Look] = OrderedDict()
        self._references: dict[str, Reference] = {}

    def look(self, rgb: RgbArray) -> Look:
        """See `Eye.look`."""
        digest = digest_of(rgb)
        if digest not in self._looks:
            while len(self._looks) >= KEPT_LOOKS:
                self._looks.popitem(last=False)
            self._looks[digest] = super().look(rgb)
        self._looks.move_to_end(digest)
        return self._looks[digest]

    def reference(self, view: View) -> Reference:
        """This view as a reference; seeds draw the same ones again and again."""
        digest = digest_of(view.rgb)
        if digest not in self._references:
            self._references[digest] = see_reference(view.source, view.rgb, self)
        return self._references[digest]


def measure(
    data: Path,
    sets: Sequence[str],
    counts: Sequence[int],
    seeds: Sequence[int],
    half: Half,
    progress: Callable[[str, int, int], None],
) -> list[Figures]:
    """All figures; a set named `…-rotated` is the set before the dash with every query turned.

    progress: called with (case and seed, pictures done, pictures in all) after each picture.

    Raises:
        DatasetError: a set does not have the `folder` layout or too few pictures.
        ImageError: a picture cannot be read.
    """
    inspector = Inspector.load()
    figures = []
    for name in sets:
        eye = RememberingEye(inspector.eye)
        dataset = FolderDataset.open(data / name.removesuffix(ROTATED))
        for k in counts:
            case = Case(name.removesuffix(ROTATED), name.endswith(ROTATED), k)
            for seed in seeds:
                figures += _run(dataset, case, seed, half, eye, progress)
    return figures


def _run(
    dataset: FolderDataset,
    case: Case,
    seed: int,
    half: Half,
    eye: RememberingEye,
    progress: Callable[[str, int, int], None],
) -> list[Figures]:
    drawn, tested = draw_references(dataset, case.k, seed)
    tested = tuple(sample for sample in tested if half in ("all", half_of(sample.name)))
    seen = [eye.reference(_view(sample, 0.0 if case.rotate else None)) for sample in drawn]
    references = sorted(seen, key=lambda one: one.digest)  # as the inspector orders them
    built = {variant.name: variant.build(references, eye) for variant in variants()}
    scores: dict[str, list[float | None]] = {name: [] for name in built}
    for done, sample in enumerate(tested, start=1):
        view = _view(sample, angle(sample.name, seed) if case.rotate else None)
        for name, comparator in built.items():
            scores[name].append(_score(comparator, view))
        progress(f"{case.name}, seed {seed}", done, len(tested))
    return [_figures(case, name, seed, tested, found) for name, found in scores.items()]


def _view(sample: Sample, degrees: float | None) -> View:
    """The picture as `amiss evaluate` shows it; None: as it is, without the circle's crop."""
    view = decode(sample.path)
    return view if degrees is None else decode(turn(view.rgb, degrees))


def _score(comparator: Comparator, view: View) -> float | None:
    """The raw discrepancy, which ranks as the score does; None where there is no opinion."""
    found = comparator.compare(view)
    return found.score if found.coverage >= comparator.settings.least_coverage else None


def _figures(
    case: Case, variant: str, seed: int, tested: Sequence[Sample], scores: list[float | None]
) -> Figures:
    labels = [sample.damaged for sample in tested]
    ranked = rank_scores(labels, scores)
    types = sorted({sample.type for sample in tested if sample.type is not None})
    by_type = {}
    for kind in types:
        kept = [i for i, sample in enumerate(tested) if not sample.damaged or sample.type == kind]
        by_type[kind] = auroc([labels[i] for i in kept], ranked[kept]) or 0.0
    return Figures(
        case=case.name,
        variant=variant,
        seed=seed,
        auroc=auroc(labels, ranked) or 0.0,
        recall_at_fpr_1pct=recall_at_fpr(labels, ranked) or 0.0,
        n_no_opinion=scores.count(None),
        by_type=by_type,
    )
