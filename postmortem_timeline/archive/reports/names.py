"""People in a report become roles: named in its facts and tables, mentioned by handle, or met by name in its prose."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.layout import Line, plain
from postmortem_timeline.postmortem import people

ROLES = (
    ("incident commander", re.compile(r"(?i)\b(?:incident commander|commander|incident (?:lead|manager|owner|command|coordinator)|"
        r"ic|command)\b")),
    ("on-call", re.compile(r"(?i)\b(?:on-?call|primary|first responder|vagt)\b")),
    ("responder", re.compile(
        r"(?i)\b(?:authors?|owners?|scribe|responders?|participants?|attendees?|attendance|reviewers?|"
        r"reviewed by|written by|prepared by|reporter|reported by|contributors?"
        r"|communications?(?: lead)?|tech(?:nical)? lead|lead|dri|assignee|who|team members|people(?: involved)?|"
        r"involved|drafted by|facilitator|forfatter|deltagere|ansvarlig|approved by|signed off by|"
        r"created by)\b")),
)  # fmt: skip
CAPITAL = r"[A-ZÆØÅÄÖÉ][a-zæøåäöéüß]+(?:['’-][A-Z][a-z]+)?"
FULL = re.compile(rf"^{CAPITAL}(?: (?:[A-Z]\.|[A-Z][a-z]?|de|van|von|al|bin|{CAPITAL}|Al-{CAPITAL}))*$")
WORD = re.compile(rf"(?<![\w@./#-])(?P<given>{CAPITAL})(?![\w@/]|-\w)")
REST = re.compile(rf"(?: (?:[A-Z]\.? )?(?:(?:Al|El|Mc|O['’])-?)?{CAPITAL}){{1,2}}(?![\w@/]|-\w)")
INITIAL = re.compile(
    rf"(?<![\w.])(?P<name>[A-Z]\.? {CAPITAL})(?= (?:assum|takes?\b|took\b|joins?\b|joined\b|"
    rf"reports?\b|reported\b|notic|starts?\b|started\b|confirm|investigat|restart|identif))"
)
INITIALS = re.compile(r"^[A-ZÆØÅ]{2,5}$")
GROUPS = re.compile(
    r"(?i)\b(?:team|squad|ops|engineering|platform|support|sre|dev|guild|department|management|group|service|data|backend|frontend|infra\w*|security|qa|qe|noc|soc|it|infosec|observability|reliability|all|tbd|none|n/a|network|cloud|product|dba?s?|customers?|users?)\b"
)
CALENDAR = (
    "January February March April May June July August September October November December "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
)
NOT_NAMES = frozenset(CALENDAR.split())


@cache
def given() -> frozenset[str]:
    text = tomllib.loads(Path(__file__).with_name("given_names.toml").read_text(encoding="utf-8"))["names"]
    return frozenset(text.split()) - people.WORDS - people.BOTS


def roles(text: str, found: Sequence[Fact], lines: Sequence[Line]) -> dict[str, str]:
    """name as written -> role, for everybody whom the report names."""
    stated: dict[str, str] = {}
    taken: dict[str, int] = {}
    for name, role in _met(text, found, lines):
        if people.key_of(name) in {people.key_of(known) for known in stated} or people.is_bot(name):
            continue
        partial = next((known for known in stated if name in known.split()), None)
        if partial:
            stated[name] = stated[partial]
            continue
        taken[role] = taken.get(role, 0) + 1
        stated[name] = f"{role} {taken[role]}" if role == "responder" or taken[role] > 1 else role
    who = people.identify([], [text], stated)
    return {name: role for name, role in who.items() if name != role and name.lower() not in people.WORDS}


def _met(text: str, found: Sequence[Fact], lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """(name, role), those with a role of their own first."""
    for role, regex in ROLES:
        for fact in found:
            if regex.search(fact.key) and len(fact.key.split()) <= 5:
                yield from ((name, role) for name in _listed(fact.value))
    for line in lines:
        for key, cell in zip(line.header, line.cells, strict=False):
            headed = next((role for role, regex in ROLES if regex.search(key)), None)
            yield from ((name, headed) for name in (_listed(cell) if headed else ()) if headed)
    for line in lines:
        flat = plain(line.text)
        for match in WORD.finditer(flat):
            if match["given"].lower() in given():
                family = REST.match(flat, match.end())
                rest = " ".join(word for word in family.group().split() if word not in NOT_NAMES) if family else ""
                yield (
                    f"{match['given']} {rest}".strip() if rest and len(rest.split()) <= 2 else match["given"],
                    "responder",
                )
        yield from ((match["name"], "responder") for match in INITIAL.finditer(line.text))


def _listed(value: str) -> Iterator[str]:
    """The names of a list of people; groups, blanks and sentences are none."""
    for part in re.split(r"[,;/&|+]|\band\b|\bog\b|<br>", plain(value)):
        name = re.sub(r"\([^)]*\)?|<[^>]*>|\[[^\]]*\]", "", part).strip(" @.:-*")
        if not name or len(name) > 40 or GROUPS.search(name) or people.is_group(name) or people.ROLE.match(name):
            continue
        if (
            (FULL.match(name) and len(name.split()) <= 4 and (len(name.split()) > 1 or name.lower() in given()))
            or INITIALS.match(name)
            or re.fullmatch(r"[a-z]+(?:[._-][a-z]+)+", name)
        ):
            yield name
