"""Times that people mention in chat ("since 13:45 UTC", "10 minutes ago"), by a small strict grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass

MINUTE = 60_000_000_000
DAY = 24 * 60 * MINUTE

# A bare "12:30" may be a score, a duration or a lunch; a word before it or a zone after it makes it a time.
WORDS = r"since|at|from|around|about|starting|started|began|by|before|after|until|till|as of|between|and|to|~"
ZONES = {"utc": 0, "z": 0, "gmt": 0, "cet": 60, "cest": 120, "bst": 60, "wet": 0, "west": 60, "eet": 120, "eest": 180,
         "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
         "pdt": -420}  # fmt: skip
CLOCK = re.compile(
    rf"(?:(?<![\w:])(?P<word>{WORDS})\s*)?(?<![\d:.,-])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    rf"(?![\d:%])\s?(?P<half>[ap]\.?m\b\.?)?\s?(?P<zone>(?:{'|'.join(ZONES)})\b|[+-][01]\d:?[0-5]\d\b)?", re.IGNORECASE
)  # fmt: skip
AGO = re.compile(
    r"\b(?P<count>\d{1,3}|a|an|one|two|three|five|ten|fifteen|twenty|thirty|half an)\s?"
    r"(?P<unit>s|sec(?:ond)?s?|m|min(?:ute)?s?|h|hours?|hrs?)\s+ago\b",
    re.IGNORECASE,
)
COUNTS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "five": 5.0, "ten": 10.0, "fifteen": 15.0,
          "twenty": 20.0, "thirty": 30.0, "half an": 0.5}  # fmt: skip
UNITS = {"s": MINUTE // 60, "m": MINUTE, "h": 60 * MINUTE}


@dataclass(frozen=True)
class Mentioned:
    """A time that a message names: `at` in ns, the `word` that led to it, whether its zone was `stated`."""

    at: int
    word: str | None
    stated: bool


def times_said(text: str, at: int, zone_minutes: int = 0) -> list[Mentioned]:
    """The times mentioned in a message of time `at`, in order; a time of day is its latest occurrence not after `at`.

    A time of day needs a leading word or a zone; without a zone it is read in `zone_minutes` and not `stated`.
    A few minutes past the message are allowed, for clocks that differ; anything later was yesterday.
    """
    found = [(match.start(), _clock(match, at, zone_minutes)) for match in CLOCK.finditer(text)]
    found += [(match.start(), _ago(match, at)) for match in AGO.finditer(text)]
    return [mention for _, mention in sorted(found, key=lambda pair: pair[0]) if mention is not None]


def _clock(match: re.Match[str], at: int, zone_minutes: int) -> Mentioned | None:
    word, zone, hour = match["word"], match["zone"], int(match["hour"])
    if not word and not zone:
        return None
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"][0].lower() == "p" else 0)
    offset = _offset(zone) if zone else zone_minutes
    of_day = (hour * 60 + int(match["minute"]) - offset) * MINUTE + int(match["second"] or 0) * (MINUTE // 60)
    latest = at + 5 * MINUTE
    return Mentioned(latest - (latest - of_day) % DAY, word.lower() if word else None, bool(zone))


def _offset(zone: str) -> int:
    if zone.lower() in ZONES:
        return ZONES[zone.lower()]
    digits = zone[1:].replace(":", "")
    return (-1 if zone[0] == "-" else 1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _ago(match: re.Match[str], at: int) -> Mentioned:
    count = match["count"].lower()
    return Mentioned(at - round((COUNTS.get(count) or float(count)) * UNITS[match["unit"][0].lower()]), "ago", True)
