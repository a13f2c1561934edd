"""All known formats: the folder is the list; plug-ins come by entry point; each is loaded on use."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from postmortem_timeline.errors import FormatError
from postmortem_timeline.formats.declaration import load
from postmortem_timeline.formats.model import Format

HERE = Path(__file__).parent
ENTRY_POINTS = "postmortem_timeline.formats"
READ_AS = {
    "dissect": "lines", "jsonl": "JSON lines", "logfmt": "key=value", "delimited": "CSV", "code": "a document",
    "paragraphs": "records of several lines", "w3c": "lines under #Fields", "ltsv": "label:value",
}  # fmt: skip


class Registry:
    """Some declarative formats, and the chains that are looked up in them."""

    def __init__(self, formats: Iterable[Format]) -> None:
        self.by_name = {fmt.name: fmt for fmt in formats}
        self.formats = tuple(self.by_name[name] for name in sorted(self.by_name))
        self.chains: dict[str, tuple[Format, ...]] = {}

    def chain(self, name: str) -> tuple[Format, ...]:
        """The formats of a chain such as `cri>python_logging`, the innermost first."""
        if name not in self.chains:
            parts = reversed(name.split(">"))
            self.chains[name] = tuple(self.by_name[part] for part in parts if part in self.by_name)
        return self.chains[name]


# What one call reads by, in its threads and the processes that it forks, and in no other call.
_IN_FORCE: ContextVar[Registry | None] = ContextVar("_IN_FORCE", default=None)


@lru_cache(maxsize=1)
def bundled() -> Registry:
    """What this package holds, and what plug-ins do: an entry point names a module that has `*.toml` beside it."""
    from importlib.metadata import entry_points

    folders = [HERE]
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda p: p.name):
        module = point.load()
        folders.append(Path(module.__file__).parent)
    found: dict[str, Format] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        fmt = load(path)
        if fmt.name in found:
            raise FormatError(f'{path}: name "{fmt.name}" is taken by {found[fmt.name].path}; choose another')
        found[fmt.name] = fmt
    return Registry(found.values())


@contextmanager
def using(formats: Iterable[Format]) -> Iterator[None]:
    """While this is open, a user's own formats are known too; one named like a bundled one stands in its place."""
    own = {fmt.name: fmt for fmt in formats}
    token = _IN_FORCE.set(Registry((bundled().by_name | own).values())) if own else None
    try:
        yield
    finally:
        if token:
            _IN_FORCE.reset(token)


def known() -> Registry:
    """The formats that are in force here."""
    return _IN_FORCE.get() or bundled()


def declared() -> tuple[Format, ...]:
    """The declarative formats, by name."""
    return known().formats


@lru_cache(maxsize=1)
def exports() -> tuple[ModuleType, ...]:
    """The nested exports that need code, by name."""
    names = sorted(p.stem for p in (HERE / "exports").glob("*.py") if p.stem not in ("__init__", "context"))
    modules = [importlib.import_module(f"postmortem_timeline.formats.exports.{name}") for name in names]
    return tuple(m for m in modules if hasattr(m, "sniff"))


@dataclass(frozen=True)
class Export:
    """A nested export as the catalogue shows it."""

    name: str
    title: str
    group: str
    kind: str
    url: str
    samples: tuple[str, ...]
    engine: str = "code"


def all_formats() -> tuple[Format | Export, ...]:
    """Everything that can be read, declared or in code, by group and name."""
    found: list[Format | Export] = [*declared(), *(_export(module) for module in exports())]
    return tuple(sorted(found, key=lambda one: (one.group, one.name)))


def _export(module: ModuleType) -> Export:
    samples = sorted(path.name for path in (HERE / "exports").glob(f"{module.NAME}.*sample.*"))
    return Export(module.NAME, module.TITLE, module.GROUP, module.KIND, module.URL, tuple(samples))


def chain(name: str) -> tuple[Format, ...]:
    """The formats of a chain such as `cri>python_logging`, the innermost first."""
    return known().chain(name)


def service_of(name: str) -> str | None:
    """The service that a chain stands for (`postgresql`): of its innermost format that stands for one."""
    return next((f.service for f in chain(name) if f.service), None)


def tier_of(name: str) -> str | None:
    """The tier whose requests a chain logs."""
    return next((f.tier for f in chain(name) if f.tier), None)


def stamp_of(name: str) -> str:
    """Whether a chain's stamps mark the start or the end of a request; a wrapper stamps what is already over."""
    if ">" in name:
        return "end"
    return next((f.stamp for f in chain(name) if f.kind == "request"), "end")
