"""By what an incident is known again: alerts, masked error texts, services, trigger, words; and what mended it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from postmortem_timeline.archive.reports.layout import lines, plain
from postmortem_timeline.correlate.meeting_words import content
from postmortem_timeline.correlate.relation import words
from postmortem_timeline.postmortem import people

ERROR = 17  # OpenTelemetry severity numbers from here on are errors
SUSPECT = 0.4

ALERTED = re.compile(r"(?i)^(?:alert|alarm) (?P<name>[\w.:/-]+)")
PAGED = re.compile(r"(?i)\b(?:notified somebody|triggered|fires?|fired):? ?(?P<name>[A-Z]\w*[a-z][A-Z]\w+)")
HUMPS = re.compile(
    r"(?<![\w./@-])(?P<name>(?:[A-Z]+[a-z0-9]+){2,}[A-Z]*(?:-(?:Critical|Warning|High|Low|Major|Minor))?)(?![\w/@]|\.\w)"
)
NEAR_ALERT = re.compile(r"(?i)alert|alarm|paged|pager|fir(?:ed|ing|es)|trigger")
NAMED_ALERT = re.compile(
    r"(?P<name>[A-Z][\w]*(?:[-_][A-Z]\w+)+) (?:alert|alarm)\b|(?i:check|alert|alarm)\s+[\"“'`](?P<quoted>[^\"”'`\n]{4,60})[\"”'`]"
)
CODE = re.compile(r"`+(?P<code>[^`\n]{4,200})`+|“(?P<quote>[^”\n]{12,200})”")
FAULT = re.compile(
    r"(?i)error|exception|fail|refused|timed? ?out|timeout|denied|not (?:match|found|enough|"
    r"ready|allowed)|does not|cannot|unable|invalid|expired|insufficient|exhausted"
    r"|too many|killed|back-?off|evicted|no (?:space|free|healthy|such)|unavailable|x509|panic|\b5\d\d\b"
)
SAID = re.compile(r"^(?:new error in|burst in) (?P<service>[\w.-]+): (?P<text>.*?)(?: \(x[\d,]+\))?$")
OURS = re.compile(r"(?i)summary|timeline|action items")
MASKS = (
    (re.compile(r"https?://\S+"), "<*>"), (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b0x[0-9a-f]+\b|\b[0-9a-f]{12,}\b", re.I), "<*>"),
    (re.compile(r"(?<![\w])\d[\w.:/-]*|\b\S*\d{3,}\S*"), "<*>"), (re.compile(r"\s+"), " "),
)  # fmt: skip
CAUSE = re.compile(r"(?i)trigger|root cause|cause\b|årsag")
MENDS = re.compile(
    r"(?i)^(?:(?:the )?(?:resolution|fix|recovery|remediation|mitigation|solution|løsning)\b|"
    r"resolution and recovery|how .*(?:fixed|resolved))"
)


def signature(incident: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], text: str) -> dict[str, Any]:
    """alerts, errors, services, trigger and the fix of an incident, from its rows and its document."""
    imported = all(row.get("format") == "markdown_postmortem" for row in incident.get("ledger") or [{}])
    alerts, errors = _said(text) if imported else _measured(rows, _own(incident))
    services = [s["name"] for s in incident.get("services") or [] if (s.get("score") or 0) >= SUSPECT]
    likely = [c for c in incident.get("changes") or [] if (c.get("score") or 0) >= 0.5]
    changed = str(likely[0].get("summary") or "") if likely else None
    trigger = _section(text, CAUSE) if imported else changed
    return {"alerts": alerts[:20], "errors": errors[:20], "services": services[:6], "trigger": trigger or None,
            "fix": _mended(rows) if not imported else _section(text, MENDS) or None}  # fmt: skip


def _own(incident: Mapping[str, Any]) -> frozenset[str]:
    """What the marks and the suspects cite: an alert that none of them does fired at the same time, no more."""
    marks = [mark for mark in (incident.get("lifecycle") or {}).values() if isinstance(mark, Mapping)]
    told = [
        *marks,
        *(other for mark in marks for other in mark.get("alternatives") or ()),
        *(incident.get("services") or [])[:2],
    ]
    return frozenset(citation for one in told for citation in one.get("citations") or ())


def _measured(rows: Sequence[Mapping[str, Any]], own: frozenset[str]) -> tuple[list[str], list[str]]:
    alerts, errors = [], []
    cited = any(row.get("kind") == "alert" and own.intersection(row.get("citations") or ()) for row in rows)
    for row in rows:
        if cited and row.get("kind") == "alert" and not own.intersection(row.get("citations") or ()):
            continue
        text = str(row.get("summary") or "")
        near = row.get("phase") != "before"
        alert = (
            ALERTED.match(text)
            if row.get("kind") == "alert"
            else PAGED.search(text)
            if row.get("kind") == "page"
            else None
        )
        if alert and near:
            alerts.append(alert["name"])
        error = SAID.match(text)
        if error and near and (row.get("severity_number") or 0) >= ERROR:
            errors.append(mask(error["text"]))
    return list(dict.fromkeys(alerts)), list(dict.fromkeys(errors))


def _said(text: str) -> tuple[list[str], list[str]]:
    """Alerts and errors that a report quotes, its action items and references left out."""
    alerts, errors = [], []
    for line in lines(text):
        if re.search(r"(?i)action|lesson|reference|appendix|follow", line.under):
            continue
        flat = plain(line.text)
        alerts += [
            match["name"]
            for match in HUMPS.finditer(flat)
            if NEAR_ALERT.search(flat) and not people.is_bot(match["name"])
        ]
        alerts += [match["name"] or match["quoted"] for match in NAMED_ALERT.finditer(flat)]
        quoted = [line.text] if line.fenced else [m["code"] or m["quote"] for m in CODE.finditer(line.text)]
        errors += [
            mask(one)
            for one in quoted
            if (FAULT.search(one) or HUMPS.fullmatch(one.strip()))
            and not one.lstrip().startswith(("kubectl", "curl", "$", "git "))
        ]
    return list(dict.fromkeys(alerts)), [one for one in dict.fromkeys(errors) if len(one) > 6]


def mask(text: str) -> str:
    """An error text without what differs from one time to the next."""
    for regex, by in MASKS:
        text = regex.sub(by, text)
    return text.strip(" .,:;\"'")[:160]


def _mended(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """What was decided or done while it lasted: the change in the response, else the decision, else the action."""
    late = [row for row in rows if row.get("phase") in ("response", "mitigation", "recovery")]
    for want in (("change", None), (None, "decision"), (None, "action")):
        for row in late:
            if (want[0] and row.get("kind") == want[0]) or (want[1] and row.get("reason") == want[1]):
                return re.sub(r"^[\w -]{2,40}: (?=\w)|\bdecision: ", "", str(row.get("summary") or ""))[:240]
    return None


def _section(text: str, wanted: re.Pattern[str]) -> str:
    """The first sentences under a heading or label of that kind."""
    found: list[str] = []
    for line in lines(text):
        label = re.match(r"^[-*+]?\s*\*\*(?P<key>[^*]+?):?\*\*:?\s*(?P<rest>.*)$", line.text)
        if label and wanted.search(label["key"]) and label["rest"]:
            return plain(label["rest"])[:300]
        if line.above and wanted.search(line.above[-1]) and not line.table and not line.heading and not line.fenced:
            found.append(plain(re.sub(r"^[-*+]\s+|^\d+[.)]\s+", "", line.text)))
    return " ".join(found)[:300]


def vocabulary(title: str, summary: str, text: str, *, ours: bool = False) -> dict[str, tuple[int, str]]:
    """stem -> (how often, a word of it), of what a document says, its title three times; links and numbers left out.

    Of `ours` only the parts that speak of the incident: its other sections read alike in each.
    """
    found: dict[str, tuple[int, str]] = {}
    said_of_it = [
        plain(line.text) for line in lines(text) if not ours or (OURS.search(line.under) and not line.heading)
    ]
    body = re.sub(r"https?://\S+|\b\d[\d:.-]*\b|\[\^\w+\]", " ", "\n".join(said_of_it))
    said = Counter(word.lower() for word in words(body))
    for part, weight in ((title, 3), (summary, 1), (body, 0)):
        for stem, word in content(part).items():
            count, spelled = found.get(stem, (0, word))
            found[stem] = (count + (weight or min(said[word.lower()] or 1, 5)), min(spelled, word))
    return dict(sorted(found.items()))
