"""Messages to templates: what differs from record to record is masked, `connection from <*> closed` is left.

Few and plain rules, none of which knows a product or a word of one: rules fitted to the logs at hand cost more on other
logs than they bring. A dictionary of distinct messages is masked at once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

MASK = "<*>"
LONGEST = 2_000  # characters of a first line that take part; what follows is payload, not the shape of the message

_PART = r"[^\s=,;()\[\]{}<>\"'|]"  # a character of a token; colons, dots, slashes and dashes belong to it
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? "
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_UNIT = (
    r"(?:[KMGTPkmgtp]i?[Bb]|[kKMG]?[Bb]ytes?|B|[mun]?s|m?secs?|millis|(?:milli)?seconds?|min(?:ute)?s?|hours?|h|days?)"
)
RULES = (
    (r"\s{2,}|[\t\r\n\f\v]", " "),
    (r'"[^"\s]*"', f'"{MASK}"'),  # a quoted word is a value, a quoted phrase is text with values of its own
    (r"(^|[^\w])'[^'\s]*'", rf"\1'{MASK}'"),
    (r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>)\],;]+", MASK),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", MASK),
    (r"(^|[\s=:(\[,'\"])/[^\s\"'<>()|,;]+", rf"\1{MASK}"),  # a path, its query included
    (rf"\b(?:{_DAY})?(?:\d{{1,2}} )?{_MONTH} \d(?:[\d:., ]*\d)?\b", MASK),
    (rf"[<>~]?\b\d+(?:[.,]\d+)* ?(?:{_UNIT}\b|%)", MASK),
    (rf"{_PART}*[0-9](?:{_PART}*[\w%])?", MASK),  # whatever holds a digit: numbers, addresses, UUIDs, hex, versions
    (r" \(\)", f" ({MASK})"),  # a value that is not there
    (r"<\*> \(<\*>\)", MASK),  # a value said twice
    (r"<\*>(?:[\s,;:/|.-]+<\*>)+", MASK),  # a list of values is as long as it happens to be
)

# The line of a traceback that says what went wrong, as name and message: the one below the frames (Python), or the last
# with a telling name (Java, where exceptions cause each other).
_TELLING = r"(?:Error|Exception|Failure|Fault|Timeout|Warning|Exit|Interrupt)"
_FAULT_BELOW_FRAMES = r"(?s).*\n[ \t]+[^\n]*\n((?:\w+\.)*[A-Z]\w*)(: [^\n]*)\s*$"
_FAULT_BY_NAME = rf"(?s).*\n((?:Caused by: )?[A-Za-z_][\w.$]*{_TELLING})\b([^\n]*).*"

VARIANTS = 5  # that many words in one place are values; accuracy on labelled logs falls on either side of 4 to 6
CONSTANT = 2  # words that near-equal templates must share, or everything is like everything
TOKENS = 80  # longer templates carry payload and are not compared
ROUNDS = 8  # merging opens new merges; it settles in two or three rounds
_SPLIT = re.compile(r"([ =])")
_WORD = re.compile(r"[^\W\d_]")


def templates(messages: pa.Array) -> pa.Array:
    """The template of each message: its first line, and the fault at the end of a traceback, with values masked."""
    text = pc.cast(messages, pa.large_string())
    several = pc.fill_null(pc.match_substring(text, "\n"), False)
    found = _mask(pc.utf8_ltrim_whitespace(pc.replace_substring_regex(text, r"(?s)\n.*", "")))
    if pc.any(several).as_py():
        joined = _with_fault(found.filter(several), text.filter(several))
        found = pc.replace_with_mask(found, several, joined)
    return pc.cast(found, messages.type)


def _mask(text: pa.Array) -> pa.Array:
    text = pc.utf8_slice_codeunits(text, 0, LONGEST)
    for pattern, replacement in RULES:
        text = pc.replace_substring_regex(text, pattern, replacement)
    return pc.utf8_rtrim_whitespace(text)


def _with_fault(first: pa.Array, records: pa.Array) -> pa.Array:
    """Masked first lines, each with the fault of its traceback behind a bar; the name of the fault stays as it is."""
    for pattern in (_FAULT_BELOW_FRAMES, _FAULT_BY_NAME):
        hit = pc.match_substring_regex(records, pattern)
        if pc.any(hit).as_py():
            told = records.filter(hit)
            name = pc.replace_substring_regex(told, pattern, r" | \1")
            message = _mask(pc.replace_substring_regex(told, pattern, r"\2"))
            joined = pc.binary_join_element_wise(first.filter(hit), name, message, pa.scalar("", pa.large_string()))
            first = pc.replace_with_mask(first, hit, joined)
            records = pc.replace_with_mask(records, hit, pa.array([""] * len(told), pa.large_string()))
    return first


def merge_templates(shapes: Iterable[str]) -> dict[str, str]:
    """What each template becomes when near-equal ones are one.

    Templates equal but for one token, not the first, are one where five or more words stand there, or a mask beside a
    word. Repeated until nothing changes. The outcome depends on the set of templates alone.
    """
    merged = {shape: shape for shape in shapes}
    for _ in range(ROUNDS):
        now = sorted(set(merged.values()))
        masked = _masked({shape: _SPLIT.split(shape) for shape in now})
        if not masked:
            break
        merged = {shape: masked.get(current, current) for shape, current in merged.items()}
    return merged


def _masked(tokens: dict[str, list[str]]) -> dict[str, str]:
    """The templates that change in one round, with all their places that are values masked."""
    places: dict[str, set[int]] = defaultdict(set)
    for (at, before, after), words in _neighbours(tokens).items():
        if len(words) >= VARIANTS or (len(words) > 1 and any(_is_mask(word) for word in words)):
            for word in words:
                places["".join((*before, word, *after))].add(at)
    found = {}
    for shape, masks in places.items():
        changed = "".join(MASK if at in masks else token for at, token in enumerate(tokens[shape]))
        if changed != shape:
            found[shape] = changed
    return found


def _neighbours(tokens: dict[str, list[str]]) -> dict[tuple[int, tuple[str, ...], tuple[str, ...]], set[str]]:
    """Which words stand between the same words."""
    found: dict[tuple[int, tuple[str, ...], tuple[str, ...]], set[str]] = defaultdict(set)
    for parts in tokens.values():
        for at in _comparable(parts):
            found[at, tuple(parts[:at]), tuple(parts[at + 1 :])].add(parts[at])
    return found


def _comparable(parts: list[str]) -> Iterator[int]:
    """The places of a template (every other part is what separates them) that leave enough words when left out."""
    if len(parts) > 2 * TOKENS:
        return
    words = [at for at in range(0, len(parts), 2) if _WORD.search(parts[at].replace(MASK, ""))]
    for at in range(2, len(parts), 2):
        if len(words) - (at in words) >= CONSTANT:
            yield at


def _is_mask(token: str) -> bool:
    return MASK in token and not _WORD.search(token.replace(MASK, ""))
