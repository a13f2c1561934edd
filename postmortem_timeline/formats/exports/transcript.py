"""Transcripts of calls (WebVTT, SRT) of Zoom, Teams, Meet and others: times since the start of the call, which a name may say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from postmortem_timeline.formats.exports.chat import lines_of, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.parsing.jsondoc import text_of
from postmortem_timeline.parsing.written import read

NAME = "transcript"
TITLE = "Call transcripts (WebVTT, SRT; Zoom, Teams, Meet)"
GROUP = "chat"
KIND = "chat"
URL = "https://www.w3.org/TR/webvtt1/"
NAMES = ("*.vtt", "*.srt")

SECOND = 1_000_000_000
_TIME = r"(?:(\d{1,3}):)?(\d\d):(\d\d)[.,](\d{3})"
CUE = re.compile(rf"{_TIME}\s+-->\s+{_TIME}")
VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]+)>")
TAG = re.compile(r"</?[a-z][^>]*>")
SPEAKER = re.compile(r"([^\W\d_][^:\n]{1,48}): +(?=\S)")
NAMED = re.compile(r"(GMT|UTC)?(20\d\d)-?(\d\d)-?(\d\d)[-T_ ]?(\d\d)[-:.]?(\d\d)(?:[-:.]?(\d\d))?")


def sniff(head: bytes, name: str) -> float:
    """WebVTT says its name; SRT is numbers, each above a line of two times."""
    text = head[:512].decode("utf-8-sig", "replace").lstrip()
    if text.startswith("WEBVTT"):
        return 0.98
    return 0.95 if re.match(rf"\d+\s*\r?\n{CUE.pattern}", text) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per cue. Where neither the text nor the file's name says when the call began, cues have no time."""
    return finished(_events(text_of(data), context))


def _events(text: str, context: Context) -> Iterator[Event]:
    start, quality = _start(text, context.source)
    if start is None:
        context.note(
            "no_start",
            "its times count from the start of the call; put that into the file's name: call-20250715-174203.vtt",
        )
    lines = list(lines_of(text))
    cues = [line for line in lines if CUE.search(line.text)]
    above = [cue.number - 2 for cue in cues]  # the line above a cue may be its number or its name
    ends = [*above[1:], len(lines)]
    for cue, last in zip(cues, ends, strict=False):
        found = CUE.search(cue.text)
        assert found
        rows = [line for line in lines[cue.number : max(last, cue.number)] if line.text.strip()]
        yield _message(found, [row.text for row in rows], start, quality) | {
            "line": cue.number, "element": (cue.start, rows[-1].end if rows else cue.end),
        }  # fmt: skip


def _message(found: re.Match[str], rows: list[str], start: int | None, quality: str) -> Event:
    voice = VOICE.search(rows[0]) if rows else None
    said = "\n".join(TAG.sub("", row).strip() for row in rows).strip()
    speaker = None if voice else SPEAKER.match(said)
    who = voice[1] if voice else speaker[1] if speaker else ""
    stamp = found[0].split("-->")[0].strip()
    at, until = _nanoseconds(found.groups()[:4]), _nanoseconds(found.groups()[4:])
    time: Event = {"stamp": stamp}
    if start is not None:
        time |= {"timestamp": start + at} | ({} if quality == "exact" else {"time_quality": quality})
    return message(
        time, who.strip(), said[speaker.end() :] if speaker else said, seconds=(until - at) // 1_000_000 / 1000
    )


def _nanoseconds(part: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(p or 0) for p in part)
    return ((hours * 60 + minutes) * 60 + seconds) * SECOND + thousandths * 1_000_000


def _start(text: str, source: str) -> tuple[int | None, str]:
    """When the call began: a note in the text, else the file's name (`GMT20250715-154203_Recording.transcript.vtt`)."""
    head = text[: text.find("-->")] if "-->" in text else text
    for line in head.split("\n"):
        said = read(line) if re.match(r"(?:NOTE|X-TIMESTAMP|Date|Start|Recorded)", line, re.IGNORECASE) else None
        if said and said.date and said.clock_ns is not None:
            return said.instant(), "exact" if said.offset is not None else "zone_assumed"
    for part in reversed(re.split(r"[/!]", source)):
        if found := NAMED.search(part):
            try:
                year, month, day, hour, minute, second = (int(digits or 0) for digits in found.groups()[1:])
                when = datetime(year, month, day, hour, minute, second)
            except ValueError:
                continue
            seconds = int((when - datetime(1970, 1, 1)).total_seconds())
            return seconds * SECOND, "exact" if found[1] else "zone_assumed"
    return None, ""
