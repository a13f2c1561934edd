"""Map over anything in order, with a bounded number in flight; knows nothing of logs."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_in_order(tasks: Iterable[Callable[[], T]], threads: int | None = None) -> Iterator[T]:
    """The results of `tasks`, in their order, whatever the number of threads.

    The tasks are drawn in the calling thread, at most two more than there are threads ahead of the results; context
    variables are for them what they are there.
    """
    workers = threads or cores()
    if workers == 1:
        for task in tasks:
            yield task()
        return
    pending: deque[Future[T]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for task in tasks:
                pending.append(pool.submit(copy_context().run, task))
                if len(pending) > workers + 1:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
