"""Runs the checks over good captures and over injected faults, and counts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from benchmarks.checks.booths import Case, Framing, SimulatedBooth, strewn
from benchmarks.checks.faults import INJECTIONS, Injected, Injection
from numpy.typing import NDArray

from amiss.booth.checks.check import Memory, check
from amiss.booth.checks.reason import Fault, Reason
from amiss.domain.words import DamageType
from amiss.simulate.damages import law
from amiss.simulate.damages.harm import Harm
from amiss.simulate.damages.make import draw_type, harm
from amiss.simulate.damages.spilt import spill, substance
from amiss.simulate.products.make import make_product
from amiss.simulate.products.product import Kind, Product
from amiss.simulate.render.backend import Backend
from amiss.simulate.shoot import lying
from amiss.simulate.streams import stream

SOUND = "sound"


@dataclass(frozen=True)
class Plan:
    """What to run. captures: sound ones; others: of each other group. faults: of each name.

    seed: of the first product and of the first booth; no limit of the checks was set on these.
    """

    captures: int
    others: int
    faults: int
    booths: int
    views: int
    size: int
    framing: Framing
    seed: int

    def count(self, group: str) -> int:
        """Captures of one group of good ones."""
        return self.captures if group == SOUND else self.others


@dataclass
class Alarms:
    """Of one group of good captures: how many, and those with a fault, by seed.

    cut_off: captures in which a camera truly does not see all of the item; no good ones.
    """

    captures: int = 0
    cut_off: int = 0
    alarmed: dict[int, list[Fault]] = field(default_factory=dict)


@dataclass
class Caught:
    """Of one injected fault: how often, how often it was called by its name, other names.

    without_size: caught where the product's size is not known.
    """

    injected: int = 0
    caught: int = 0
    without_size: int = 0
    others: dict[str, int] = field(default_factory=dict)
    missed: list[int] = field(default_factory=list)


def _beside(product: Product, seed: int) -> tuple[Harm, ...]:
    """Somebody else's spill: a puddle or a heap beside the item, nothing on it."""
    rng = stream("damage", seed, 5)
    lies = replace(product, rests=(product.rests[lying(product, seed).side],))
    share = law.SHARE[DamageType.SPILLAGE].draw(rng)
    return (spill(lies, rng, share, substance(lies, rng), on=False, beside=True),)


def _damage(product: Product, seed: int) -> tuple[Harm, ...]:
    rng = stream("damage", seed)
    return (harm(product, draw_type(product.kind, rng), rng, rest=lying(product, seed).side),)


Harmed = Callable[[Product, int], tuple[Harm, ...]]
GROUPS: dict[str, Harmed] = {
    SOUND: lambda _product, _seed: (),
    "sound, the tray dirtied since calibration": lambda _product, _seed: (),
    "sound, a puddle or a heap beside it": _beside,
    "damaged": _damage,
}
DIRTIED = "sound, the tray dirtied since calibration"


def good_captures(plan: Plan, backend: Backend, group: str) -> Iterator[Case]:
    """Cases of one group, booth by booth, all kinds in turn."""
    place, count = list(GROUPS).index(group), plan.count(group)
    each = max(1, -(-count // plan.booths))
    for number in range(count):
        if number % each == 0:
            booth = SimulatedBooth.build(
                plan.seed + number // each,
                backend,
                views=plan.views,
                size=plan.size,
                framing=plan.framing,
            )
        seed = plan.seed + place * 1000 + number
        product = make_product(seed, list(Kind)[number % len(Kind)])
        harms = GROUPS[group](product, seed)
        case = booth.case(product, seed, number % each + 1, harms)
        if group == DIRTIED:
            dirty = strewn(case.scene.tray, stream("tray", seed))
            case = replace(case, scene=replace(case.scene, tray=dirty))
        yield case


def false_alarms(plan: Plan, backend: Backend, group: str, moved: Callable[[int], None]) -> Alarms:
    """Checks a group of good captures, each booth's with one memory."""
    found = Alarms()
    memory, booth = Memory(), -1
    for case in good_captures(plan, backend, group):
        if case.booth.seed != booth:
            memory, booth = Memory(), case.booth.seed
        faults = check(
            case.capture,
            case.booth.calibration,
            memory,
            cameras=case.booth.cameras,
            size=case.product.size,
        )
        if any(_reaches_the_rim(shot.truth.item) for shot in case.shots):
            found.cut_off += 1
        else:
            found.captures += 1
            if faults:
                found.alarmed[case.seed] = faults
        moved(found.captures + found.cut_off)
    return found


def _reaches_the_rim(item: NDArray[np.bool_]) -> bool:
    """Whether a true silhouette touches the edge of its picture."""
    return bool(item[0].any() or item[-1].any() or item[:, 0].any() or item[:, -1].any())


def caught(plan: Plan, backend: Backend, moved: Callable[[int], None]) -> dict[str, Caught]:
    """Injects every fault into `plan.faults` sound captures."""
    table = {one.words: Caught() for one in INJECTIONS}
    # The first of each booth is only what came before.
    sound = replace(plan, captures=plan.faults + plan.booths, seed=plan.seed + 5000)
    before: Case | None = None
    for number, case in enumerate(good_captures(sound, backend, SOUND)):
        if before is not None and before.booth is case.booth:
            for injection in INJECTIONS:
                _inject(injection, case, before, table[injection.words])
        before = case
        moved(number)
    return table


def _inject(injection: Injection, case: Case, before: Case, row: Caught) -> None:
    place = INJECTIONS.index(injection)
    made = injection.make(case, before, np.random.default_rng([case.seed, place]))
    wanted = {(camera, injection.reason) for camera in made.cameras}
    found = _found(made, case, case.product.size)
    row.injected += 1
    row.caught += wanted <= found
    row.without_size += wanted <= _found(made, case, None)
    if not wanted <= found:
        row.missed.append(case.seed)
    for other in {reason for _, reason in found if reason != injection.reason}:
        row.others[other] = row.others.get(other, 0) + 1


def _found(
    made: Injected, case: Case, size: tuple[float, float, float] | None
) -> set[tuple[str, Reason]]:
    """Cameras and names, after the good capture before."""
    memory, cameras = Memory(), case.booth.cameras
    if made.before is not None:
        check(made.before, case.booth.calibration, memory, cameras=cameras)
    faults = check(made.capture, made.calibration, memory, cameras=cameras, size=size)
    return {(fault.camera, fault.reason) for fault in faults}
