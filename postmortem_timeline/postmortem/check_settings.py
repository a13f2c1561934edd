"""Which findings count: codes left out or only warned of, by `pmt.toml`, `pyproject.toml` or a comment in the text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from postmortem_timeline.errors import UsageError
from postmortem_timeline.postmortem.findings import Finding

# Every code, and what it finds; docs/check.md says how each is mended.
CODES = {
    "action-due": "an action item without a due date",
    "action-owner": "an action item without an owner",
    "action-verb": "an action item that says no deed",
    "blame": "wording that blames",
    "blank": "a blank that waits for people",
    "date-far": "a date far from the others, most likely a typing error of year or month",
    "date-outside": "a date far from the others that no such error explains",
    "duration": "a stated duration that differs from the times beside it",
    "duration-basis": "durations of one document that count from different moments",
    "empty-section": "a heading with nothing beneath it",
    "hour-shift": "two lists of the same events that are whole hours apart",
    "number": "a time or share that differs from incident.json",
    "order": "milestones in an order that cannot be",
    "placeholder": "a placeholder where a value should stand",
    "section-missing": "a section that a postmortem of ours has, and this one has not",
    "time-spelling": "a time that is spelt so that nobody can read it safely",
    "unsorted": "a row of a timeline that is earlier than the row before it",
}
KEYS = ("ignore", "warn", "per-file-ignores")
COMMENT = re.compile(r"<!--\s*pmt check: ignore(?P<codes>(?:[ ,]+[a-z-]+)*)\s*-->")


@dataclass(frozen=True)
class Settings:
    """Codes to leave out, codes that only warn, and codes to leave out in files that match a pattern."""

    ignore: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()
    per_file: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def applied(self, findings: Iterable[Finding], text: str, path: str = "") -> list[Finding]:
        """The findings that count, each with its severity; `<!-- pmt check: ignore CODE -->` speaks for its line and the next."""
        left_out = {*self.ignore, *(code for glob, codes in self.per_file if fnmatch(path, glob) for code in codes)}
        spared = _spared(text)
        return [
            replace(one, severity="warning") if one.code in self.warn else one
            for one in findings
            if one.code not in left_out and not {one.code, "*"} & spared.get(one.line, set())
        ]


def settings_for(path: Path, given: Path | None = None) -> Settings:
    """Of `given`, else of the nearest `pmt.toml` (table `check`) or `pyproject.toml` (`tool.pmt.check`) above a document."""
    if given is not None:
        return _read(given)
    for folder in path.resolve().parents if not path.is_dir() else (path.resolve(), *path.resolve().parents):
        for name in ("pmt.toml", "pyproject.toml"):
            if (folder / name).is_file() and (found := _table(folder / name)) is not None:
                return _settings(found, folder / name)
        if (folder / ".git").exists():
            break
    return Settings()


def with_more(settings: Settings, ignore: Sequence[str], warn: Sequence[str]) -> Settings:
    """The settings and what the command line adds to them."""
    _known([*ignore, *warn], "the command line")
    return replace(settings, ignore=(*settings.ignore, *ignore), warn=(*settings.warn, *warn))


def _read(path: Path) -> Settings:
    found = _table(path)
    if found is None:
        raise UsageError(f"{path} has no table [check] (in pyproject.toml: [tool.pmt.check])")
    return _settings(found, path)


def _table(path: Path) -> Mapping[str, Any] | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    found = data.get("tool", {}).get("pmt", {}).get("check") if path.name == "pyproject.toml" else data.get("check")
    return found if isinstance(found, Mapping) else None


def _settings(table: Mapping[str, Any], path: Path) -> Settings:
    for key in table:
        if key not in KEYS:
            raise UsageError(f'{path}: unknown key "{key}" of check; known are {", ".join(KEYS)}')
    per_file = {glob: tuple(codes) for glob, codes in (table.get("per-file-ignores") or {}).items()}
    ignore, warn = tuple(table.get("ignore") or ()), tuple(table.get("warn") or ())
    _known([*ignore, *warn, *(code for codes in per_file.values() for code in codes)], str(path))
    return Settings(ignore, warn, tuple(per_file.items()))


def _known(codes: Iterable[str], where: str) -> None:
    for code in codes:
        if code not in CODES:
            close = get_close_matches(code, CODES, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(CODES)}"
            raise UsageError(f'{where}: there is no code "{code}"; {hint}')


def _spared(text: str) -> dict[int, set[str]]:
    spared: dict[int, set[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for match in COMMENT.finditer(line):
            codes = set(re.findall(r"[a-z-]+", match["codes"])) or {"*"}
            for at in (number, number + 1):
                spared.setdefault(at, set()).update(codes)
    return spared
