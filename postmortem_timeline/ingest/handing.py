"""What a forked process may hand back: a first look at a source, in which formats and modules stand by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from importlib import import_module
from multiprocessing.reduction import ForkingPickler
from types import ModuleType
from typing import Any

from postmortem_timeline.forking import run_forked
from postmortem_timeline.formats import registry
from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest.survey import Surveyed

GROUP = 16  # looks that are handed back at once


def looked(looks: Sequence[Callable[[], Surveyed]], workers: int) -> Iterator[Surveyed]:
    """The results of `looks`, in order, computed in forked processes."""
    groups = [looks[start : start + GROUP] for start in range(0, len(looks), GROUP)]
    tasks = [lambda group=group: [look() for look in group] for group in groups]
    for found in run_forked(tasks, workers):
        yield from found


def _format(fmt: Format) -> tuple[Any, ...]:
    """A known format by its name, which is the same object on the other side; one made for a source by what it says."""
    if registry.known().by_name.get(fmt.name) is fmt:
        return _named, (fmt.name,)
    return _made, ({field.name: getattr(fmt, field.name) for field in fields(fmt)},)


def _named(name: str) -> Format:
    return registry.known().by_name[name]


def _made(said: dict[str, Any]) -> Format:
    return Format(**said)


ForkingPickler.register(Format, _format)
ForkingPickler.register(ModuleType, lambda module: (import_module, (module.__name__,)))
