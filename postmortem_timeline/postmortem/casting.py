"""Roles by what people did: who took command, who took the page, who helped, who only changed something before."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# The environment variable with the archive's key.
KEY = "PMT_ROLES_KEY"

NUMBER = r"(?: (?:\d+|[0-9a-f]{6}))?"
SERVICE = r"(?:, (?!by\b|due\b|before\b|until\b)[a-z][\w.-]*)?"
ROLES = rf"(?:(?:incident commander|responder|engineer){NUMBER}|on-call{SERVICE}{NUMBER})(?!\w)"

# What we made of people once stays as it is when a saved timeline is told again.
ROLE = re.compile(rf"(?i)^{ROLES}$")


@dataclass
class Person:
    """One person: every way in which the evidence names them, what they did, and for which services they were paged."""

    key: str
    names: list[str] = field(default_factory=list)
    did: list[str] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    role: str = ""

    def saw(self, name: str, deed: str, service: str = "") -> None:
        if name not in self.names:
            self.names.append(name)
        self.did.append(deed)
        if service and service not in self.served:
            self.served.append(service)


def cast(people: Iterable[Person], key: bytes | None = None) -> None:
    """Give everybody without a stated role one; with a `key` it ends in a code that is theirs in every document."""
    cast_now = [person for person in people if not person.role]
    on_call = [person for person in cast_now if _role(person) == "on-call"]
    apart = len({tuple(person.served[:1]) for person in on_call}) == len(on_call) > 1
    taken: dict[str, int] = {}
    for person in cast_now:
        role = _role(person)
        if role == "on-call" and apart and person.served:
            role = f"on-call, {person.served[0]}"
        taken[role] = taken.get(role, 0) + 1
        always = role in ("responder", "engineer")
        number = f" {taken[role]}" if always or taken[role] > 1 else ""
        person.role = f"{role} {code_of(person, key)}" if key else role + number


def code_of(person: Person, key: bytes) -> str:
    """HMAC-SHA256 of the fullest name, six letters of it: nobody without the key can tell who it is, or test a guess."""
    return hmac.new(key, person.key.encode(), "sha256").hexdigest()[:6]


def archive_key(environment: Mapping[str, str]) -> bytes | None:
    return environment.get(KEY, "").encode() or None


def _role(person: Person) -> str:
    if "command" in person.did:
        return "incident commander"
    if "acknowledge" in person.did:
        return "on-call"
    return "engineer" if set(person.did) <= {"change", "mail", "record"} else "responder"
