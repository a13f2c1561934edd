"""Which service a commit changes: by its files, else as its subject begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

SUBJECT = re.compile(r'(?:Revert "|fixup! |squash! )*(?:([\w.-]+)\(([\w./-]+)\)|([\w./-]+))!?: ')
PLACE = re.compile(r"(?:^|/)(?:services?|apps?|cmd|packages|components|modules|src/services)/([\w.-]+)/")
# First words of subjects that say what kind of change it is (https://www.conventionalcommits.org), not of what.
KINDS_OF_CHANGE = {
    "feat",
    "feature",
    "fix",
    "bugfix",
    "hotfix",
    "docs",
    "doc",
    "style",
    "refactor",
    "perf",
    "test",
    "tests",
    "build",
    "ci",
    "cd",
    "chore",
    "revert",
    "release",
    "merge",
    "wip",
    "config",
    "conf",
    "deps",
    "dep",
    "infra",
    "ops",
    "security",
    "cleanup",
    "all",
}


def changed_service(message: str, paths: Sequence[str] = ()) -> str | None:
    """The one service whose files changed; else the subject's scope or first word, unless that is a kind of change."""
    services = {match[1] for path in paths if (match := PLACE.search(path))}
    if len(services) == 1:
        return services.pop()
    subject = SUBJECT.match(message)
    words = [word for word in subject.groups() if word] if subject else []
    named = [word for word in words if word.lower() not in KINDS_OF_CHANGE]
    return named[-1] if named else None
