"""Map over tasks in forked processes, results in order; knows nothing of logs."""

from __future__ import annotations

import os
import struct
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, TypeVar, cast

T = TypeVar("T")
TICKET = struct.Struct("<H")  # the number of a task; tickets lie in a pipe, from which whoever is free takes the next
MOST_TASKS = 16_384  # that many tickets fit into a pipe at once


def can_fork() -> bool:
    """Whether this process may be forked: another thread could hold a lock that no child would ever see released."""
    return sys.platform == "linux" and threading.active_count() == 1


def run_forked(
    tasks: Sequence[Callable[[], T]], workers: int, meanwhile: Callable[[], object] | None = None
) -> Iterator[T]:
    """The results of `tasks`, in their order, computed by `workers` copies of this process; `meanwhile` is called here.

    Tasks need not be picklable, results must be. What a child that dies leaves undone is done here. An exception of a
    task is raised where its result would stand.
    """
    assert len(tasks) <= MOST_TASKS
    children = _children(tasks, workers)
    done: dict[int, tuple[bool, Any]] = {}
    try:
        if meanwhile is not None:
            meanwhile()
        for number, task in enumerate(tasks):
            while number not in done and children:
                _receive(children, done)
            good, result = done.pop(number) if number in done else (True, task())
            if not good:
                raise cast(BaseException, result)
            yield cast(T, result)
    finally:
        for connection, pid in children.items():
            _end(connection, pid)


def _children(tasks: Sequence[Callable[[], Any]], workers: int) -> dict[Connection, int]:
    """Forked processes at work: the end of the pipe on which each answers, and its number."""
    tickets, office = os.pipe()
    os.write(office, b"".join(TICKET.pack(number) for number in range(len(tasks))))
    os.close(office)
    children: dict[Connection, int] = {}
    for _ in range(min(workers, len(tasks))):
        answers, channel = Pipe(duplex=False)
        with warnings.catch_warnings():  # of threads of native libraries, which bring their own handlers for a fork
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            _work(tasks, tickets, channel)
        channel.close()
        children[answers] = pid
    os.close(tickets)
    return children


def _work(tasks: Sequence[Callable[[], Any]], tickets: int, channel: Connection) -> None:
    """The life of a child; it never returns, and runs nothing that its parent has to clean up."""
    status = 1
    try:
        while ticket := os.read(tickets, TICKET.size):
            number = TICKET.unpack(ticket)[0]
            try:
                answer = (number, True, tasks[number]())
            except Exception as error:
                answer = (number, False, error)
            channel.send(answer)
        status = 0
    except BaseException:  # the parent is gone, or was interrupted: there is nobody to tell
        pass
    finally:
        os._exit(status)


def _receive(children: dict[Connection, int], done: dict[int, tuple[bool, Any]]) -> None:
    """Wait for some answer; a child without further ones is let go."""
    for ready in wait(list(children)):
        connection = cast(Connection, ready)
        try:
            number, good, result = connection.recv()
            done[number] = (good, result)
        except (EOFError, OSError):
            _end(connection, children.pop(connection))


def _end(connection: Connection, pid: int) -> None:
    with closing(connection):
        pass
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == 0:
            os.kill(pid, 15)
            os.waitpid(pid, 0)
    except (ChildProcessError, ProcessLookupError):
        pass
