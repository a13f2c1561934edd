"""The time at which a cell or a line begins: dates, clocks of 12 and 24 hours, ranges, and what stands for unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from postmortem_timeline.archive.reports import dates, zones

# Marks before a time: list bullets, emphasis, brackets, "at", "ca.", "kl.", a clock emoji.
LEAD = re.compile(
    r"^(?:[\s>*•–—_`~\[(|#+≈<-]|\d+[.)]\s|(?:at|ca|kl|approx|about|around|circa|cirka|on|from|between|time|fra|by)\b\.?:?\s*"
    r"|[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F])*",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r"(?P<h>[01]?\d|2[0-4])(?:[:.](?P<i>[0-5]\d)(?:[:.](?P<s>[0-5]\d)(?:[.,]\d+)?)?|h(?P<ih>[0-5]\d)?(?![a-z])|(?=\s?[ap]\.?m\b))"
    r"(?:\s?(?P<half>[ap]\.?\s?m\b\.?)|(?P<letter>(?<=\d)[ap]\b))?",
    re.IGNORECASE,
)
MILITARY = re.compile(r"(?P<h>[01]\d|2[0-3])(?P<i>[0-5]\d)(?:(?P<s>[0-5]\d))?(?:\s?(?:hrs?|hours)\b)?(?![\d.:%-])")
UNKNOWN = re.compile(
    r"(?i)^[–—…-]+$|^\.{2,}$|^[\W_]*(?:(?:hh|xx|\?\?|__|\.\.|--|nn|\d\d)\s?[:.]\s?(?:mm|xx|\?\?|__|--|nn|yy)(?::\w\w)?(?!\d)|\?+|tbd|tbc|unknown|n/?a"
    r"|ukendt|time tbc|yyyy\S*(?: hh\S*)?)(?=\W|$)[?]*"
)
RELATIVE = re.compile(
    r"(?i)^T?\s?(?P<sign>[+\-−])\s?(?:(?P<h>\d{1,3}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?|(?P<hours>\d+)\s?h(?:(?:ou)?rs?)?(?:\s?(?P<rest>\d+)\s?m\w*)?"
    r"|(?P<count>\d+)\s?(?P<unit>m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?|h(?:ours?)?|d(?:ays?)?)?)\b"
)
ZERO = re.compile(r"(?i)^T(?:\s?[+-]?\s?0+(?::00)*)?\s?(?:m|min|h|s)?(?=\s*(?:[:|(–—-]|$))")
SECOND_CLOCK = re.compile(rf"^\s*(?:-|–|—|→|->|to|until|til|and|/)\s*(?:~\s*)?(?=\d){CLOCK.pattern}", re.IGNORECASE)
TAIL = re.compile(r"^[\s*_`\])|:;.,–—>-]+(?![\d])|^[\s*_`\])|:;,–—>-]+")


@dataclass(frozen=True)
class Lead:
    """What stands at the head of a row. `clock` null with `day` set is a date alone; `unknown` a placeholder."""

    rest: str
    day: date | None = None
    clock: time | None = None
    half: bool = False  # said am or pm
    padded: bool = True  # two digits, or past noon: a clock of 24 hours
    zone: str | None = None
    until: time | None = None
    relative: int | None = None  # seconds after T0
    unknown: bool = False
    odd: str = ""


def lead(text: str, *, around: date | None = None, first: bool = True) -> Lead | None:
    """The time that `text` begins with, and the rest; null if it begins with none."""
    start = LEAD.match(text)
    bare = text[start.end() :] if start else text
    placeholder = UNKNOWN.match(bare) or UNKNOWN.match(text.strip())
    if placeholder:
        return Lead(_rest(bare[placeholder.end() :]), unknown=True)
    relative = _relative(text.strip(" *_`[|("), bare)
    if relative:
        return relative
    day, odd, bare = _date(bare, around, first)
    found = _clock(bare, day is not None)
    if not found:
        return Lead(_rest(bare), day=day, odd=odd) if day else None
    moment, match, spelling = found
    after = bare[match.end() :]
    signed = re.match(r"[+-]\d\d:?\d\d\b", after) if match.groupdict().get("s") or after[:1] == "+" else None
    zone = zones.BEHIND.match(after) if signed or not SECOND_CLOCK.match(after) else None
    after = after[zone.end() :] if zone else after
    until, after = _until(after)
    behind = None if zone else zones.BEHIND.match(after)
    zone, after = (behind, after[behind.end() :]) if behind else (zone, after)
    if day is None:  # "10:32 on May 3"
        behind = re.match(r"^[\s,(–-]*(?:on |d\. )?", after)
        late = dates.find(after[: 30 + (behind.end() if behind else 0)], around=around, first=first)
        if late and behind and late[1] <= behind.end() + 5:
            day, after = late[0], after[late[2] :]
    half = "half" in match.groupdict() and bool(_half(match))
    padded = half or len(match["h"]) == 2 or int(match["h"]) > 12
    return Lead(_rest(after), day, moment, half, padded, zone["zone"] if zone else None, until, odd=odd or spelling)


def _date(bare: str, around: date | None, first: bool) -> tuple[date | None, str, str]:
    weekday = dates.WEEKDAY.match(bare)
    inner = bare[weekday.end() :].lstrip(" ,.") if weekday else bare
    found = dates.find(inner[:40], around=around, first=first)
    if found is None or found[1] > 3:
        return (dates.spoken(bare, around), "", inner) if weekday and inner[:1].isdigit() else (None, "", bare)
    odd = "a year of five digits" if re.match(r"\d{5}-", inner) else ""
    after = inner[found[2] :]
    after = re.sub(r"^[\sT,;@|*_`–—()-]+(?:at|kl\.?|around|ca\.?|~|klokken)?[\s~≈]*", "", after, count=1)
    return found[0], odd, after


def _clock(bare: str, dated: bool) -> tuple[time, re.Match[str], str] | None:
    match = CLOCK.match(bare)
    if match and not re.match(r"[\d%]|[.:]\d", bare[match.end() :]):
        hour, half = int(match["h"]), _half(match)
        dotted = "." in match.group()[:3] and match["i"]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half[0] == "p" else 0)
        if (
            dotted
            and not half
            and not dated
            and re.match(r"\s*(?:%|[kmg]b\b|seconds|s\b|x\b)", bare[match.end() :], re.I)
        ):
            return None
        if hour <= 24:
            minute = int(match["i"] or match["ih"] or 0)
            odd = "a time without a colon" if dotted else ""
            return time(hour % 24, minute, int(match["s"] or 0)), match, odd
    match = MILITARY.match(bare)
    if match and (
        dated
        or re.match(r"\s*(?:hrs?\b|hours\b|Z\b|UTC|[-–—:|]\s)", bare[match.end() :])
        or bare.strip() == match.group()
    ):
        if not dated and re.match(r"20[12]\d$", match.group()):
            return None  # a year
        return time(int(match["h"]), int(match["i"]), int(match["s"] or 0)), match, "a time without a colon"
    return None


def _half(match: re.Match[str]) -> str:
    """`am`, `p.m.`, or the bare letter of "11:21a"."""
    return (match["half"] or match["letter"] or "").lower()


def _until(after: str) -> tuple[time | None, str]:
    match = SECOND_CLOCK.match(after)
    if not match or re.match(r"[\d%]", after[match.end() :]):
        return None, after
    hour, half = int(match["h"]), _half(match)
    hour = hour % 12 + (12 if half[0] == "p" else 0) if half and hour <= 12 else hour % 24
    return time(hour, int(match["i"] or 0), int(match["s"] or 0)), after[match.end() :]


def _relative(text: str, bare: str) -> Lead | None:
    match, zero = RELATIVE.match(text), ZERO.match(text)
    if zero and not (match and text[:1] in "Tt"):
        return Lead(_rest(text[zero.end() :]), relative=0)
    if not match or not (text[:1] in "Tt+" or re.match(r"[−-]\s?\d+\s?(?:m|min|h|s)\b", text)):
        return None
    if match["count"] and not match["unit"] and text[:1] not in "Tt":
        return None
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}[(match["unit"] or "m")[0].lower()]
    if match["h"]:
        seconds = int(match["h"]) * 3600 + int(match["m"]) * 60 + int(match["s"] or 0)
    elif match["hours"]:
        seconds = int(match["hours"]) * 3600 + int(match["rest"] or 0) * 60
    else:
        seconds = int(match["count"]) * unit
    return Lead(_rest(text[match.end() :]), relative=-seconds if match["sign"] in "-−" else seconds)


def _rest(text: str) -> str:
    """What follows the time, without the marks between."""
    return TAIL.sub("", text, count=1).strip()
