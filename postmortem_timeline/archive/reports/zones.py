"""Zones as reports name them: in a header, in a sentence, or behind a time; as minutes east of UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from postmortem_timeline.correlate.times_said import ZONES

# Zones that shift with the season are places; the others are offsets.
PLACES = {
    "et": "America/New_York", "eastern": "America/New_York", "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "ct": "America/Chicago", "central": "America/Chicago", "mt": "America/Denver",
    "copenhagen": "Europe/Copenhagen", "danish": "Europe/Copenhagen", "dansk": "Europe/Copenhagen",
    "london": "Europe/London", "uk": "Europe/London", "berlin": "Europe/Berlin", "paris": "Europe/Paris",
    "amsterdam": "Europe/Amsterdam", "stockholm": "Europe/Stockholm", "oslo": "Europe/Oslo",
}  # fmt: skip
OFFSETS = {**ZONES, "ist": 330, "jst": 540, "kst": 540, "sgt": 480, "hkt": 480, "aest": 600, "aedt": 660, "brt": -180,
           "msk": 180}  # fmt: skip
NAMES = "|".join(sorted((name for name in OFFSETS if name not in ("z", "west")), key=len, reverse=True))
SIGNED = r"(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d\d)?|[+-][01]\d:?[0-5]\d"
CITY = r"Copenhagen|London|Berlin|Paris|Amsterdam|Stockholm|Oslo|Eastern|Pacific|Danish|UK|Central European"
IANA = r"(?:Europe|America|Asia|Australia|Africa|Pacific)/[A-Z]\w+"
BEHIND = re.compile(rf"\s?\(?(?P<zone>{SIGNED}|Z\b|(?i:{NAMES}|[ECMP]T)\b|{IANA})\)?")
STATED = re.compile(
    rf"(?i)\b(?:times?|timestamps?|timeline|tider|tidspunkter|klokkeslæt|when|clock)\b[^|\n.]{{0,40}}?"
    rf"(?P<zone>{SIGNED}|\b(?:{NAMES})\b|{IANA}|\b(?:{CITY})\b(?= time))"
)
BARE = re.compile(rf"(?i)^\W*(?P<zone>{SIGNED}|(?:{NAMES}|[ECMP]T))\W*$|\((?P<inside>{SIGNED}|{NAMES}|[ECMP]T)\)")


def stated(text: str) -> str | None:
    """The zone that a header (`Time (CET)`) or a sentence (`All times are in UTC`) states."""
    match = STATED.search(text)
    if match:
        return match["zone"]
    bare = BARE.search(text)
    return (bare["zone"] or bare["inside"]) if bare else None


def offset(zone: str, at: datetime) -> timedelta | None:
    """How far east of UTC a zone is at that time of its clock; null where the name is not known."""
    name = zone.strip().lower()
    signed = re.fullmatch(r"(?:utc|gmt)?\s?(?P<sign>[+-])\s?(?P<h>\d{1,2}):?(?P<m>\d\d)?", name)
    if signed:
        minutes = int(signed["h"]) * 60 + int(signed["m"] or 0)
        return timedelta(minutes=-minutes if signed["sign"] == "-" else minutes)
    if name in OFFSETS:
        return timedelta(minutes=OFFSETS[name])
    place = PLACES.get(name, "Europe/Berlin" if name == "central european" else zone.strip())
    try:
        return at.replace(tzinfo=ZoneInfo(place)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
