"""Files and folders to check: read, checked by their kind, settings applied, told in the form that was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from postmortem_timeline.errors import NothingReadable
from postmortem_timeline.postmortem.check_settings import settings_for, with_more
from postmortem_timeline.postmortem.checklist import check_document, check_markdown
from postmortem_timeline.postmortem.findings import Finding, as_github, as_json, listed

OURS = "postmortem.md"


def checked(
    targets: Sequence[str], config: str | None = None, ignore: Sequence[str] = (), warn: Sequence[str] = ()
) -> dict[str, list[Finding]]:
    """The findings of each target that count, by file."""
    return {str(path): _one(path, config, ignore, warn) for path in map(_file, targets)}


def told(found: Mapping[str, Sequence[Finding]], form: str = "text") -> str:
    if form == "json":
        return as_json(found)
    if form == "github":
        return as_github(found)
    if len(found) == 1:
        return listed(next(iter(found.values())))
    return "\n\n".join(f"{path}: {listed(findings)}" for path, findings in found.items())


def _file(target: str) -> Path:
    return Path(target) / OURS if Path(target).is_dir() else Path(target)


def _one(path: Path, config: str | None, ignore: Sequence[str], warn: Sequence[str]) -> list[Finding]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NothingReadable(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    beside = path.with_name("incident.json")
    if path.name == OURS and beside.is_file():  # what we wrote, whether the folder or the file was named
        findings = check_document(json.loads(beside.read_text(encoding="utf-8")), text)
    else:
        findings = check_markdown(text)
    settings = with_more(settings_for(path, Path(config) if config else None), ignore, warn)
    return settings.applied(findings, text, path.as_posix())
