"""The index of a gallery in PostgreSQL with pgvector: beyond one machine, for many of them.

The same promises as `ProductIndex`: derived from a gallery and made anew from it, a change counts
at once, and what a product has is compared exactly where products are named. Any number of
processes may share it; each brings it up to date before it searches, one at a time.

Needs the extra `hub`, and pgvector 0.5 or newer in the server (`CREATE EXTENSION vector` takes a
superuser the first time).
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from amiss.domain.errors import GalleryError, InputError
from amiss.gallery.index import Hit
from amiss.gallery.snapshot import Vectors
from amiss.gallery.store import Catalogue, Embedded

LOOKED_AT = 200
"""References that are looked at for each view (pgvector's `hnsw.ef_search`)."""
NOT_INSTALLED = "An index in PostgreSQL needs the extra hub: pip install 'amiss[hub]'."
_TABLES = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE IF NOT EXISTS amiss_galleries (
    gallery text PRIMARY KEY, revision bigint NOT NULL, products bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS amiss_references (
    gallery text NOT NULL REFERENCES amiss_galleries, id bigint NOT NULL, product text NOT NULL,
    look vector({channels}) NOT NULL, PRIMARY KEY (gallery, id)
);
CREATE INDEX IF NOT EXISTS amiss_products ON amiss_references (gallery, product);
CREATE INDEX IF NOT EXISTS amiss_looks ON amiss_references USING hnsw (look vector_ip_ops);
"""
_LOCK = 0x616D697373  # of the tables, while they are made


class PgvectorIndex:
    """The index of one gallery on a server. Each thread needs its own."""

    def __init__(self, store: Catalogue, url: str, gallery: str, channels: int) -> None:
        """Opens it, and makes its tables where there are none.

        Args:
            store: the gallery that it is derived from.
            url: of the database, as libpq takes it (`postgresql://user@host/name`).
            gallery: what it is called there; several may share a database.
            channels: of an embedding; all galleries of a database have as many.

        Raises:
            InputError: the extra `hub` is not installed.
            GalleryError: the server cannot be reached, or has no pgvector.
        """
        self._store = store
        self._name = gallery
        self._errors, connect = _driver()
        with self._told():
            self._connection = connect(url, autocommit=True)
            with self._connection.transaction():
                self._do("SELECT pg_advisory_xact_lock(%s)", _LOCK)
                self._do(_TABLES.format(channels=int(channels)))
                self._do(
                    "INSERT INTO amiss_galleries VALUES (%s, 0, 0) ON CONFLICT DO NOTHING", gallery
                )
        self.refresh()

    def close(self) -> None:
        """Lets go of the server."""
        self._connection.close()

    @property
    def n_products(self) -> int:
        """How many products are searched."""
        with self._told():
            return int(self._one("SELECT products FROM amiss_galleries WHERE gallery = %s"))

    def __len__(self) -> int:
        """How many references are searched."""
        with self._told():
            return int(self._one("SELECT count(*) FROM amiss_references WHERE gallery = %s"))

    def refresh(self) -> bool:
        """Takes in what the gallery gained and lost; says whether there was anything."""
        with self._told():
            known = self._revision()
            if known == self._store.revision:
                return False
            with self._connection.transaction():
                known = self._revision(" FOR UPDATE")
                revision, changed = self._store.embedded(after=known)
                if revision <= known:
                    return False
                self._take_in(changed)
                self._do(
                    "UPDATE amiss_galleries SET revision = %s, products = (SELECT count(DISTINCT"
                    " product) FROM amiss_references WHERE gallery = %s) WHERE gallery = %s",
                    *(revision, self._name, self._name),
                )
        return True

    def search(
        self, queries: Vectors, count: int = 10, among: Collection[str] | None = None
    ) -> list[list[Hit]]:
        """The products most like each view, as `ProductIndex.search`."""
        self.refresh()
        with self._told(), self._connection.transaction():
            self._do(f"SET LOCAL hnsw.ef_search = {LOOKED_AT}")
            return [self._best(query, count, among) for query in queries]

    def _best(self, query: Vectors, count: int, among: Collection[str] | None) -> list[Hit]:
        near = (
            "SELECT product, -(look <#> %s::vector) AS likeness FROM amiss_references"
            " WHERE gallery = %s"
        )
        values: list[Any] = [_written(query), self._name]
        if among is None:
            near += f" ORDER BY look <#> %s::vector LIMIT {LOOKED_AT}"
            values.append(_written(query))
        else:  # materialised, so that every one of them is compared
            near += " AND product = ANY(%s)"
            values.append(sorted(among))
        rows = self._do(
            f"WITH near AS MATERIALIZED ({near}) SELECT product, max(likeness) FROM near"  # noqa: S608 - words of ours
            " GROUP BY product ORDER BY 2 DESC, 1 LIMIT %s",
            *values,
            count,
        ).fetchall()
        return [Hit(product, float(likeness)) for product, likeness in rows]

    def _take_in(self, changed: Sequence[Embedded]) -> None:
        gone = [one.id for one in changed if one.vector is None]
        self._do(
            "DELETE FROM amiss_references WHERE gallery = %s AND id = ANY(%s)", self._name, gone
        )
        there = [
            (self._name, one.id, one.product, _written(one.vector))
            for one in changed
            if one.vector is not None
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO amiss_references VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", there
            )

    def _revision(self, lock: str = "") -> int:
        return int(self._one(f"SELECT revision FROM amiss_galleries WHERE gallery = %s{lock}"))  # noqa: S608 - words of ours

    def _one(self, statement: str) -> Any:  # noqa: ANN401 - what PostgreSQL stores
        return self._do(statement, self._name).fetchone()[0]

    def _do(self, statement: str, *values: Any) -> Any:  # noqa: ANN401 - a cursor of the driver
        return self._connection.execute(statement, values or None)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raises what the server refuses as a GalleryError."""
        try:
            yield
        except self._errors as error:
            first = str(error).strip().splitlines()[0]
            raise GalleryError(
                f"The index of {self._name} in PostgreSQL cannot be used ({first}); check its "
                "address, its rights and that it has pgvector."
            ) from error


def _driver() -> tuple[type[Exception], Any]:
    try:
        import psycopg
    except ImportError as error:
        raise InputError(NOT_INSTALLED) from error
    return psycopg.Error, psycopg.connect


def _written(vector: Vectors) -> str:
    """As pgvector reads it."""
    return "[" + ",".join(f"{value:.7g}" for value in np.asarray(vector, np.float32)) + "]"
