"""The steps of an acceptance that need items: repeatability, and agreement with people."""

import random
from functools import partial

from amiss.booth.accept import demands, tasks
from amiss.booth.accept.agreement import Agreement, agreement
from amiss.booth.accept.demands import Demands
from amiss.booth.accept.plan import Plan
from amiss.booth.accept.repeat import Repeatability, repeatability
from amiss.booth.accept.report import Row
from amiss.booth.accept.scorer import Scorer
from amiss.booth.accept.shoots import Shoots
from amiss.booth.accept.tasks import Panel

AMISS = "amiss"
"""Its name among the appraisers."""
Shown = tuple[list[Row], list[str]]
"""Rows of the report, and what else is worth knowing."""


class Study:
    """Items that are laid down again and again; what was learnt of one serves both steps."""

    def __init__(self, shoots: Shoots, plan: Plan, limits: Demands, scorer: Scorer) -> None:
        self._shoots, self._plan, self._limits, self._scorer = shoots, plan, limits, scorer
        self._learnt: set[int] = set()

    def repeatability(self) -> Shown:
        """Lays every item down many times.

        Raises:
            CameraError: a capture fails time and again.
            InputError: too few placements got a score.
        """
        times = self._plan.placements
        table = []
        for item in range(1, self._plan.items + 1):
            self._learn(item)
            asked = [partial(tasks.item, item, time, times) for time in range(times)]
            table.append([self._scorer.score(item, self._shoots.admitted(task)) for task in asked])
        study = repeatability(table, self._scorer.threshold)
        return demands.repeated(study, self._limits), [_of_repeatability(study)]

    def agreement(self, panel: Panel) -> Shown:
        """Lets Amiss and people judge every item several times, blind.

        Raises:
            CameraError: a capture fails time and again.
            InputError: the panel does not say enough, or all items are sound or all damaged.
        """
        numbers = list(range(1, self._plan.judged + 1))
        truth = {item: panel.is_damaged(item) for item in numbers}
        said: dict[str, dict[int, list[bool]]] = {
            name: {item: [] for item in numbers} for name in (AMISS, *panel.appraisers)
        }
        for trial in range(1, self._plan.trials + 1):
            # Each time in another order, so that nobody remembers.
            order = random.Random(trial).sample(numbers, len(numbers))  # noqa: S311 - no secret
            for name in panel.appraisers:
                for item in order:
                    said[name][item].append(panel.judges(name, item, trial))
            for item in order:
                said[AMISS][item].append(self._calls(item, trial, damaged=truth[item]))
        tables = {name: list(table.values()) for name, table in said.items()}
        study = agreement(tables, list(truth.values()))
        return demands.agreed(study, AMISS, self._limits), _of_agreement(study)

    def _calls(self, item: int, trial: int, *, damaged: bool) -> bool:
        """Whether Amiss calls an item damaged; to have no opinion counts against it."""
        self._learn(item)
        task = partial(tasks.judged, item, trial, self._plan.trials)
        score = self._scorer.score(item, self._shoots.admitted(task))
        return not damaged if score is None else score > self._scorer.threshold

    def _learn(self, item: int) -> None:
        """References of an item's product, once."""
        if item in self._learnt:
            return
        times = self._plan.references
        asked = [partial(tasks.pristine, item, time, times) for time in range(times)]
        self._scorer.learn(item, [self._shoots.admitted(task) for task in asked])
        self._learnt.add(item)


def _of_repeatability(study: Repeatability) -> str:
    return (
        f"Repeatability: {study.items} items, {study.placements} placements each; standard "
        f"deviation of scores {study.within:.3f} within an item, {study.between:.3f} between items."
    )


def _of_agreement(study: Agreement) -> list[str]:
    """What is not demanded: people against the truth, and all of them against each other."""
    lines = [
        f"Agreement: {one.name} judged {one.repeats:.0%} of the items alike in all trials; "
        f"effectiveness {one.effectiveness:.0%}, misses {one.misses:.1%}, false alarms "
        f"{one.false_alarms:.1%}, kappa {one.kappa:.2f} against the truth."
        for one in study.appraisers
    ]
    return [*lines, f"Agreement: Fleiss' kappa of all appraisers {study.fleiss:.2f}."]
