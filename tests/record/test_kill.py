"""Writers that are killed lose nothing that they acknowledged; see `benchmarks.record.kill`."""

from benchmarks.record.kill import kill_writers


def test_killed_writers_lose_nothing(folder, site):
    site.close()
    outcome = kill_writers(folder, kills=6)
    assert outcome.acknowledged > 0
    assert (outcome.lost, outcome.doubled, outcome.unequal, outcome.orphans) == (0, 0, 0, 0)
    assert outcome.problems == []
