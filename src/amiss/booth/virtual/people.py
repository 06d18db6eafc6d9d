"""People around a simulated booth."""

from amiss.booth.virtual.tray import VirtualTray
from amiss.domain.words import Severity
from amiss.simulate.streams import stream


class VirtualPanel:
    """People who judge the items of a simulated booth; make-believe, to walk the whole way.

    They miss one in five minor damages, no major ones, and see damage in one sound item of fifty.
    """

    MISSED_MINOR, SEEN_IN_SOUND = 0.2, 0.02

    def __init__(self, tray: VirtualTray, appraisers: tuple[str, ...]) -> None:
        self._tray, self.appraisers = tray, appraisers
        self._severities: dict[int, Severity] = {}

    def is_damaged(self, item: int) -> bool:
        """The simulator knows."""
        return self._tray.is_damaged(item)

    def judges(self, appraiser: str, item: int, trial: int) -> bool:
        """Damage is called, or not, by chance; asked again, the same answer comes."""
        who = self.appraisers.index(appraiser)
        chance = stream("damage", self._tray.seed, 13, item, trial, who + 1).random()
        if not self.is_damaged(item):
            return bool(chance < self.SEEN_IN_SOUND)
        if item not in self._severities:
            self._severities[item] = self._tray.harm(item).severity
        minor = self._severities[item] is Severity.MINOR
        return bool(chance >= (self.MISSED_MINOR if minor else 0))
