"""The gallery in one SQLite file: a change is one transaction, whole or not at all.

`changes` holds every change there ever was; `there`, the references that it leaves; `steps`, what
can still be taken back; `files`, the bytes of references, also of removed ones until `compact`;
`cards`, what was ever known of products, and `codes`, what their barcodes say now.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from amiss.domain.errors import GalleryError
from amiss.gallery import store
from amiss.gallery.card import Card
from amiss.gallery.database import FILE, Database, errors
from amiss.gallery.names import check_product_name, check_reference_name
from amiss.gallery.reference import Reference
from amiss.gallery.reference_file import to_bytes
from amiss.gallery.sqlite_blobs import VECTOR, reference_in, vector_in
from amiss.gallery.sqlite_cards import Cards
from amiss.gallery.sqlite_tables import FORMAT, TABLES
from amiss.gallery.store import SHORTEST_DIGEST, Action, Change, Embedded, Printed, utc_now

CACHED_REFERENCES = 64
"""References kept in memory, about 3.5 MB each: two full products."""

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_OLD_PASSPORT = "gallery.json"
_CHANGE = (
    "SELECT c.revision, c.action, c.product, c.digest, c.name, c.time, c.undoes FROM changes c"
)


class SqliteGallery:
    """A gallery on the disk of this machine; open one with `SqliteGallery.open`."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self._clock = clock
        self._database = Database(folder)
        self._cards = Cards(self._database)
        self._read = lru_cache(maxsize=CACHED_REFERENCES)(self._from_disk)

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
            folder: where it lies; no network drive, on which processes cannot lock each other out.
            bundle_id: the bundle whose encoder saw, and will see, its references.
            create: whether to make an empty one where there is none.
            clock: gives the time, with its zone, that stands in the history.

        Raises:
            GalleryError: there is none, it was made with another bundle, or it is damaged.
        """
        with errors(folder):
            if create:
                folder.mkdir(parents=True, exist_ok=True)
            if (folder / _OLD_PASSPORT).exists():
                raise GalleryError(
                    f"The gallery in {folder} was written by an earlier version of Amiss; make a "
                    "new one in another folder, from the pictures in its products folder."
                )
            if not create and not (folder / FILE).exists():
                raise _nothing_in(folder)
            gallery = cls(folder, clock)
            gallery._begin(bundle_id, create=create)
        return gallery

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    @property
    def revision(self) -> int:
        """A number that grows by one with each change; an empty gallery has 0."""
        with self._database.reading():
            return self._revision()

    def products(self) -> list[str]:
        """All products that have a reference, in order of their names."""
        with self._database.reading():
            return sorted(
                name for (name,) in self._database.all("SELECT DISTINCT product FROM there")
            )

    def has(self, product: str) -> bool:
        """Whether there is a reference of a product."""
        with self._database.reading():
            found = self._database.all("SELECT 1 FROM there WHERE product = ? LIMIT 1", product)
        return bool(found)

    def listed(self, product: str) -> list[Change]:
        """The changes that added the references of a product, oldest first; none is read."""
        with self._database.reading():
            return self._there(product)

    def references(self, product: str) -> tuple[Reference, ...]:
        """The references of a product, oldest first; none for a product that is not known.

        Raises:
            GalleryError: a reference is damaged.
        """
        return self.held(product)[1]

    def held(self, product: str) -> tuple[int, tuple[Reference, ...]]:
        """The references of a product, and the revision that they are of.

        Raises:
            GalleryError: a reference is damaged.
        """
        with self._database.reading():
            revision, there = self._revision(), self._there(product)
        return revision, tuple(self._read(added) for added in there)

    def embedded(self, after: int = 0) -> tuple[int, list[Embedded]]:
        """The revision, and all references that changed after another. See `GalleryStore`."""
        with self._database.reading():
            rows = (
                self._database.all(
                    "SELECT since, product, embedding FROM there JOIN files USING (product, digest)"
                    " ORDER BY since"
                )
                if after == 0
                else self._database.all(
                    "SELECT c.revision, c.product, iif(t.since = c.revision, f.embedding, NULL)"
                    " FROM changes c LEFT JOIN there t USING (product, digest)"
                    " LEFT JOIN files f USING (product, digest) WHERE c.action = 'add' AND"
                    " (c.product, c.digest) IN"
                    " (SELECT product, digest FROM changes WHERE revision > ?)"
                    " ORDER BY c.revision",
                    after,
                )
            )
            return self._revision(), [Embedded(id_, name, vector_in(v)) for id_, name, v in rows]

    def printed(self, product: str) -> tuple[Printed, ...]:
        """The references of a product as print is compared. See `Catalogue.printed`."""
        with self._database.reading():
            found = self._database.all(
                "SELECT embedding, marks FROM there JOIN files USING (product, digest)"
                " WHERE product = ? AND marks IS NOT NULL ORDER BY since",
                product,
            )
        return tuple(Printed(vector_in(vector), marks) for vector, marks in found)

    def card(self, product: str) -> Card | None:
        """What is known of a product, if it was described."""
        with self._database.reading():
            return self._cards.of(product)

    def coded(self, code: str) -> tuple[str, ...]:
        """The products whose cards have this code. See `GalleryStore.coded`."""
        with self._database.reading():
            return self._cards.coded(code)

    def describe(self, card: Card) -> int:
        """Replaces the card of a product. See `GalleryStore.describe`."""
        with self._database.changing():
            if self._cards.of(card.product) == card:
                return self._revision()
            digest = hashlib.sha256(card.to_bytes()).hexdigest()
            revision = self._record(Action.DESCRIBE, card.product, digest, "")
            self._cards.put(card, revision)
        return revision

    def picture(self, product: str, name_or_digest: str) -> bytes | None:
        """The file that a reference was seen in, if it was handed in."""
        with self._database.reading():
            added = self._find(product, name_or_digest)
            return self._file("picture", added)

    def history(self) -> list[Change]:
        """All changes there ever were, oldest first."""
        with self._database.reading():
            return [_change(row) for row in self._database.all(f"{_CHANGE} ORDER BY c.revision")]

    def add(self, product: str, reference: Reference, picture: bytes | None = None) -> int:
        """Adds a reference; returns the new revision. See `GalleryStore.add`.

        Raises:
            GalleryError: it is one already, the product is full, or a name is not usable.
        """
        check_product_name(product)
        check_reference_name(reference.name)
        if picture is not None and not picture.startswith(_PICTURES):
            raise GalleryError(
                "The picture of a reference is neither JPEG nor PNG; hand in one of these."
            )
        stored = to_bytes(reference)
        seen = reference.seen
        embedding = None if seen is None else seen.embedding.astype(VECTOR).tobytes()
        marks = None if reference.marks is None else reference.marks.to_bytes()
        with self._database.changing():
            self._check_room(product, reference.digest)
            self._database.do(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
                *(product, reference.digest, embedding, stored, marks, picture),
            )
            revision = self._record(Action.ADD, product, reference.digest, reference.name)
            self._put(product, reference.digest, revision)
            self._remember(revision, revision)
        return revision

    def remove(self, product: str, name_or_digest: str) -> int:
        """Takes a reference out; returns the new revision. See `GalleryStore.remove`.

        Raises:
            GalleryError: there is no such reference, or more than one.
        """
        with self._database.changing():
            added = self._find(product, name_or_digest)
            revision = self._record(Action.REMOVE, product, added.digest, added.name)
            self._take(added)
            self._remember(revision, added.revision)
        return revision

    def undo(self) -> int:
        """Takes back the last change that still stands. See `GalleryStore.undo`.

        Raises:
            GalleryError: there is none among the last UNDO_DEPTH changes.
        """
        with self._database.changing():
            last = self._database.all(
                "SELECT revision, added FROM steps ORDER BY revision DESC LIMIT 1"
            )
            if not last:
                raise GalleryError(
                    f"There is nothing to undo: no change, or none of the last {store.UNDO_DEPTH}, "
                    "is left; add or remove references instead."
                )
            undone, added = (self._change(number) for number in last[0])
            if undone.action is Action.REMOVE:
                self._put(added.product, added.digest, added.revision)
            else:
                self._take(added)
            self._database.do("DELETE FROM steps WHERE revision = ?", undone.revision)
            return self._record(
                Action.UNDO, added.product, added.digest, added.name, undone.revision
            )

    def compact(self) -> int:
        """Deletes the bytes of references that no undo can bring back; returns of how many."""
        with self._database.changing():
            deleted = self._database.do(
                "DELETE FROM files WHERE (product, digest) NOT IN (SELECT product, digest FROM"
                " there UNION SELECT c.product, c.digest FROM changes c JOIN steps s"
                " ON s.added = c.revision)"
            ).rowcount
        self._database.tidy()
        return deleted

    def _begin(self, bundle_id: str, *, create: bool) -> None:
        """Makes the tables where there are none, and checks whose they are."""
        with self._database.changing() if create else self._database.reading():
            known = self._database.all("SELECT name FROM sqlite_master WHERE name = 'passport'")
            if not known and not create:
                raise _nothing_in(self.folder)
            if not known:
                for statement in TABLES.split(";\n"):
                    self._database.do(statement)
                self._database.do(
                    "INSERT INTO passport VALUES (?, ?, ?)", FORMAT, bundle_id, self._now()
                )
            made, bundle = self._database.one("SELECT format, bundle FROM passport")
        if made != FORMAT:
            raise GalleryError(
                f"The gallery in {self.folder} was written by another version of Amiss; use that "
                "one, or make a new gallery."
            )
        if bundle != bundle_id:
            raise GalleryError(
                f"The gallery in {self.folder} was made with bundle {bundle}, and what that saw "
                f"means nothing to {bundle_id}; create a new gallery and re-add the references "
                "with this bundle."
            )

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat()

    def _record(
        self, action: Action, product: str, digest: str, name: str, undoes: int | None = None
    ) -> int:
        row = self._database.do(
            "INSERT INTO changes (action, product, digest, name, time, undoes)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(action.value, product, digest, name, self._now(), undoes),
        )
        return int(row.lastrowid or 0)

    def _put(self, product: str, digest: str, since: int) -> None:
        self._database.do("INSERT INTO there VALUES (?, ?, ?)", product, digest, since)

    def _take(self, added: Change) -> None:
        self._database.do(
            "DELETE FROM there WHERE product = ? AND digest = ?", added.product, added.digest
        )

    def _remember(self, revision: int, added: int) -> None:
        self._database.do("INSERT INTO steps VALUES (?, ?)", revision, added)
        self._database.do(
            "DELETE FROM steps WHERE revision NOT IN"
            " (SELECT revision FROM steps ORDER BY revision DESC LIMIT ?)",
            store.UNDO_DEPTH,
        )

    def _revision(self) -> int:
        return int(self._database.one("SELECT coalesce(max(revision), 0) FROM changes")[0])

    def _change(self, revision: int) -> Change:
        return _change(self._database.one(f"{_CHANGE} WHERE c.revision = ?", revision))

    def _there(self, product: str) -> list[Change]:
        rows = self._database.all(
            f"{_CHANGE} JOIN there t ON t.since = c.revision WHERE t.product = ?"
            " ORDER BY c.revision",
            product,
        )
        return [_change(row) for row in rows]

    def _check_room(self, product: str, digest: str) -> None:
        there = self._there(product)
        for one in there:
            if one.digest == digest:
                raise GalleryError(
                    f"This picture is already a reference of {product!r} ({one.name!r}); add "
                    "another one."
                )
        if len(there) >= store.MAX_REFERENCES:
            raise GalleryError(
                f"{product!r} has {len(there)} references, and no more are kept; remove one first."
            )

    def _find(self, product: str, name_or_digest: str) -> Change:
        """The change that added the reference with this name, digest or beginning of a digest."""
        there = self._there(product)
        long_enough = len(name_or_digest) >= SHORTEST_DIGEST
        found = [one for one in there if one.digest == name_or_digest] or [
            one
            for one in there
            if one.name == name_or_digest or (long_enough and one.digest.startswith(name_or_digest))
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

    def _file(self, kind: str, added: Change) -> bytes | None:
        found = self._database.all(
            f"SELECT {kind} FROM files WHERE product = ? AND digest = ?",  # noqa: S608 - a column of ours
            *(added.product, added.digest),
        )
        return found[0][0] if found else None

    def _from_disk(self, added: Change) -> Reference:
        with self._database.reading():
            data = self._file("reference", added)
        return reference_in(data, added)


def _change(row: tuple[Any, ...]) -> Change:
    revision, action, product, digest, name, time, undoes = row
    return Change(
        revision, Action(action), product, digest, name, datetime.fromisoformat(time), undoes
    )


def _nothing_in(folder: Path) -> GalleryError:
    return GalleryError(f"There is no gallery in {folder}; name another folder or create one.")
