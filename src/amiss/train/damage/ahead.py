"""Prepares the next thing in another thread, while this one works on the last."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def ahead(things: Iterator[T]) -> Iterator[T]:
    """The same things in the same order, each begun when the one before it is handed out."""
    with ThreadPoolExecutor(1, thread_name_prefix="amiss-ahead") as pool:
        coming = pool.submit(next, things, _END)
        while (thing := coming.result()) is not _END:
            coming = pool.submit(next, things, _END)
            yield thing  # type: ignore[misc]  # not the end
