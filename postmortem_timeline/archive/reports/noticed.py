"""Who noticed: monitoring, an employee, a customer, somebody else; by the report's words on its detection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.layout import Line
from postmortem_timeline.archive.reports.meaning import Told
from postmortem_timeline.archive.reports.row_words import MACHINE
from postmortem_timeline.correlate.notice_marks import CUSTOMERS, OTHERS
from postmortem_timeline.correlate.relation import words

KEY = re.compile(
    r"(?i)^(?:(?:how )?(?:was (?:it|this) )?(?:detect(?:ed|ion)(?: (?:by|method|source))?|"
    r"identified|reported(?: by)?|discovered(?: by)?|noticed by)|detection|opdaget af)\W*$"
)
DANISH = frozenset(("bruger", "brugere", "brugerne", "kunde", "kunder", "kunderne"))
UNDER = re.compile(r"(?i)(?:^|/ )(?:detection|how (?:was|did).*(?:detect|notic|discover)\w*|identified)")
EMPLOYEE = re.compile(
    r"(?i)\b(?:team(?: member)?s?|engineers?|developers?|colleague|employee|internal|staff|"
    r"we|on-?call|responder|manual(?:ly)?|inspection)\b"
)


def noticed_by(found: Sequence[Fact], walked: Sequence[Line], told: Sequence[Told], detected: Mapping[str, Any]) -> str:
    """The row of the detection says it best; else what the report says of detection."""
    cited = {int(citation.rpartition(":")[2]) for citation in detected["citations"]}
    texts = [one.row.text for one in told if one.row.line in cited]
    texts += [fact.value for fact in found if KEY.match(fact.key)]
    texts += [line.text for line in walked if UNDER.search(line.under) and not line.heading][:4]
    return next((by for text in texts if (by := _by(text)) != "unknown"), "unknown")


def _by(text: str) -> str:
    machine, about = MACHINE.search(text), set(words(text))
    people = about & (CUSTOMERS | DANISH)
    first = min((text.lower().find(word) for word in people), default=len(text))
    if machine and machine.start() <= first:
        return "monitoring"
    if people:
        return "customer"
    if about & OTHERS:
        return "third_party"
    return "employee" if EMPLOYEE.search(text) else "unknown"
