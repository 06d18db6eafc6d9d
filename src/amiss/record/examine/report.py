"""What an examination found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Tell = Callable[[str, int, int], None]
"""Is told what is examined, how many are done, and of how many."""
MOST = 1000
"""Problems that are named; more are counted only."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. where: table and key, or picture. says: a sentence."""

    where: str
    says: str

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"where": self.where, "says": self.says}


@dataclass(slots=True)
class Report:
    """All that is wrong, the number of what was looked at, and the head of the audit log.

    head: its number and hash; kept elsewhere, it shows later that nothing was cut off the end.
    orphans: pictures that nothing names: no damage, they are swept away in time.
    """

    problems: list[Problem] = field(default_factory=list)
    found: int = 0
    looked_at: dict[str, int] = field(default_factory=dict)
    head: tuple[int, str] = (0, "")
    orphans: int = 0

    def wrong(self, where: str, says: str) -> None:
        """Notes a problem."""
        self.found += 1
        if len(self.problems) < MOST:
            self.problems.append(Problem(where, says))

    def saw(self, what: str, n: int = 1) -> None:
        """Counts what was looked at."""
        self.looked_at[what] = self.looked_at.get(what, 0) + n

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return self.found == 0

    def export(self) -> dict[str, Any]:
        """Plain JSON values."""
        seq, hashed = self.head
        return {
            "clean": self.is_clean,
            "problems": [one.export() for one in self.problems],
            "n_problems": self.found,
            "looked_at": self.looked_at,
            "head": {"seq": seq, "hash": hashed},
            "orphans": self.orphans,
        }
