"""The gallery on disk: references of products, added, removed and taken back one by one.

A change writes its own files, then one line of the log; nothing else is read or rewritten. Until
the line is whole, nothing has happened. Removing is a line, too: the file stays until `compact`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Self

from amiss.gallery.disk import disk_errors, locked
from amiss.gallery.files import ReferenceFiles
from amiss.gallery.layout import LOCK_FILE, LOG_FILE, PRODUCTS_FOLDER, check_passport, make_gallery
from amiss.gallery.ledger import Action, Change, Ledger
from amiss.gallery.log import Log
from amiss.gallery.names import check_reference_name, safe_name
from amiss.gallery.reference import Reference

CACHED_REFERENCES = 64
"""References kept in memory, about 3.5 MB each: two full products."""


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


class Gallery:
    """References of products, on disk; open one with `Gallery.open`.

    Any number of threads and processes may read, and any may write: one at a time does. What others
    wrote is seen after `refresh`, and before each own change. Errors are GalleryErrors.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self._clock = clock
        self._log = Log(folder / LOG_FILE)
        self._ledger = Ledger()
        self._reading = Lock()  # log and ledger move on together
        self._files = ReferenceFiles(folder / PRODUCTS_FOLDER)
        self._read = lru_cache(maxsize=CACHED_REFERENCES)(self._files.read)

    @classmethod
    def open(
        cls,
        folder: Path,
        bundle_id: str,
        *,
        create: bool = False,
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """The gallery in a folder.

        Args:
            folder: where it lies.
            bundle_id: the bundle whose encoder saw, and will see, its references.
            create: whether to make an empty one where there is none.
            clock: gives the time, with its zone, that stands in the log.

        Raises:
            GalleryError: there is none, it was made with another bundle, or its log is corrupt.
        """
        if create:
            make_gallery(folder, bundle_id, clock())
        check_passport(folder, bundle_id)
        gallery = cls(folder, clock)
        gallery.refresh()
        gallery._log.warn_of_torn_line()
        return gallery

    @property
    def revision(self) -> int:
        """A number that grows by one with each change; an empty gallery has 0."""
        return self._ledger.revision

    def products(self) -> list[str]:
        """All products that have a reference, in order of their names."""
        with self._reading:
            return sorted(self._ledger.added)

    def references(self, product: str) -> tuple[Reference, ...]:
        """The references of a product, oldest first; none for a product that is not known.

        They are as they came back from the disk, also where they were just added: one revision
        gives one result.

        Raises:
            GalleryError: the file of a reference is missing or damaged.
        """
        with self._reading:
            changes = self._ledger.references(product)
        return tuple(self._read(change) for change in changes)

    def picture(self, product: str, name_or_digest: str) -> bytes | None:
        """The file that a reference was seen in, if it was handed in."""
        with self._reading, disk_errors(self.folder):
            return self._files.picture(self._ledger.find(product, name_or_digest))

    def history(self) -> list[Change]:
        """All changes up to this revision, oldest first."""
        with disk_errors(self.folder):
            changes = Log(self._log.path).read_on()
            return [change for change in changes if change.revision <= self.revision]

    def add(self, product: str, reference: Reference, picture: bytes | None = None) -> int:
        """Adds a reference; returns the new revision.

        picture: the JPEG or PNG file it was seen in, kept so that another encoder can see it again.

        Raises:
            GalleryError: it is one already, the product has MAX_REFERENCES, or a name is not
                usable.
        """
        safe_name(product)
        check_reference_name(reference.name)
        files = self._files.pack(reference, picture)
        with self._changing():
            self._ledger.check_room(product, reference.digest)
            change = self._next(Action.ADD, product, reference.digest, reference.name)
            self._files.write(change, files)
            return self._record(change)

    def remove(self, product: str, name_or_digest: str) -> int:
        """Takes a reference out, by its name or (8 digits or more of) its digest.

        Returns the new revision. Its file stays until `compact`.

        Raises:
            GalleryError: there is no such reference, or more than one.
        """
        with self._changing():
            added = self._ledger.find(product, name_or_digest)
            change = self._next(Action.REMOVE, product, added.digest, added.name)
            return self._record(change)

    def undo(self) -> int:
        """Takes back the last change that still stands; once more takes back the one before it.

        Returns the new revision: an undo is a change, too, but not one that can be taken back.

        Raises:
            GalleryError: there is none among the last UNDO_DEPTH changes.
        """
        with self._changing():
            step = self._ledger.last_step()
            added, undoes = step.added, step.change.revision
            change = self._next(Action.UNDO, added.product, added.digest, added.name, undoes)
            return self._record(change)

    def refresh(self) -> bool:
        """Takes in what others have written; says whether there was anything.

        Raises:
            GalleryError: the log is corrupt.
        """
        with self._reading, disk_errors(self.folder):
            before = self.revision
            for change in self._log.read_on():
                self._ledger.apply(change)
            return self.revision > before

    def compact(self) -> int:
        """Deletes the files of references that no undo can bring back; returns how many."""
        with self._changing():
            return self._files.delete_all_but(self._ledger.reachable())

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One writer at a time, on top of what all others have written."""
        with disk_errors(self.folder), locked(self.folder / LOCK_FILE):
            self.refresh()
            yield

    def _next(
        self, action: Action, product: str, digest: str, name: str, undoes: int | None = None
    ) -> Change:
        return Change(
            revision=self.revision + 1,
            action=action,
            product=product,
            digest=digest,
            name=name,
            time=self._clock().astimezone(UTC),
            undoes=undoes,
        )

    def _record(self, change: Change) -> int:
        """Writes the line that makes a change stand, then reads it back as anyone would."""
        self._log.append(change)
        self.refresh()
        return change.revision
