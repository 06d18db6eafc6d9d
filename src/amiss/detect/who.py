"""What an inspection makes of who the item is."""

from dataclasses import dataclass

from amiss.detect.reasons import EXPECTED_UNREAD, UNKNOWN_PRODUCT, wrong_item
from amiss.domain.capture import View
from amiss.domain.evidence import Evidence, Finding
from amiss.domain.identity import Identity

WRONG_ITEM, UNKNOWN = "wrong_item", "unknown_product"


@dataclass(frozen=True, slots=True)
class Who:
    """An item's identity as far as it counts here.

    claimed: the product that it is said to be. identity: None where nobody looked. expected:
    whether anybody named expected products.
    """

    claimed: str | None
    identity: Identity | None = None
    expected: bool = False

    @property
    def product(self) -> str | None:
        """Whose references it is held against: none where it is not what it is said to be."""
        if self.identity is None:
            return self.claimed
        if self.identity.contradicted:
            return None
        return self.claimed or self.identity.product

    @property
    def finding(self) -> str | None:
        """What is amiss with it."""
        if self.identity is None:
            return None
        if self.identity.contradicted:
            return WRONG_ITEM
        return UNKNOWN if self.product is None else None

    def findings(self, view: View) -> tuple[Finding, ...]:
        """At most one, over the whole of the first view."""
        if self.finding is None or self.identity is None:
            return ()
        height, width = view.rgb.shape[:2]
        likely = {one.product: one.probability for one in self.identity.candidates}
        sure = self.identity.unknown
        if self.finding == WRONG_ITEM and self.identity.claimed is not None:
            sure = 1 - likely.get(self.identity.claimed, 0.0)
        return (Finding(self.finding, 0, (0, 0, width, height), sure),)

    def reasons(self) -> tuple[str, ...]:
        """For people."""
        if self.finding == WRONG_ITEM and self.identity is not None:
            claimed = self.identity.claimed or ""
            others = [one.product for one in self.identity.candidates if one.product != claimed]
            return (wrong_item(claimed, others[0] if others else None),)
        return () if self.finding is None else (UNKNOWN_PRODUCT,)

    def evidence(self) -> tuple[Evidence, ...]:
        """Whether anybody looked who it is."""
        if self.identity is not None:
            return (Evidence("identification", 0, available=True),)
        if not self.expected:
            return ()
        return (Evidence("identification", 0, available=False, reason=EXPECTED_UNREAD),)
