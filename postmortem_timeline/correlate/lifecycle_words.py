"""The words by which a process tells of its own life: it starts, stops, elects a leader, loses a member."""

from __future__ import annotations

import re

from postmortem_timeline.correlate.chat_words import either

MEMBER = either("broker", "node", "member", "peer", "leader", "master", "follower", "replica", "worker", "executor",
                "session", "host", "agent")  # fmt: skip
LEADER = either("leader", "master", "primary", "standby", "active", "controller")

# Generic words, no product's. The first class that matches is it: "starting controlled shutdown" is a stop.
WORDS = {
    "stops": either(
        "shut(?:s|ting)?[ -]?down", "stopp(?:ed|ing)", "exit(?:ed|ing|s)", "terminat(?:ed|ing)", "killed", "panic",
        "resign(?:ed|ing|s)?", "crash(?:ed|ing)?", "out of memory", "sig(?:term|kill|hup|int|quit|abrt)",
        "(?:handling|caught|received|got) signal", "hang(?:ing)? ?up", "halt(?:ed|ing)", "power(?:ed|ing)? off",
        "reboot(?:ed|ing)?",
    ),
    "loses": either(
        "failure callback", "expired", "evicted", r"offline\w*", "unreachable", "(?:no|lost) quorum", "quorum lost",
        r"deleted \w+: <\*>", r"re-?register\w*", "no longer (?:alive|available|reachable)",
        rf"{MEMBER} (?:\S+ )?(?:is |was )?(?:lost|gone|dead|down|failed|disconnected)",
    ),
    "elects": either(
        "elect(?:ed|ion|s|ing)?", rf"(?:new|become|became|becoming) (?:the )?{LEADER}", "promot(?:ed|ing|ion)",
        "demot(?:ed|ing|ion)", "fail(?:ed|ing)?[ -]?over", "(?:is|as) (?:the )?(?:leader|master|primary)", "leading",
        "following", "newly added",
    ),
    "starts": either(
        "(?:re-?)?start(?:ed|ing|up)", "restarts?", "starting up", "boot(?:ed|ing)?", "launched", "registered",
        "joined", "(?:is |now )?ready(?: to (?:accept|serve|receive)| for|$)", "listening(?: on)?",
        "initiali[sz](?:ed|ing)", "server environment", "resuming normal operations", "up and running",
        "reload(?:ed|ing)",
    ),
}  # fmt: skip
CLASSES = {name: re.compile(rf"(?<![\w.]){words}(?!\w)", re.IGNORECASE) for name, words in WORDS.items()}

# What a process does for others all day also starts, stops and expires.
EVERYDAY = re.compile(
    r"\b"
    + either(
        "connections?", "(?<!shutdown )requests?", "session (?:opened|closed)", "query", "statement", "transactions?",
        "checkpoint", "jobs?", "tasks?", "threads?", "cron", "logrotate", "rotate", "timer", "daily", "users?", "login",
        "command", "backup", "saving", "snapshot", "vacuum", "stage", "blocks?", "clients?", "instance",
    )
    + r"\b",
    re.IGNORECASE,
)  # fmt: skip
VERBS = frozenset((
    "starting", "started", "start", "startup", "stopping", "stopped", "stop", "shutting", "shutdown", "shut", "down",
    "complete", "completed", "completely", "the", "running", "ready",
))  # fmt: skip


def lifecycle_class(template: str) -> str | None:
    """starts, stops, elects or loses, by the words of a line; None for the everyday life of requests and tasks."""
    if EVERYDAY.search(template):
        return None
    return next((name for name, pattern in CLASSES.items() if pattern.search(template)), None)


def everyday(template: str) -> bool:
    """Whether an ordinary line needs no row of its own: it tells of requests and tasks, or is told by `lifecycle`."""
    return bool(EVERYDAY.search(template)) or lifecycle_class(template) is not None


def names_something(template: str) -> bool:
    """Whether a line says what starts or stops: "[<*>], Starting" does not."""
    return any(len(word) > 2 and word.lower() not in VERBS for word in re.findall(r"[A-Za-z]+", template))
