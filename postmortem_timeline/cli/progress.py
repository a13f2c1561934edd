"""A progress bar where somebody watches; nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[..., None]


@contextmanager
def progress_bar(label: str) -> Iterator[Progress | None]:
    """A callable `(done, total)` in bytes that draws on standard error, or None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr, show_pos=False) as bar:

        def advance(done: int, total: int | None = None, *_: object) -> None:
            bar.length = max(total or done, 1)
            bar.update(done - bar.pos)

        yield advance
