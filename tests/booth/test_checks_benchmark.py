"""A quick version of benchmarks/checks: every fault, once, in a simulated booth of two cameras."""

import pytest

from amiss.booth.checks.reason import Reason
from amiss.domain.errors import SimulationError
from amiss.simulate.render.fast import FastBackend

checks = pytest.importorskip("benchmarks.checks.count", reason="run pytest where benchmarks/ is")
PLAN = checks.Plan(
    captures=3, others=1, faults=1, booths=1, views=2, size=320, framing="field", seed=712_000
)


@pytest.fixture(scope="module")
def backend():
    try:
        opened = FastBackend()
    except SimulationError as error:
        pytest.skip(str(error))
    yield opened
    opened.close()


def test_every_name_is_injected():
    assert {one.reason for one in checks.INJECTIONS} == set(Reason)


def test_every_fault_is_caught_by_its_name(backend):
    table = checks.caught(PLAN, backend, lambda _done: None)
    missed = [words for words, row in table.items() if row.caught < row.injected]
    assert missed == []
    assert {row.injected for row in table.values()} == {1}


@pytest.mark.parametrize("group", checks.GROUPS)
def test_good_captures_raise_no_alarm(backend, group):
    alarms = checks.false_alarms(PLAN, backend, group, lambda _done: None)
    assert alarms.captures == (3 if group == "sound" else 1)
    assert alarms.alarmed == {}
