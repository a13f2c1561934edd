"""What a check reports: a code, a line, what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """A finding at a line of the Markdown (0: of the document as a whole)."""

    line: int
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}: {self.message}" + (f" ({self.hint})" if self.hint else "")


def listed(findings: Iterable[Finding]) -> str:
    """Findings for people: by kind, what is wrong first, how to mend it said once where it is the same for all."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    if not groups:
        return "Nothing is missing."
    total = sum(map(len, groups.values()))
    ordered = sorted(groups.items(), key=lambda group: (group[0] in WAITING, group[1][0].line))
    count = "1 finding" if total == 1 else f"{total} findings"
    return "\n\n".join([count, *("\n".join(_group(code, found)) for code, found in ordered)])


TITLES = {"blank": "to be filled", "action-owner": "no owner", "action-due": "no due date"}
WAITING = ("blank", "action-owner", "action-due")  # not wrong, only not written yet


def _group(code: str, found: list[Finding]) -> list[str]:
    hints = {finding.hint for finding in found}
    same = hints.pop() if len(hints) == 1 else ""
    lines = [f"{TITLES.get(code, code.replace('-', ' '))} ({len(found)})" + (f": {same}" if same else "")]
    for finding in found:
        place = f"line {finding.line}" if finding.line else "document"
        more = f"; {finding.hint}" if finding.hint and not same else ""
        lines.append(f"  {place:<9} {finding.message}{more}")
    return lines
