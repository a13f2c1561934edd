"""All known formats: the folder is the list; plug-ins come by entry point; each is loaded on use."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from postmortem_timeline.errors import FormatError
from postmortem_timeline.formats.declaration import load
from postmortem_timeline.formats.model import Format

HERE = Path(__file__).parent
ENTRY_POINTS = "postmortem_timeline.formats"


@lru_cache(maxsize=1)
def declared() -> tuple[Format, ...]:
    """The declarative formats, by name; a plug-in's entry point names a module that holds `*.toml` beside it."""
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
    return tuple(found[name] for name in sorted(found))


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
    return tuple(sorted(found, key=lambda known: (known.group, known.name)))


def _export(module: ModuleType) -> Export:
    samples = sorted(path.name for path in (HERE / "exports").glob(f"{module.NAME}.*sample.*"))
    return Export(module.NAME, module.TITLE, module.GROUP, module.KIND, module.URL, tuple(samples))


@lru_cache(maxsize=1024)
def chain(name: str) -> tuple[Format, ...]:
    """The formats of a chain such as `cri>python_logging`, the innermost first."""
    known = {f.name: f for f in declared()}
    return tuple(known[part] for part in reversed(name.split(">")) if part in known)


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
