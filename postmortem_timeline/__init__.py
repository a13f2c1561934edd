"""A folder of exports from an incident becomes a timeline, its measured impact and a postmortem.

The face is lazy: importing this loads nothing heavy, a name is fetched from its module when it is first asked for.
"""

# ruff: noqa: F401  the names of `__all__` come by `__getattr__`
# No `from __future__ import annotations` here: its name would hide our module `annotations`.
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what `__getattr__` gives, for tools that do not run us
    from postmortem_timeline._version import __version__
    from postmortem_timeline.api import build_timeline, inspect, patterns, read, report, show
    from postmortem_timeline.archive.folder import Archive
    from postmortem_timeline.timeline import Timeline

    from . import errors

_HOME = {  # public name -> the module it lives in; a module itself is its own home
    "Archive": "archive.folder",
    "Timeline": "timeline",
    "__version__": "_version",
    "build_timeline": "api",
    "errors": "errors",
    "inspect": "api",
    "patterns": "api",
    "read": "api",
    "report": "api",
    "show": "api",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    value = module if name == _HOME[name] else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
