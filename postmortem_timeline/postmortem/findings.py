"""What a check reports: a code, a line, what is wrong and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """A finding at a line of the Markdown (0: of the document as a whole)."""

    line: int
    code: str
    message: str
    hint: str = ""
    severity: str = "error"  # or "warning", which fails no check

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}: {self.message}" + (f" ({self.hint})" if self.hint else "")


TITLES = {"blank": "to be filled", "action-owner": "no owner", "action-due": "no due date"}
WAITING = ("blank", "action-owner", "action-due")  # not wrong, only not written yet


def listed(findings: Iterable[Finding]) -> str:
    """Findings for people: by kind, what is wrong first, how to mend it said once where it is the same for all."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.severity), []).append(finding)
    if not groups:
        return "Nothing is missing."
    total = sum(map(len, groups.values()))
    ordered = sorted(groups.items(), key=lambda g: (g[0][1] != "error", g[0][0] in WAITING, g[1][0].line))
    count = "1 finding" if total == 1 else f"{total} findings"
    return "\n\n".join([count, *("\n".join(_group(*kind, found)) for kind, found in ordered)])


def as_json(found: Mapping[str, Sequence[Finding]]) -> str:
    """One object a finding, in the order of files and lines."""
    rows = [
        {"file": path, "line": one.line, "code": one.code, "severity": one.severity, "message": one.message, "hint": one.hint}
        for path, findings in found.items()
        for one in findings
    ]  # fmt: skip
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_github(found: Mapping[str, Sequence[Finding]]) -> str:
    """Workflow commands, which GitHub Actions shows at the line: `::error file=...,line=...,title=...::message`."""
    return "\n".join(_annotation(path, one) for path, findings in found.items() for one in findings)


def _annotation(path: str, one: Finding) -> str:
    place = f"file={_escaped(path, True)},line={max(one.line, 1)},title={_escaped(f'pmt check: {one.code}', True)}"
    return f"::{one.severity} {place}::{_escaped(one.message + (f'; {one.hint}' if one.hint else ''))}"


def _escaped(text: str, value: bool = False) -> str:
    """As the workflow commands ask for it: a line break would end the command, a comma or colon a value of it."""
    for char in "%\r\n" + (":," if value else ""):
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def _group(code: str, severity: str, found: list[Finding]) -> list[str]:
    hints = {finding.hint for finding in found}
    same = hints.pop() if len(hints) == 1 else ""
    only = "" if severity == "error" else f", {severity}"
    lines = [f"{TITLES.get(code, code.replace('-', ' '))} ({len(found)}{only})" + (f": {same}" if same else "")]
    for finding in found:
        place = f"line {finding.line}" if finding.line else "document"
        more = f"; {finding.hint}" if finding.hint and not same else ""
        lines.append(f"  {place:<9} {finding.message}{more}")
    return lines
