"""Zones as reports name them: in a header, in a sentence, or behind a time; as minutes east of UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from postmortem_timeline.correlate.times_said import ZONES

# Zones that shift with the season are places; the others are offsets.
PLACES = {
    "et": "America/New_York", "eastern": "America/New_York", "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "ct": "America/Chicago", "central": "America/Chicago", "mt": "America/Denver",
    "copenhagen": "Europe/Copenhagen", "danish": "Europe/Copenhagen", "dansk": "Europe/Copenhagen",
    "london": "Europe/London", "uk": "Europe/London", "berlin": "Europe/Berlin", "paris": "Europe/Paris",
    "pst/pdt": "America/Los_Angeles", "est/edt": "America/New_York", "cet/cest": "Europe/Berlin", "gmt/bst": "Europe/London",
    "amsterdam": "Europe/Amsterdam", "stockholm": "Europe/Stockholm", "oslo": "Europe/Oslo",
}  # fmt: skip
OFFSETS = {**ZONES, "ist": 330, "jst": 540, "kst": 540, "sgt": 480, "hkt": 480, "aest": 600, "aedt": 660, "brt": -180,
           "msk": 180, "eat": 180, "wat": 60, "cat": 120, "sast": 120, "pkt": 300, "npt": 345, "wib": 420, "ict": 420, "pht": 480,
           "nzst": 720, "nzdt": 780, "art": -180}  # fmt: skip
PAIRS = "pst/pdt", "est/edt", "cet/cest", "gmt/bst"
NAMES = "|".join(sorted((name for name in [*OFFSETS, *PAIRS] if name not in ("z", "west")), key=len, reverse=True))
LONG = {
    f"{place} {kind} time".lower(): zone
    for place, zones in (("Eastern", ("est", "edt")), ("Central", ("cst", "cdt")), ("Mountain", ("mst", "mdt")),
                         ("Pacific", ("pst", "pdt")))
    for kind, zone in zip(("standard", "daylight"), zones, strict=True)
}  # fmt: skip
WRITTEN_OUT = "|".join(name.replace(" ", r"\s") for name in LONG)
SIGNED = r"(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d\d)?|[+-][01]\d:?[0-5]\d"
CITY = r"Copenhagen|London|Berlin|Paris|Amsterdam|Stockholm|Oslo|Eastern|Pacific|Danish|UK|Central European"
IANA = r"(?:Europe|America|Asia|Australia|Africa|Pacific)/[A-Z]\w+"
BEHIND = re.compile(rf"\s?\(?(?P<zone>{SIGNED}|Z\b|(?i:{WRITTEN_OUT}|{NAMES}|[ECMP]T)\b|{IANA})\)?")
STATED = re.compile(
    rf"(?i)\b(?:times?|timestamps?|timeline|tider|tidspunkter|klokkeslæt|when|clock)\b[^|\n.]{{0,40}}?"
    rf"(?P<zone>{SIGNED}|\b(?:{NAMES})\b|{IANA}|\b(?:{CITY})\b(?= time))"
)
BARE = re.compile(rf"(?i)^\W*(?P<zone>{SIGNED}|(?:{NAMES}|[ECMP]T))\W*$|\((?P<inside>{SIGNED}|{NAMES}|[ECMP]T)\)")


NAMED = rf"(?:UTC|GMT)\s?[+-]\s?\d{{1,2}}|(?i:{WRITTEN_OUT}|{NAMES}|[ECMP]T)\b"
AFTER = re.compile(rf"\d(?:[:.]\d\d){{0,2}}(?:\s?[AaPp]\.?[Mm]\b\.?)?\s?\(?(?P<zone>{NAMED})")


RANGE = re.compile(r"(?i)\d[:.]\d\d[^.;]{0,30}?(?:-|–|—|→|\bto\b|\buntil\b|\band\b)[^.;]{0,30}?\d[:.]\d\d")


def behind_clocks(texts: Iterable[str]) -> str | None:
    """The zone that stands behind the clocks of an interval ("from 1:13 PM to 1:50 PM EAT"), if it is one alone."""
    ranges = (text for text in texts if RANGE.search(text))
    named = {match["zone"] for text in ranges for match in AFTER.finditer(text)}
    return named.pop() if len({name.lower() for name in named}) == 1 else None


def stated(text: str) -> str | None:
    """The zone that a header (`Time (CET)`) or a sentence (`All times are in UTC`) states."""
    match = STATED.search(text)
    if match:
        return match["zone"]
    bare = BARE.search(text)
    return (bare["zone"] or bare["inside"]) if bare else None


FAMILIES = ({"pst", "pdt", "pst/pdt", "pt", "pacific"}, {"est", "edt", "est/edt", "et", "eastern"}, {"cst", "cdt", "ct"},
            {"mst", "mdt", "mt"}, {"cet", "cest", "cet/cest", "central european"}, {"gmt", "bst", "gmt/bst"})  # fmt: skip


def settled(own: str | None, report: str | None) -> str | None:
    """The zone of one time: its own, unless that is another name for the report's ("PST" where all times are Pacific)."""
    if own and report:
        names = {LONG.get(name, name) for name in (own.strip().lower(), report.strip().lower())}
        return report if any(names <= family for family in FAMILIES) else own
    return own or report


def offset(zone: str, at: datetime) -> timedelta | None:
    """How far east of UTC a zone is at that time of its clock; null where the name is not known."""
    name = zone.strip().lower()
    name = LONG.get(name, name)
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
