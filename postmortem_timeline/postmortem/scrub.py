"""Everything that a document will show, made safe first: control characters out, people to roles, secrets redacted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postmortem_timeline.postmortem import people
from postmortem_timeline.redact import clean, redact

# Places and times are addresses of evidence: `pmt show` must find them again, so only control characters go.
ADDRESSES = frozenset(
    ("citations", "source", "at", "start", "end", "first", "last", "windows", "schema_version", "format", "inputs",
     "hidden", "citation")
)


def scrub(value: Any, roles: Mapping[str, str], *, key: str = "", secrets: bool = False) -> Any:
    """A copy of plain data in which every text is fit to leave; `secrets` leaves them in."""
    if isinstance(value, str):
        return clean(value) if key in ADDRESSES else fit_to_leave(value, roles, secrets=secrets)
    if isinstance(value, Mapping):
        return {
            name: scrub(item, roles, key=key if key in ADDRESSES else str(name), secrets=secrets)
            for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [scrub(item, roles, key=key, secrets=secrets) for item in value]
    return value


def fit_to_leave(text: str, roles: Mapping[str, str], *, secrets: bool = False) -> str:
    """Names go before addresses are redacted, so that a known person's mail address becomes the role."""
    told = people.disguise(clean(text), roles)
    return told if secrets else redact(told)
