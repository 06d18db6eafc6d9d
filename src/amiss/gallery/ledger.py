"""What a gallery holds, as the sum of its changes; nothing here touches the disk."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

from amiss.domain.errors import GalleryError

MAX_REFERENCES = 32
"""References of one product; its bank is full long before, and more faces than this none has."""

UNDO_DEPTH = 100
"""How many changes are remembered to be taken back."""

SHORTEST_DIGEST = 8  # hex digits that name a reference


class Action(StrEnum):
    """What was done."""

    ADD = "add"
    REMOVE = "remove"
    UNDO = "undo"


@checked_dataclass(frozen=True, slots=True, config=ConfigDict(strict=True, extra="forbid"))
class Change:
    """One line of the log.

    revision: 1 for a gallery's first change. product, digest, name: the reference concerned. time:
    when it was done, UTC. undoes: the revision that an undo takes back.
    """

    revision: Annotated[int, Field(ge=1)]
    action: Action
    product: Annotated[str, Field(min_length=1)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    name: str
    time: AwareDatetime
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A change that can be taken back, and the change that once added its reference."""

    change: Change
    added: Change


@dataclass(slots=True)
class Ledger:
    """The state after `revision` changes.

    added: per product and digest, the change that added the reference that is now there. A removed
    reference that is brought back gets its old place: an undo restores exactly what was.
    """

    revision: int = 0
    added: dict[str, dict[str, Change]] = field(default_factory=dict)
    steps: deque[Step] = field(default_factory=lambda: deque(maxlen=UNDO_DEPTH))

    def apply(self, change: Change) -> None:
        """Takes in the next change; each costs the same, whatever the gallery holds.

        Raises:
            GalleryError: the change does not follow from those before it; nothing was done.
        """
        if change.revision != self.revision + 1:
            raise _misfit(change)
        if change.action is Action.UNDO:
            self._undo(change)
        else:
            added = change if change.action is Action.ADD else self._get(change)
            self._toggle(change, added, adds=change.action is Action.ADD)
            self.steps.append(Step(change, added))
        self.revision = change.revision

    def _undo(self, change: Change) -> None:
        if not self.steps or self.steps[-1].change.revision != change.undoes:
            raise _misfit(change)
        step = self.steps[-1]
        self._toggle(change, step.added, adds=step.change.action is Action.REMOVE)
        self.steps.pop()

    def _get(self, change: Change) -> Change:
        try:
            return self.added[change.product][change.digest]
        except KeyError as error:
            raise _misfit(change) from error

    def _toggle(self, change: Change, added: Change, *, adds: bool) -> None:
        """Puts in or takes out one reference."""
        references = self.added.get(added.product, {})
        if adds is (added.digest in references):
            raise _misfit(change)
        if adds:
            self.added.setdefault(added.product, {})[added.digest] = added
        else:
            del references[added.digest]
            if not references:
                del self.added[added.product]

    def references(self, product: str) -> list[Change]:
        """The changes that added the references of a product, oldest first."""
        return sorted(self.added.get(product, {}).values(), key=lambda added: added.revision)

    def check_room(self, product: str, digest: str) -> None:
        """Raises GalleryError where this reference cannot be added."""
        references = self.added.get(product, {})
        if digest in references:
            raise GalleryError(
                f"This picture is already a reference of {product!r} "
                f"({references[digest].name!r}); add another one."
            )
        if len(references) >= MAX_REFERENCES:
            raise GalleryError(
                f"{product!r} has {MAX_REFERENCES} references, and no more are kept; "
                "remove one first."
            )

    def find(self, product: str, name_or_digest: str) -> Change:
        """The change that added the reference with this name, digest or beginning of a digest.

        Raises:
            GalleryError: there is none, or more than one.
        """
        references = self.added.get(product, {})
        if name_or_digest in references:
            return references[name_or_digest]
        long_enough = len(name_or_digest) >= SHORTEST_DIGEST
        found = [
            added
            for added in references.values()
            if added.name == name_or_digest
            or (long_enough and added.digest.startswith(name_or_digest))
        ]
        if not found:
            raise GalleryError(
                f"{product!r} has no reference {name_or_digest!r}; list its references."
            )
        if len(found) > 1:
            raise GalleryError(
                f"{product!r} has {len(found)} references {name_or_digest!r}; give a whole digest."
            )
        return found[0]

    def last_step(self) -> Step:
        """The change that an undo takes back.

        Raises:
            GalleryError: there is none.
        """
        if not self.steps:
            raise GalleryError(
                f"There is nothing to undo: no change, or none of the last {UNDO_DEPTH}, is left; "
                "add or remove references instead."
            )
        return self.steps[-1]

    def reachable(self) -> list[Change]:
        """What added the references that are there, or that an undo can bring back."""
        there = [added for references in self.added.values() for added in references.values()]
        return there + [step.added for step in self.steps if step.change.action is Action.REMOVE]


def _misfit(change: Change) -> GalleryError:
    return GalleryError(
        f"Change {change.revision} in the gallery's log does not follow from those before it; "
        "restore the gallery from a copy."
    )
