"""What a gallery of references can do, wherever it lies."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

from amiss.domain.errors import GalleryError
from amiss.gallery.card import Card
from amiss.gallery.reference import Reference
from amiss.vision.marks import Marks

MAX_REFERENCES = 32
"""References of one product; its bank is full long before, and more faces than this none has."""
UNDO_DEPTH = 100
"""How many changes are remembered to be taken back."""
SHORTEST_DIGEST = 8
"""Hex digits that name a reference, at least."""


class Action(StrEnum):
    """What was done."""

    ADD = "add"
    REMOVE = "remove"
    UNDO = "undo"
    DESCRIBE = "describe"


@checked_dataclass(frozen=True, slots=True, config=ConfigDict(strict=True, extra="forbid"))
class Change:
    """One change of a gallery.

    revision: 1 for a gallery's first change. product, digest, name: the reference concerned; of a
    description, the digest is its card's, and the name is empty. time: when it was done, UTC.
    undoes: the revision that an undo takes back.
    """

    revision: Annotated[int, Field(ge=1)]
    action: Action
    product: Annotated[str, Field(min_length=1)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    name: str
    time: AwareDatetime
    undoes: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A reference as an index sees it.

    id: the revision that added it. vector: E float32 of length 1; None if it is there no more, or
    no damage model has seen it.
    """

    id: int
    product: str
    vector: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class Printed:
    """A reference as print is compared. vector: E float32 of length 1, or None. data: its marks."""

    vector: NDArray[np.float32] | None
    data: bytes

    @cached_property
    def marks(self) -> Marks:
        """What is printed on it.

        Raises:
            GalleryError: it is damaged.
        """
        try:
            return Marks.from_bytes(self.data)
        except ValueError as error:
            raise GalleryError(
                f"What is printed on a reference cannot be used, {error}; remove the reference, "
                "and re-add it from its picture."
            ) from error


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


class Catalogue(Protocol):
    """What identification reads of a gallery."""

    @property
    def revision(self) -> int:
        """A number that grows by one with each change; an empty gallery has 0."""
        ...

    def has(self, product: str) -> bool:
        """Whether there is a reference of a product."""
        ...

    def embedded(self, after: int = 0) -> tuple[int, list[Embedded]]:
        """The revision, and all references that were added, removed or brought back after another.

        after: 0 gives all that are there.
        """
        ...

    def printed(self, product: str) -> tuple[Printed, ...]:
        """The references of a product as print is compared, of those that were added with marks.

        Oldest first; the rest of a reference is not read.
        """
        ...

    def card(self, product: str) -> Card | None:
        """What is known of a product, if it was described."""
        ...

    def coded(self, code: str) -> tuple[str, ...]:
        """The products whose cards have this code, as `card.normal` writes it; in order.

        More than one is a mistake in the catalogue, or one product under two names.
        """
        ...


class GalleryStore(Catalogue, Protocol):
    """References of products, added, removed and taken back one by one.

    Any number of threads and processes may read, and any may write: one at a time does. What others
    wrote is there at once. Errors are GalleryErrors.
    """

    def products(self) -> list[str]:
        """All products that have a reference, in order of their names."""
        ...

    def listed(self, product: str) -> list[Change]:
        """The changes that added the references of a product, oldest first; none is read."""
        ...

    def references(self, product: str) -> tuple[Reference, ...]:
        """The references of a product, oldest first; none for a product that is not known.

        They are as they came back from the disk, also where they were just added: one revision
        gives one result.

        Raises:
            GalleryError: a reference is damaged.
        """
        ...

    def held(self, product: str) -> tuple[int, tuple[Reference, ...]]:
        """The references of a product, and the revision that they are of."""
        ...

    def describe(self, card: Card) -> int:
        """Replaces the card of a product; returns the revision, a new one if anything changed.

        It takes no reference to have a card. A description is replaced, not taken back.
        """
        ...

    def picture(self, product: str, name_or_digest: str) -> bytes | None:
        """The file that a reference was seen in, if it was handed in."""
        ...

    def history(self) -> list[Change]:
        """All changes there ever were, oldest first."""
        ...

    def add(self, product: str, reference: Reference, picture: bytes | None = None) -> int:
        """Adds a reference; returns the new revision.

        picture: the JPEG or PNG file it was seen in, kept so that another encoder can see it again.

        Raises:
            GalleryError: it is one already, the product has MAX_REFERENCES, or a name is not
                usable.
        """
        ...

    def remove(self, product: str, name_or_digest: str) -> int:
        """Takes a reference out, by its name or (8 digits or more of) its digest.

        Returns the new revision. Its bytes stay until `compact`.

        Raises:
            GalleryError: there is no such reference, or more than one.
        """
        ...

    def undo(self) -> int:
        """Takes back the last change that still stands; once more takes back the one before it.

        Returns the new revision: an undo is a change, too, but not one that can be taken back.

        Raises:
            GalleryError: there is none among the last UNDO_DEPTH changes.
        """
        ...

    def compact(self) -> int:
        """Deletes the bytes of references that no undo can bring back; returns of how many."""
        ...
