"""What a source's path says: host and service, by the names that people give to folders and files."""

from __future__ import annotations

import re

HOST = re.compile(r"^(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*-?[0-9]{1,4}|[a-z0-9-]+(?:\.[a-z0-9-]+){2,}|ip-[0-9-]+|i-[0-9a-f]{8,})$", re.IGNORECASE)
GENERIC = {
    "access", "error", "errors", "syslog", "messages", "app", "application", "server", "stdout", "stderr", "current", "log", "logs", "out",
    "output", "combined", "main", "daemon", "kern", "other_vhosts_access", "service", "json", "export", "exports", "events", "data", "prod",
    "production", "staging", "default", "console", "debug", "info", "var", "tmp", "home", "incident", "stdin", "-", "audit", "secure",
    "requests", "request", "ssl_access", "ssl_error", "container", "containers", "pods", "fullrun", "0",
}  # fmt: skip
SUFFIX = re.compile(
    r"(?:[._-](?:log|txt|jsonl?|ndjson|csv|tsv|out|err|gz|zst|bz2|xz|old|bak|access|error|stdout|stderr|[0-9]{1,3}"
    r"|[0-9]{4}[-_]?[0-9]{2}[-_]?[0-9]{2}(?:[-_T]?[0-9]{2}){0,3}|[0-9]{8,14}))+$",
    re.IGNORECASE,
)
POD = re.compile(r"^(?P<name>[a-z][a-z0-9-]*?)-[0-9a-f]{8,10}-[a-z0-9]{5}$")


def host_of(name: str) -> str | None:
    """The innermost folder that is named like a host: `web-1` of `logs/web-1/nginx/access.log`."""
    parts = re.split(r"[/!]", name)[:-1]
    return next((part for part in reversed(parts) if HOST.match(part)), None)


def stem_of(name: str) -> str:
    """The file's name without its endings, dates and rotation numbers."""
    base = re.split(r"[/!]", name)[-1]
    while True:
        shorter = SUFFIX.sub("", base)
        if shorter == base or not shorter:
            return base
        base = shorter


def service_of(name: str) -> str | None:
    """The service by the file's name, else by the folder; None where both are of the usual empty names."""
    stem = stem_of(name)
    pod = POD.match(stem.split("_")[0])
    if pod:
        return pod.group("name")
    if stem.lower() not in GENERIC and any(c.isalpha() for c in stem):
        return stem
    for part in reversed(re.split(r"[/!]", name)[:-1]):
        if part.lower() not in GENERIC and not HOST.match(part) and any(c.isalpha() for c in part):
            return SUFFIX.sub("", part) or None
    return None
