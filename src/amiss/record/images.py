"""Pictures by their content: the key of a picture is the SHA-256 of its bytes.

A picture is put into the store before its row is committed, and its row is deleted before the
picture is, so that a row never names a picture that is not there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from amiss.domain.errors import RecordError
from amiss.record.canonical import digest

_IS_DIGEST = frozenset("0123456789abcdef")
_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in the store. put: when it was put there last."""

    image: str
    bytes: int
    put: datetime


class Images:
    """A store of pictures: a folder, or a bucket by its URL. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Opens it.

        Args:
            url: `file:///…`, `s3://bucket/prefix` or another that obstore knows; keys come from
                the environment (AWS_…).

        Raises:
            RecordError: it cannot be opened.
        """
        self.shown = url
        self._folder = Path(url.removeprefix("file://")) if url.startswith("file://") else None
        with self._errors():
            self._store = _opened(url, self._folder)

    def put(self, data: bytes) -> str:
        """Keeps a picture; once this returns a power cut does not take it back. Gives its key.

        Raises:
            RecordError: the store refuses.
        """
        key = digest(data)
        with self._errors(missing_is_one=True):
            obstore.put(self._store, _path(key), data, use_multipart=False)
            if self._folder is not None:
                _to_disk(self._folder, _path(key))
        return key

    def get(self, image: str) -> bytes:
        """The bytes of a picture.

        Raises:
            RecordError: it is not there, or is not what it was.
        """
        try:
            with self._errors():
                data = bytes(obstore.get(self._store, _path(image)).bytes())
        except FileNotFoundError as error:
            raise RecordError(f"Picture {image} is not in {self.shown}; restore it.") from error
        if digest(data) != image:
            raise RecordError(f"Picture {image} in {self.shown} is damaged; restore it.")
        return data

    def has(self, image: str) -> bool:
        """Whether it is there.

        Raises:
            RecordError: the store refuses.
        """
        with self._errors():
            try:
                obstore.head(self._store, _path(image))
            except FileNotFoundError:
                return False
        return True

    def is_older(self, image: str, than: datetime) -> bool:
        """Whether it is there, and was put there last before that moment.

        Raises:
            RecordError: the store refuses.
        """
        with self._errors():
            try:
                return obstore.head(self._store, _path(image))["last_modified"] < than
            except FileNotFoundError:
                return False

    def delete(self, image: str) -> None:
        """Takes a picture away, if it is there.

        Raises:
            RecordError: the store refuses.
        """
        with self._errors():
            try:
                obstore.delete(self._store, _path(image))
            except FileNotFoundError:
                return

    def all(self) -> Iterator[Kept]:
        """All pictures that are there, in no order.

        Raises:
            RecordError: the store refuses.
        """
        with self._errors():
            for some in obstore.list(self._store):
                for one in some:
                    name = one["path"].rpartition("/")[2]
                    if len(name) == _DIGITS and set(name) <= _IS_DIGEST:
                        yield Kept(name, one["size"], one["last_modified"])

    def unfinished(self) -> Iterator[Path]:
        """Files that a killed process had not finished; of a bucket none, which clears its own."""
        if self._folder is not None:
            yield from self._folder.glob("*/*/*#*")

    @contextmanager
    def _errors(self, *, missing_is_one: bool = False) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            if not missing_is_one:
                raise
            raise RecordError(
                f"Pictures vanish from {self.shown}; see who deletes there."
            ) from error
        except (BaseError, OSError, ValueError) as error:
            said = str(error).strip().splitlines()[0]
            if "os error 28" in said:
                said = "the disk is full; make room"
            elif "os error 30" in said:
                said = "it is read-only; let it be written to"
            raise RecordError(
                f"The pictures in {self.shown} cannot be read or written: {said}."
            ) from error


def _opened(url: str, folder: Path | None) -> ObjectStore:
    if folder is None:
        return from_url(url)
    folder.mkdir(parents=True, exist_ok=True)
    return LocalStore(prefix=folder)


def _path(image: str) -> str:
    """Folders of at most 256, so that none grows too large to list."""
    return f"{image[:2]}/{image[2:4]}/{image}"


def _to_disk(folder: Path, path: str) -> None:
    """Waits until a file and the folders above it are on the disk, which obstore leaves to chance.

    What is there already takes no time.
    """
    for one in (folder / path, *(folder / parent for parent in Path(path).parents)):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
