"""Guides people through an acceptance, step by step, and writes the report."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from amiss.booth.accept import demands, tasks
from amiss.booth.accept.charts import figure_sharpness, grey_card_box
from amiss.booth.accept.demands import Demands
from amiss.booth.accept.lens import Board, LensFit, fit_lens, fit_place
from amiss.booth.accept.light import Box
from amiss.booth.accept.plan import Plan, Step
from amiss.booth.accept.report import Report, Row
from amiss.booth.accept.scorer import Scorer
from amiss.booth.accept.shoots import Shoots
from amiss.booth.accept.study import Shown, Study
from amiss.booth.accept.tasks import Panel
from amiss.booth.lenses import Lens
from amiss.domain.capture import Matrix, RgbArray
from amiss.domain.errors import CameraError, ImageError, InputError

PLACES = ("in the middle", "in a corner")


@dataclass(frozen=True, slots=True)
class Outcome:
    """report: of all steps taken. lenses: camera → lens and place, where they were measured."""

    report: Report
    lenses: dict[str, Lens]


class Guide:
    """One acceptance of one booth."""

    def __init__(
        self,
        shoots: Shoots,
        plan: Plan,
        limits: Demands,
        *,
        scorer: Scorer | None = None,
        panel: Panel | None = None,
        board: Board | None = None,
        moved: Callable[[Step], None] = lambda _step: None,
    ) -> None:
        """An acceptance.

        Args:
            shoots: takes the captures.
            plan: what is to be done.
            limits: what is demanded.
            scorer: Amiss; needed for repeatability and agreement.
            panel: the people; needed for agreement.
            board: the chessboard; by default the one in docs/booth.
            moved: told each step as it begins.

        Raises:
            InputError: somebody is lacking whom a step needs.
        """
        self._shoots, self._plan, self._limits, self._moved = shoots, plan, limits, moved
        self._board = board or Board()
        self._ways: dict[Step, Callable[[], Shown]] = {
            Step.EVENNESS: self._evenness,
            Step.SHARPNESS: self._sharpness,
            Step.COLOUR: self._colour,
            Step.INTRINSICS: self._intrinsics,
            Step.SYNCHRONISATION: self._synchronisation,
        }
        if scorer is not None:
            study = Study(shoots, plan, limits, scorer)
            self._ways[Step.REPEATABILITY] = study.repeatability
            if panel is not None:
                self._ways[Step.AGREEMENT] = partial(study.agreement, panel)
        lacking = [step for step in plan.steps if step not in self._ways]
        if lacking:
            who = "people who judge" if scorer is not None else "something that scores"
            raise InputError(f"The step {lacking[0]} needs {who}; name it, or leave the step out.")
        self._lenses: dict[str, Lens] = {}

    def run(self) -> Outcome:
        """All steps of the plan; one that cannot be taken counts as left out, and a note says why.

        Raises:
            InputError: the panel does not say enough, or items do not make a study.
            EngineError: the engine failed.
        """
        rows: list[Row] = []
        notes: list[str] = []
        left_out = [step for step in Step if step not in self._plan.steps]
        for step in Step:
            if step in left_out:
                continue
            self._moved(step)
            try:
                shown, said = self._ways[step]()
            except (ImageError, CameraError) as error:  # what other steps showed is not lost
                notes.append(f"The step {step} failed: {error}")
                left_out.append(step)
            else:
                rows += shown
                notes += said
        rows += demands.admissions(self._shoots.taken, self._shoots.faulty, self._limits)
        name, now = self._shoots.booth.name, datetime.now(UTC)
        lacking = tuple(str(step) for step in left_out)
        return Outcome(Report(name, now, tuple(rows), lacking, tuple(notes)), self._lenses)

    def _evenness(self) -> Shown:
        empty = self._shoots.empty()
        boxes = {name: _middle(camera.rgb) for name, camera in empty.cameras.items()}
        return demands.even_light(empty, self._limits, boxes), []

    def _synchronisation(self) -> Shown:
        while len(self._shoots.spreads_ms) < self._plan.captures:
            self._shoots.whole()
        return demands.synchronisation(self._shoots.spreads_ms, self._limits), []

    def _sharpness(self) -> Shown:
        rows: list[Row] = []
        for time, place in enumerate(PLACES):
            edges = self._shoots.until(partial(tasks.figure, time), figure_sharpness)
            rows += demands.sharpness(edges, self._limits, place)
        return rows, []

    def _colour(self) -> Shown:
        cards = self._shoots.until(tasks.card, _card)
        return demands.colour(cards, self._limits), []

    def _intrinsics(self) -> Shown:
        pictures: dict[str, list[RgbArray]] = {name: [] for name in self._shoots.booth.cameras}
        for time in range(self._plan.boards):
            for view in self._shoots.put(tasks.board(time, self._plan.boards)).views:
                pictures[view.camera].append(view.rgb)
        fits: dict[str, LensFit] = {}
        notes: list[str] = []
        for name, views in pictures.items():
            try:
                fits[name] = fit_lens(views, self._board)
            except ImageError as error:
                raise ImageError(f"{name}: {error}") from error
            place = self._place(name, views[0], fits[name], notes)
            self._lenses[name] = Lens(fits[name].intrinsics, place)
        return demands.lenses(fits, self._limits), notes

    def _place(self, name: str, flat: RgbArray, fit: LensFit, notes: list[str]) -> Matrix | None:
        """Where the camera stands, from the picture of the board that lies on the tray."""
        try:
            return fit_place(flat, self._board, fit.intrinsics)
        except ImageError as error:
            notes.append(f"The place of {name} is not measured: {error}")
            return None


def _card(rgb: RgbArray, empty: RgbArray) -> tuple[RgbArray, Box]:
    return rgb, grey_card_box(rgb, empty)


def _middle(rgb: RgbArray) -> Box:
    """Half of the picture either way: where items lie."""
    height, width = rgb.shape[:2]
    return width // 4, height // 4, width // 2, height // 2
