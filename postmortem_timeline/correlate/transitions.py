"""What a machine's record says that something did (opened, closed, was acknowledged, ...) and to which alert."""

from __future__ import annotations

import re

from postmortem_timeline.correlate.records import BOT_NAMES, Record

# Labels that name who watched, not what is watched: two replicas of a monitor tell of one alert.
PROVENANCE = frozenset(
    (
        "prometheus", "prometheus_replica", "replica", "receiver", "__name__", "alertstate", "monitor",
        "cluster_replica", "generatorurl", "prometheus_cluster", "ruler", "tenant_replica", "thanos_replica",
    )
)  # fmt: skip
OPEN, CLOSE, ACK, NOTIFY, ESCALATE, CHANGE = "open", "close", "acknowledge", "notify", "escalate", "change"
BY_HAND = "close:person"
ACTIONS = {
    "alert": {"firing": OPEN, "resolved": CLOSE, "acknowledged": ACK, "triggered": OPEN, "escalated": ESCALATE},
    "page": {"triggered": OPEN, "notified": NOTIFY, "acknowledged": ACK, "escalated": ESCALATE, "assigned": ESCALATE},
    "ticket": {"opened": OPEN, "created": OPEN, "closed": CLOSE, "resolved": CLOSE},
}  # fmt: skip

# What bots write, first match wins; `by <person>` tells a person's act from a monitor's.
POSTS = (
    (ACK, re.compile(r"\backnowledged\b|\back'?ed\b", re.IGNORECASE)),
    (ESCALATE, re.compile(r"\bescalat(?:ed|ing)\b", re.IGNORECASE)),
    (
        CLOSE,
        re.compile(r"\[resolved\b|\[ok\]|\b(?:resolved|recovered|recovery|closed|back to normal)\b", re.IGNORECASE),
    ),
    (
        OPEN,
        re.compile(r"\[firing\b|\[alert(?:ing)?\b|\b(?:firing|triggered|alerting|problem|critical)\b", re.IGNORECASE),
    ),
    (
        CHANGE,
        re.compile(r"\b(?:deploy\w*|released?|rollback|rolled back|rolling back|merged|reverted)\b", re.IGNORECASE),
    ),
)
BY_PERSON = re.compile(r"\b(?:resolved|closed) by\b", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z][\w.-]{3,}")
# Names of alert rules are written together: HighErrorRatio, disk_full, api-latency.
TOGETHER = re.compile(r"[a-z0-9][A-Z]|[a-z]_[a-z]|[a-z]-[a-z]")
LEVELS = frozenset(("critical", "warning", "error", "info", "firing", "resolved", "triggered", "is", "on", "for", "in"))
TELLING = ("service", "app", "job", "instance")


def edges(record: Record) -> frozenset[str]:
    """The edges that this record may tell; records are echoes of each other only where these meet."""
    if record.kind == "change":
        return frozenset((CHANGE,))
    if record.kind == "status":
        return frozenset((f"status:{record.action}",)) if record.action else frozenset()
    if record.kind == "chat":
        return _of_post(record.body) if record.bot else frozenset()
    if record.kind == "page" and record.action == "resolved":
        # A person's click and the monitor's own all-clear are two events, minutes apart.
        return frozenset((BY_HAND if record.human else CLOSE,))
    known = ACTIONS.get(record.kind, {}).get(record.action or "")
    return frozenset((known,)) if known else frozenset()


def _of_post(text: str) -> frozenset[str]:
    for edge, pattern in POSTS:
        if pattern.search(text):
            return frozenset((BY_HAND,)) if edge == CLOSE and BY_PERSON.search(text) else frozenset((edge,))
    return frozenset()


def entity(record: Record) -> str | None:
    """Which thing this is: for an alert its labels without those of provenance, else its fingerprint, else its name."""
    if record.kind != "alert":
        return record.key if record.kind in ("page", "change", "ticket", "status") else None
    labels = identity(record)
    if "alertname" in labels and len(labels) > 1:
        return "|".join(f"{name}={labels[name]}" for name in sorted(labels))
    return record.get("fingerprint") or record.key or labels.get("alertname") or name_of(record)


def identity(record: Record) -> dict[str, str]:
    """The labels that identify an alert."""
    return {name: value for name, value in record.labels.items() if name.lower() not in PROVENANCE}


def same_entity(one: Record, other: Record) -> bool:
    """Whether two alert records can be of one alert: same fingerprint, or labels of which one set holds the other.

    A series lacks the labels that are attached on the way out (`cluster`, from `external_labels`).
    """
    if one.key and one.key == other.key:
        return True
    ours, theirs = identity(one), identity(other)
    if "alertname" in ours and "alertname" in theirs:
        small, large = sorted((ours, theirs), key=len)
        return small.items() <= large.items()
    named = name_of(one)
    return named is not None and named == name_of(other) and one.service == other.service


def name_of(record: Record) -> str | None:
    """The name of an alert, or of what a page's title is about; None for chat, which only quotes names."""
    if record.kind not in ("alert", "page"):
        return None
    stated = record.get("alertname", "alert_name", "rule_name", "alarmname", "ruletitle")
    if stated:
        return stated
    found = [match.group() for match in WORD.finditer(record.body) if match.group().lower() not in BOT_NAMES]
    together = next((word for word in found if TOGETHER.search(word) and not word.isupper()), None)
    return together or (found[0] if found and record.kind == "alert" else None)


def labels_agree(origin: Record, text: str) -> float:
    """How well a post's text fits the labels of the alert it names: the share it repeats; -1 where it names another.

    It names another where none of the labels that tell siblings apart (service, instance, job) is in the text, while
    some other word follows the name ("HighErrorRatio checkout" is not catalog's).
    """
    labels = identity(origin)
    telling = [labels[label] for label in TELLING if label in labels] or [origin.service or ""]
    telling = [value for value in telling if value]
    if not telling or (origin.kind == "page" and origin.service):
        return 0.0  # a pager's service is a name of its own, which posts do not repeat
    present = [value for value in telling if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)]
    if present:
        return len(present) / len(telling)
    name = name_of(origin) or ""
    after = re.match(r"[\s:(-]*([A-Za-z][\w.-]*)", text[text.find(name) + len(name) :])
    return -1.0 if after and after.group(1).lower() not in LEVELS else 0.0
