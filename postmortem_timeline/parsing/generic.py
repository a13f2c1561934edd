"""The reader of last resort: finds a time anywhere near the start of a line, and a level word; invents nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.parsing.batch import Batch, Numbers, Spans, Strings, encode
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.instants import from_texts
from postmortem_timeline.parsing.layouts import severities
from postmortem_timeline.parsing.text import Bools, Ints, Lines
from postmortem_timeline.parsing.timestamps import NAT, compile_format

NAME = "generic_text"
REACH = 160  # bytes from the start of a line in which its time is looked for
CLOCK = r"(?:[01][0-9]|2[0-4]):[0-5][0-9]:[0-6][0-9](?:[.,][0-9]{1,9})?"
ZONE = r"(?: ?(?:[Zz]\b|[+-][0-9]{2}:?[0-9]{2}|UTC|GMT))?"
DIGITS = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"  # a date without marks between its parts
ABBREVIATED = r"(?:UTC|GMT|CES?T|EES?T|WES?T|BST|MSK|IST|JST|[ECMP][SD]T)"
WORD = r"[A-Z][a-z]{2}"
# What a stamp may look like; where several begin at one place the first counts.
SHAPES = (
    rf"[0-9]{{4}}[-/.][0-9]{{2}}[-/.][0-9]{{2}}[Tt ]{CLOCK}{ZONE}",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[-_][0-9]{2}[.:-][0-9]{2}[.:-][0-9]{2}(?:\.[0-9]{1,9})?",
    rf"[0-9]{{4}}-W[0-5][0-9]-[1-7]T{CLOCK}{ZONE}",
    rf"\b{DIGITS}[-T_ ]?{CLOCK}(?::[0-9]{{1,9}}\b)?{ZONE}",
    rf"\b{DIGITS}[-T_]?(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9](?:[.,][0-9]{{1,9}})?(?:Z|[+-][0-9]{{4}})?\b",
    rf"[0-9]{{2}}/{WORD}/[0-9]{{4}}[: ]{CLOCK}(?: [+-][0-9]{{4}})?",
    rf"(?:{WORD}, )?[0-9]{{1,2}}[- ]{WORD}[- ][0-9]{{4}} {CLOCK}(?: (?:[+-][0-9]{{4}}|{ABBREVIATED}\b))?",
    rf"(?:{WORD} )?{WORD} [ 0-9]?[0-9] (?:[0-9]{{4}} )?{CLOCK}(?:(?: {ABBREVIATED})? (?:19|20)[0-9]{{2}}\b)?",
    rf"{WORD} [0-9]{{1,2}}, [0-9]{{4}},? [0-9]{{1,2}}:[0-9]{{2}}:[0-9]{{2}} [AP]M",
    r"\b[0-9]{1,2}/[0-9]{1,2}/[0-9]{4},? [0-9]{1,2}:[0-9]{2}:[0-9]{2} [AaPp][Mm]",
    rf"\b[0-9]{{2}}\.[0-9]{{2}}\.[0-9]{{4}},? {CLOCK}",
    rf"\b{WORD}-[0-9]{{2}}-[0-9]{{2}} {CLOCK}",
    rf"\b[0-9]{{4}}:[0-9]{{2}}:[0-9]{{2}}[- ]{CLOCK}",
    rf"\b[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}} - {CLOCK}",
)
STAMP = f"(?P<stamp>{'|'.join(SHAPES)})"
# Only where no date is: month and day without a year, or the time of day alone, and only where a line begins so.
# An epoch is but a number: it counts where a line begins so, behind a mark, and behind a word of time.
EPOCH = (
    r"(?i)(?:^[\s\"']*|[\[(<|,;\t]\s*|\b(?:time|timestamp|ts|date|epoch|at)\"?[ =:]{1,3}\"?)"
    r"(?P<stamp>1[0-9]{9}(?:\.[0-9]{1,9}|[0-9]{3})?)\b"
)
BARE = rf"^[\[(<]?(?P<stamp>(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[ T])?{CLOCK})(?:[^0-9:]|$)"
LEVEL = (
    r"(?i)\b(?P<level>TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL|SEVERE|EMERG(?:ENCY)?|ALERT"
    r"|PANIC)\b"
)
OPENERS = np.zeros(256, np.uint8)  # of each byte that opens a stamp, the one that closes it
OPENERS[list(b"[(<")] = list(b"])>")
BETWEEN = np.zeros(256, bool)  # bytes that part a stamp from its message
BETWEEN[list(b" \t:,|;")] = True
TIMES = tuple(
    compile_format(p)
    for p in (
        "%Y-%m-%dT%T%.f%z", "%Y-%m-%d %T%.f%z", "%Y-%m-%d %T%.f %z", "%Y-%m-%d %T%.f %Z", "%Y-%m-%d %T%.f",
        "%Y-%m-%dT%T%.f", "%Y-%m-%dt%T%.f%z", "%Y/%m/%d %T%.f", "%Y/%m/%d %T%.f %z", "%Y.%m.%d %T%.f",
        "%b-%d-%y %T%.f", "%Y:%m:%d-%T%.f", "%Y:%m:%d %T%.f", "%m/%d/%Y - %T%.f",
        "%Y-%m-%d-%H.%M.%S%.f", "%Y-%m-%d-%T%.f", "%Y-%m-%d_%T%.f", "%Y-%m-%d_%H-%M-%S%.f", "%Y-%m-%d-%H-%M-%S%.f",
        "%d/%b/%Y:%T %z", "%d/%b/%Y:%T%.f", "%d/%b/%Y %T%.f", "%d/%b/%Y %T %z",
        "%b %e %T%.f", "%b %e %T %Y", "%b %-d %T%.f", "%b %e %Y %T%.f", "%b %-d %Y %T%.f", "%a %b %e %T %Y", "%a %b %e %T%.f %Y",
        "%a %b %e %T %Z %Y", "%a %b %e %T%.f", "%a %b %-d %T %Y", "%b %e %T %Z %Y",
        "%a, %d %b %Y %T %z", "%a, %d %b %Y %T %Z", "%a, %-d %b %Y %T %z", "%a, %d %b %Y %T%.f",
        "%d %b %Y %T%.f", "%-d %b %Y %T%.f", "%d %b %Y %T %z", "%d-%b-%Y %T%.f", "%-d-%b-%Y %T%.f",
        "%b %-d, %Y %-I:%M:%S %p", "%b %-d, %Y, %-I:%M:%S %p", "%-m/%-d/%Y %-I:%M:%S %p", "%-m/%-d/%Y, %-I:%M:%S %p",
        "%d.%m.%Y %T%.f", "%d.%m.%Y, %T%.f", "%Y%m%d-%T%.f", "%Y%m%d-%T:%f", "%Y%m%d %T%.f", "%Y%m%d%T%.f", "%Y%m%dT%T%.f%z",
        "%Y%m%dT%T%.f", "%Y%m%dT%H%M%S%.f%z", "%Y%m%dT%H%M%S%.f", "%Y%m%d_%H%M%S%.f", "%Y%m%d-%H%M%S%.f", "%s", "%Y%m%d%H%M%S%.f",
        "%m-%d %T%.f", "%m-%dT%T%.f", "%T%.f",
    )
)  # fmt: skip


def _found(lines: Lines) -> pa.Array:
    """The stamp of each line; null where it holds none."""
    heads = Spans(lines.text, lines.start, _char_end(lines)).arrow().cast(pa.large_binary())
    found = pc.struct_field(pc.extract_regex(heads, pattern=STAMP), "stamp")
    if found.null_count:
        for pattern in (EPOCH, BARE):
            found = pc.coalesce(found, pc.struct_field(pc.extract_regex(heads, pattern=pattern), "stamp"))
    return found


def _char_end(lines: Lines) -> Ints:
    """The end of each line's head, moved back so that it cuts no character."""
    end = np.minimum(lines.end, lines.start + REACH)
    for _ in range(3):
        inside = (lines.text.buf[end] & 0xC0) == 0x80
        end = end - (inside & (end < lines.end) & (end > lines.start))
    return end


