"""Durations that texts name ("token lifetime is 6 h", "six hours", "ttl=21600"), in seconds."""

from __future__ import annotations

import re

SMALL = "one two three four five six seven eight nine ten eleven twelve"
COUNTS = {word: value for value, word in enumerate(SMALL.split(), start=1)} | {
    "fifteen": 15,
    "twenty": 20,
    "twenty-four": 24,
    "thirty": 30,
    "forty-eight": 48,
    "sixty": 60,
    "ninety": 90,
}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
SAID = re.compile(
    rf"(?<![\w.])(?P<count>\d+(?:\.\d+)?|{'|'.join(sorted(COUNTS, key=len, reverse=True))})[ -]?"
    r"(?P<unit>s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)\b",
    re.IGNORECASE,
)
BARE = re.compile(
    r"\b(?:ttl|life_?time|expires_?in|max_?age|timeout|interval)\w*[\"' ]*[:= ][\"' ]*(?P<count>\d{2,8})\b(?! ?[a-z])",
    re.I,
)


def durations_said(text: str) -> list[float]:
    """Every duration that `text` names, in seconds, in its order."""
    found = []
    for match in SAID.finditer(text):
        count = match["count"].lower()
        found.append(float(COUNTS.get(count, count)) * SECONDS[match["unit"][0].lower()])
    return found + [float(match["count"]) for match in BARE.finditer(text)]
