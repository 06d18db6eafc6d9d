"""A second thread for small work, while this one does the large.

The encoder leaves cores idle at the end of every layer, and so does a product of matrices on one
thread. What does not need their result is computed aside meanwhile.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

from amiss.vision.engine.threads import default_threads

P = ParamSpec("P")
R = TypeVar("R")


def aside(call: Callable[P, R], *args: P.args, **options: P.kwargs) -> Future[R]:
    """Start a call in another thread; `.result()` waits for it and raises what it raised.

    The call must not wait for another one aside: there are only so many threads.
    """
    return _threads().submit(call, *args, **options)


@cache
def _threads() -> ThreadPoolExecutor:
    """One per core: idle ones cost nothing, and several inspections may run at once."""
    return ThreadPoolExecutor(default_threads(), thread_name_prefix="amiss-aside")


# A child process inherits no threads, so it makes its own.
os.register_at_fork(after_in_child=_threads.cache_clear)