def claims(fmt: object, lines: Lines, context: SourceContext) -> Bools:
    """Which lines hold a time that can be read."""
    taken = np.zeros(len(lines), bool)
    for batch in parse(fmt, lines, context):
        taken[batch.rows] = True
    return taken


def parse(fmt: object, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """One batch of the lines that hold a time; the body is the line without a stamp that it begins with."""
    if not len(lines):
        return
    found = _found(lines)
    rows = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False))
    if not len(rows):
        return
    stamps = found.take(pa.array(rows)).cast(pa.string())
    time_ns, quality = from_texts(stamps.to_pylist(), TIMES, context)
    good = time_ns != NAT
    rows, stamps, time_ns, quality = rows[good], stamps.filter(pa.array(good)), time_ns[good], quality[good]
    if not len(rows):
        return
    out = Batch(NAME, "log", rows, time_ns, quality)
    mine = lines.take(rows)
    out.thunks["stamp"] = lambda: Strings(stamps)
    out.thunks["body"] = lambda: Spans(mine.text, _behind(mine, stamps), mine.end)

    def level() -> Strings:
        heads = Spans(mine.text, mine.start, _char_end(mine)).arrow().cast(pa.large_binary())
        found = pc.extract_regex(heads, pattern=LEVEL)
        word = found.field("level").cast(pa.string())
        return Strings(pc.if_else(found.is_valid(), word, pa.scalar(None, pa.string())))

    out.thunks["severity_text"] = lambda: encode(level().array)
    out.thunks["severity_number"] = lambda: _numbers(out)
    yield out


def _behind(lines: Lines, stamps: pa.Array) -> Ints:
    """Where the message of each line begins: behind a stamp that the line begins with, else where the line does."""
    length = pc.binary_length(stamps).to_numpy(zero_copy_only=False).astype(np.int64)
    buf, last = lines.text.buf, lines.text.size
    opened = OPENERS[buf[np.minimum(lines.start, last)]]
    at = lines.start + (opened > 0)
    headed = at + length < lines.end
    letters = np.frombuffer(b"".join(s.encode() for s in stamps.to_pylist()), np.uint8)
    first = np.cumsum(length) - length
    for k in range(int(length.max(initial=0))):
        inside = k < length
        same = buf[np.minimum(at + k, last)] == letters[np.minimum(first + k, len(letters) - 1)]
        headed &= same | ~inside
    at = at + length
    here = buf[np.minimum(at, last)]
    headed &= np.where(opened > 0, here == opened, BETWEEN[here])
    at = at + (opened > 0)
    for _ in range(4):
        here, after = buf[np.minimum(at, last)], buf[np.minimum(at + 1, last)]
        at = at + ((at < lines.end) & (BETWEEN[here] | ((here == 45) & (after == 32))))
    return np.where(headed & (at < lines.end), at, lines.start)


def _numbers(out: Batch) -> Numbers:
    return severities(out.column("severity_text"), {})
