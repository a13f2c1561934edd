"""The suites: each is a module of this package with `NAME` and `run(fast) -> Result`; nothing else lists them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from .result import Result


def _names() -> tuple[str, ...]:
    """The modules that define a suite, by their text, so that listing them imports nothing."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    return tuple(path.stem for path in modules if "\nNAME = " in path.read_text(encoding="utf-8"))


SUITES = _names()


def run(name: str, fast: bool) -> Result:
    """The outcome of one suite."""
    found: Result = import_module(f"{__package__}.{name}").run(fast)
    return found
