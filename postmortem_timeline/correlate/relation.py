"""Which alerts and pages belong to the incident: by service, words, who was woken, time; never by time alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
LEAD = 15 * MINUTE  # an alert may see it coming (a slow burn); earlier ones belong to something else
TAIL = 5 * MINUTE  # evaluation delay: an alert on a short outage may fire just after its end
ENOUGH = 5.0
MARGIN = 6.0  # how far under the clearest alert another may lie and still belong
CLEAR = 7.5  # beyond this it belongs however clear another is

# Words in which an alert speaks of harm, not of a resource that may run out one day.
SYMPTOMS = frozenset(
    (
        "error", "errors", "errorrate", "5xx", "500", "502", "503", "504", "4xx", "latency", "slow", "down",
        "unavailable", "unreachable", "failure", "failures", "failing", "failed", "availability", "burn", "burnrate",
        "slo", "success", "timeout", "timeouts", "refused", "outage", "saturated", "exhausted", "login", "logins",
        "traffic", "absent", "crash", "crashloop", "crashlooping", "restarts", "unhealthy", "expired", "rejected",
    )
)  # fmt: skip
GENERIC = frozenset(
    (
        "service", "services", "svc", "server", "api", "app", "prod", "production", "deployment", "backend", "cluster",
        "the", "main",
    )
)  # fmt: skip
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z][A-Z])(?=[A-Z][a-z])")
WORD = re.compile(r"[a-z0-9]{2,}")
STOP = frozenset(
    (
        "the", "a", "an", "of", "to", "in", "on", "at", "is", "are", "for", "with", "and", "or", "not", "by", "from",
        "was", "were", "be", "no", "http", "get", "post", "none", "null",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """What is known of the incident before any alert is looked at; times in ns."""

    start: int
    end: int
    services: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    open_start: bool = False  # the exports begin inside it: it began earlier, nobody knows when


@dataclass(frozen=True)
class Signal:
    """An alert's firing or a page's life, reduced to what relates it to an incident."""

    start: int
    end: int | None
    service: str | None
    host: str | None
    text: str
    severity: int
    paged: bool
    generic_service: bool = False  # a pager's "Shop production" says nothing about which service fails


def words(text: str) -> list[str]:
    """The lower-case words of a text; CamelCase and dotted names fall into their parts."""
    return list(_words(text))


# Many stages ask for the words of one text.
@lru_cache(maxsize=1 << 15)
def _words(text: str) -> tuple[str, ...]:
    split = HUMP.sub(" ", text).lower()
    return tuple(word for word in WORD.findall(split) if word not in STOP)


def same_service(one: str | None, other: str | None) -> bool:
    """`auth`, `auth-service` and `Auth API` are one service; `auth` and `oauth` are not."""
    if not (isinstance(one, str) and isinstance(other, str) and one and other):  # a frame's null is no name
        return False
    return one.lower() == other.lower() or _telling(one) == _telling(other) != ()


@lru_cache(maxsize=1 << 12)
def _telling(service: str) -> tuple[str, ...]:
    return tuple(word for word in words(service) if word not in GENERIC)


def names_service(text: Iterable[str], service: str) -> bool:
    """Whether all telling words of the service's name are among the words of a text."""
    telling = _telling(service)
    return bool(telling) and set(telling) <= (text if isinstance(text, (set, frozenset)) else set(text))


def relation(signal: Signal, scope: Scope) -> tuple[float, list[str]]:
    """How strongly a signal belongs to the incident, and why; ENOUGH and more is a candidate.

    Each line below is one reason with its weight. An explicit label of the failing service weighs most; a page that
    woke somebody, a critical severity and a start inside the windows come next; the host alone hardly counts, since
    every alert of a host carries it; a label that names a service that works counts against.
    """
    said, score, why = words(signal.text), 0.0, []
    labelled = any(same_service(signal.service, service) for service in scope.services)
    named = any(names_service(said, service) for service in scope.services)
    if labelled or named:
        score += 4.0 if labelled else 3.0
        why.append("it is of the failing service" if labelled else "it names the failing service")
    elif any(same_service(signal.host, service) for service in scope.services):
        score += 1.0
        why.append("it is of the failing host")
    elif signal.service and scope.services and not signal.generic_service:
        score -= 2.0
    if signal.paged:
        score += 3.0
        why.append("it paged someone")
    score += _of_severity(signal, why) + _of_words(said, scope, why)
    when = _of_time(signal, scope, labelled or named, why)
    return (score + when, why) if when is not None else (-1.0, ["it is of another time"])


def _of_severity(signal: Signal, why: list[str]) -> float:
    if signal.severity >= 17:
        why.append("it is critical")
        return 2.0
    return 0.0


def _of_words(said: Sequence[str], scope: Scope, why: list[str]) -> float:
    score = 0.0
    if SYMPTOMS & set(said):
        score += 2.0
        why.append("it speaks of failing")
    if len((scope.words - SYMPTOMS) & set(said)) >= 2:
        score += 2.0
        why.append("it has words of the error")
    return score


def _of_time(signal: Signal, scope: Scope, ours: bool, why: list[str]) -> float | None:
    """None where the time forbids it; a start before the harm needs the failing service, and to last into the harm."""
    if scope.start <= signal.start <= scope.end:
        why.append("it began during the impact")
        return 2.0
    if scope.end < signal.start <= scope.end + TAIL:
        return 1.0
    lead = scope.start - signal.start
    lasts = signal.end is not None and signal.end >= scope.start
    if 0 < lead <= LEAD and ours and (signal.end is None or lasts):
        why.append("it began just before the impact and lasted into it")
        return 1.0
    if lead > LEAD and ours and lasts and scope.open_start:
        why.append("it lasted into the impact, of which the exports miss the beginning")
        return 1.0
    return None


def belonging(signals: Sequence[Signal], scope: Scope) -> list[tuple[int, float, list[str]]]:
    """The positions of the signals that belong, with score and reasons; far weaker ones than the clearest do not."""
    scored = [(place, *relation(signal, scope)) for place, signal in enumerate(signals)]
    best = max((score for _, score, _ in scored), default=0.0)
    return [(place, score, why) for place, score, why in scored if score >= max(ENOUGH, min(best - MARGIN, CLEAR))]
