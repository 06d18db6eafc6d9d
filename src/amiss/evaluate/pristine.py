"""The references of one product, as each arm of an evaluation is handed them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from amiss.dataset.reader import Split
from amiss.dataset.records import Picture
from amiss.domain.capture import View
from amiss.evaluate.arms import Arm, covering
from amiss.evaluate.draw import draw_of_each_camera
from amiss.evaluate.inspection import InspectCaptures
from amiss.evaluate.load import load_view


@dataclass(slots=True)
class Pristine:
    """References that the inspector has looked at, once for each depth and tray that they bring.

    there: what they bring; `references` is false where the product has none.
    """

    inspect: InspectCaptures
    views: Sequence[View]
    there: Arm = field(init=False)
    _prepared: dict[Arm, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        covered = covering(self.views)
        self.there = Arm(bool(self.views), covered.depth, covered.empty_tray)

    @classmethod
    def of(
        cls,
        inspect: InspectCaptures,
        split: Split,
        item: str,
        *,
        references: int,
        picture: Picture,
        seed: int,
    ) -> "Pristine":
        """Those that are drawn for one product, see `amiss.evaluate.draw`.

        Raises:
            ImageError: one cannot be read.
        """
        drawn = draw_of_each_camera(split.references(item), references, seed)
        return cls(inspect, [load_view(one.view, picture) for one in drawn])

    def prepared(self, arm: Arm) -> Any:  # noqa: ANN401
        """What the inspector is handed in this arm; None where it compares with nothing."""
        key = arm.within(self.there)
        if not key.references:
            return None
        if key not in self._prepared:
            self._prepared[key] = self.inspect.prepare([key.strip(view) for view in self.views])
        return self._prepared[key]
