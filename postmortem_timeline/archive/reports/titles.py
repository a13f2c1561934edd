"""What a report is about and when: its title, its day, its severity, its services, its file's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from postmortem_timeline.archive.reports import dates
from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.layout import Line, plain

DAY = re.compile(
    r"(?i)^(?:incident |outage |event )?(?:date|dato|day|datetime|date ?(?:/|and|&|of)? ?(?:time|"
    r"incident|outage)?.*|when|occurred|start.*|incident[_ ]date|time|period|created|date of .*)$"
)
OTHER_DAY = re.compile(r"(?i)review|post-?mortem|publish|written|report(?:ed)? (?:date|on)|updated|due|meeting")
SEVERITY = re.compile(r"(?i)^(?:incident )?(?:severity|sev|priority|impact level|criticality|alvorlighed)(?: level)?$")
LEVEL = re.compile(r"(?i)\b(?:sev(?:erity)?[-\u2010\u2011 ]?\d|s[0-5]|p[0-5]|critical|major|minor|high|medium|low)\b")
SERVICE = re.compile(
    r"(?i)^(?:(?:affected|impacted|involved) )?(?:services?|systems?|components?|applications?|"
    r"products?|platforms?|areas?|tjenester?)(?:\(s\))?(?: (?:affected|impacted|involved))?$"
)
TITLE = re.compile(
    r"(?i)^\W*(?:(?:blameless )?(?:post-?mortem|incident|outage|rca|root cause analysis|pir|"
    r"postincident)(?: (?:report|review|analysis|summary|post-?mortem))*(?: on| of| for)?\W+)+"
)
SECTION = re.compile(
    r"(?i)^(?:[\d.]+\s+)?(?:(?:executive|issue|incident|event) )?(?:summary|overview|details|description|timeline\b.*|"
    r"impact|background|resumo|resumen|zusammenfassung|resum\w*|tl;?dr|metadata|meta|introduction|date|status|authors?|"
    r"table of contents|root causes?|trigger|detection|(?:outage )?duration\b.*|(?:root cause|impact|summary):.*)$"
)
OPENS = re.compile(  # of a document without headings
    r"(?i)^\W*(?:(?:\w+ ){0,2}(?:post-?mortem|incident report)|incident|outage|rca|root cause analysis)\b(?!.*(?:https?:|[.!] \w)).{5,90}$"
)
GENERIC = re.compile(r"(?i)^(?:post-?mortem|incident(?: report| review| postmortem)?|title|summary|overview|report)s?$")


def title(found: Sequence[Fact], lines: Sequence[Line], name: str) -> str:
    """The first heading that is no section's; else the front matter's title; else the line that opens; else the file's name."""
    first = [line.text for line in lines if line.heading == 1][:2]
    second = [line.text for line in lines if line.heading == 2][:1]
    stated = [
        fact.value for fact in found if fact.key.lower() in ("title", "incident title", "titel", "name") and fact.value
    ]
    opens = [line.text for line in lines[:3] if not line.heading and not line.table and OPENS.search(line.text)]
    for one in [*first, *stated, *second, *opens]:
        text = plain(one).strip(" :#*")
        if len(text) > 4 and not GENERIC.match(text) and not SECTION.match(text):
            return text[:160]
    return re.sub(r"[-_]+", " ", re.sub(r"\.\w+$", "", name.rpartition("/")[2])).strip() or name


def bare(name: str) -> str:
    """A title without "Incident on 2023-11-01 -": what it is about."""
    found = dates.find(name)
    text = name[: found[1]] + name[found[2] :] if found else name
    return TITLE.sub("", text).strip(" -–—:,.") or name


def day(found: Sequence[Fact], lines: Sequence[Line], name: str, first: bool) -> date | None:
    """The day of the incident: of its title, its date fact, its file's name, or the one that its text names most."""
    headings = [line.text for line in lines if line.heading == 1][:1] + [
        f.value for f in found if f.key.lower() == "title"
    ][:1]
    stated = [fact.value for fact in found if DAY.match(fact.key) and not OTHER_DAY.search(fact.key)]
    for text in [*headings, *stated, name.rpartition("/")[2]]:
        at = dates.find(text, first=first)
        if at:
            return at[0]
    said = [at[0] for line in lines if (at := dates.find(line.text, first=first))]
    return dates.common(said[:60])


def severity(found: Sequence[Fact]) -> str | None:
    for fact in found:
        levels = LEVEL.findall(fact.value) if SEVERITY.match(fact.key) else []
        if len({level.lower() for level in levels}) == 1 or (levels and not re.search(r"[/|]", fact.value)):
            return levels[0].upper().replace("\u2011", "-").replace("\u2010", "-")
    return None


def services(found: Sequence[Fact], heading: str) -> list[tuple[str, int, float]]:
    """(name, line, score): those that a fact lists; else what the title names (line 0)."""
    listed: dict[str, tuple[str, int, float]] = {}
    for fact in found:
        if SERVICE.match(fact.key.strip()) and len(fact.value) < 200:
            for part in re.split(r"[,;/&\[\]]|\band\b", fact.value):
                name = re.sub(r"\([^)]*\)|[\"'`]", "", part).strip(" .:-")
                if 1 < len(name) < 50 and len(name.split()) <= 5:
                    listed.setdefault(name.lower(), (name, fact.line, 0.8))
    return list(listed.values())[:8] or [(name, 0, 0.4) for name in named(heading)]


def named(heading: str) -> list[str]:
    """Proper names of a title: words with a capital that do not begin it, joined by hyphens, or of capitals alone."""
    text = bare(heading)
    words = re.findall(r"[A-Za-z]{4,}", text)
    cased = (
        sum(word[0].isupper() for word in words) * 2 > len(words) > 2
    )  # "Feature Flags Service Outage": capitals name nothing
    found = []
    for place, match in enumerate(re.finditer(r"[A-Za-z][\w./-]*\w", text)):
        word = match.group()
        technical = "-" in word or re.search(r"[a-z][A-Z]|\d", word) or (word.isupper() and 2 < len(word) < 9)
        if (technical or (place and word[0].isupper() and not cased)) and word.lower() not in PLAIN and len(word) > 2:
            found.append(word)
    return list(dict.fromkeys(found))[:6]


ORDINARY = (
    "down up outage incident issue issues live all some several the and due lack slow multiple public failure degraded "
    "production service services intermittent any unable user users new downtime not no of on in by performance january "
    "february march april may june july august september october november december"
)
PLAIN = frozenset(ORDINARY.split())
