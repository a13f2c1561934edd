"""What a source's path says: host and service, by the names that people give to folders and files."""

from __future__ import annotations

import re

HOST = re.compile(
    r"^(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*-?[0-9]{1,4}|[a-z0-9-]+(?:\.[a-z0-9-]+){2,}|ip-[0-9-]+|i-[0-9a-f]{8,})$",
    re.IGNORECASE,
)
PRODUCTS = {"apache2", "k8s", "http2", "s3", "ec2", "python3", "log4j2", "php8", "neo4j", "h2", "x509", "k3s", "minio1"}
GENERIC = {
    "access", "error", "errors", "syslog", "messages", "app", "application", "server", "stdout", "stderr", "current",
    "log", "logs", "out", "output", "combined", "main", "daemon", "kern", "other_vhosts_access", "other_vhosts",
    "vhosts",
    "service", "json", "export", "exports", "events", "data", "prod", "production", "staging", "default", "console",
    "debug", "info", "var", "lib", "tmp", "home", "incident", "stdin", "-", "audit", "secure", "requests", "request",
    "ssl_access", "ssl_error", "ssl", "container", "containers", "docker", "pod", "pods", "kubectl", "kubernetes",
    "k8s",
    "cluster", "namespace", "hosts", "fullrun", "0",
}  # fmt: skip
SUFFIX = re.compile(
    r"(?:[._-](?:log|txt|jsonl?|ndjson|csv|tsv|out|err|gz|zst|bz2|xz|old|bak|access|error|stdout|stderr|[0-9]{1,3}"
    r"|[0-9]{4}[-_]?[0-9]{2}[-_]?[0-9]{2}(?:[-_T]?[0-9]{2}){0,3}|[0-9]{8,14}))+$",
    re.IGNORECASE,
)
ARCHIVE = re.compile(r"\.(?:zip|tar|tgz|tbz2|txz|tzst|tar\.[a-z0-9]+)(?:~[0-9]+)?$", re.IGNORECASE)
CLUSTER = re.compile(r"-[0-9]+(?:\.[0-9]+)?-main$")  # Debian's clusters of PostgreSQL: version and name
CONTAINER_ID = re.compile(r"^[0-9a-f]{64}(?:-json)?$")
# https://kubernetes.io/docs/concepts/workloads: names end in a hash of five letters without vowels, after that of the
# template where a Deployment made the pod.
POD = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9-]*?)-(?:[0-9a-f]{8,10}-[a-z0-9]{5}|(?=[a-z]*[0-9])[bcdfghjklmnpqrstvwxz2456789]{5})$"
)
POD_FOLDER = re.compile(r"^(?P<namespace>[a-z0-9-]+)_(?P<pod>[a-z0-9.-]+)_[0-9a-f-]{32,36}$")
CONTAINER_FILE = re.compile(
    r"^(?P<pod>[a-z0-9.-]+)_(?P<namespace>[a-z0-9-]+)_(?P<container>[a-z0-9-]+?)-[0-9a-f]{12,64}$"
)


def host_of(name: str) -> str | None:
    """The pod, or the innermost folder that is named like a host: `web-1` of `logs/web-1/nginx/access.log`."""
    parts = _parts(name)
    pod = _pod(parts)
    return pod or next((part for part in reversed(parts[:-1]) if _is_host(part)), None)


def service_of(name: str) -> str | None:
    """The service by the file's name, else by the folder; None where both are of the usual empty names."""
    parts = _parts(name)
    stem = stem_of(name)
    if container := CONTAINER_FILE.match(stem):
        return _runs(container["container"], container["pod"])
    if len(parts) > 2 and (folder := POD_FOLDER.match(parts[-3])):
        return _runs(parts[-2], folder["pod"])
    if pod := POD.match(stem.split("_")[0]):
        return pod["name"]
    if _says(stem):
        return CLUSTER.sub("", stem)
    for part in reversed(parts[:-1]):
        if pod := POD.match(part):
            return pod["name"]
        if _says(part) and not _is_host(part) and (shorter := SUFFIX.sub("", part)):
            return shorter
    return None


def _runs(container: str, pod: str) -> str:
    """The container's name, or what its pod was made for where every container is called `server`."""
    made = POD.match(pod)
    return made["name"] if made and not _says(container) else container


def stem_of(name: str) -> str:
    """The file's name without its endings, dates and rotation numbers."""
    base = _parts(name)[-1]
    while True:
        shorter = SUFFIX.sub("", base)
        if shorter == base or not shorter:
            return base
        base = shorter


def _parts(name: str) -> list[str]:
    """The folders and the file of a path, archives that it lies in left out."""
    name = re.sub(r"~[0-9]+$", "", name)  # the mark of a second path of that name
    *above, last = re.split(r"[/!]", name)
    return [*(part for part in above if not ARCHIVE.search(part)), last]


def _pod(parts: list[str]) -> str | None:
    """The pod that a path names: in a kubelet's folder, in the name of a container's file, or by itself."""
    for part in reversed(parts[:-1]):
        if folder := POD_FOLDER.match(part):
            return folder["pod"]
    stem = stem_of(parts[-1])
    if container := CONTAINER_FILE.match(stem):
        return container["pod"]
    return next((part for part in (stem.split("_")[0], *reversed(parts[:-1])) if POD.match(part)), None)


def _is_host(part: str) -> bool:
    return bool(HOST.match(part)) and part.lower() not in PRODUCTS and not CONTAINER_ID.match(part)


def _says(part: str) -> bool:
    """Whether a name says anything of what runs there."""
    named = part.lower() not in GENERIC and any(c.isalpha() for c in part)
    return named and not CONTAINER_ID.match(part) and not ARCHIVE.search(part)
