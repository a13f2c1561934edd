"""Messages to templates: what differs from record to record is masked, `connection from <*> closed` is left.

Few and plain rules, none of which knows a product or a word of one: rules fitted to the logs at hand cost more on other
logs than they bring. A dictionary of distinct messages is masked at once. What one message does not tell of itself, such
as that a word of it is a name, merging.py finds by comparing templates.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

MASK = "<*>"
LONGEST = 2_000  # characters of a first line that take part; what follows is payload, not the shape of the message
PAYLOADS = 4 * LONGEST  # and those in which the ends of bodies are looked for, or a cut leaves as many shapes as bodies

_PART = r"[^\s=,;()\[\]{}<>\"'|]"  # a character of a token; colons, dots, slashes and dashes belong to it
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? "
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_UNIT = (
    r"(?:[KMGTPkmgtp]i?[Bb]|[kKMG]?[Bb]ytes?|B|[mun]?s|m?secs?|millis|(?:milli)?seconds?|min(?:ute)?s?|hours?|h|days?)"
)
PAYLOAD = r"[^\s]\s?\{|\w\([^()]*=|[^\s]\s?\[[^\[\]]*[,=]"  # what is worth a look at NESTED
NESTED = (  # the body of an object or a list is a value, unless the message is nothing else or a phrase is quoted in it
    (r'(.)\{(?:[^{}"]|"[^"\s]*")*\}', rf"\1{MASK}"),
    (r'(\W)\w+\((?:[^()"]|"[^"\s]*")*=(?:[^()"]|"[^"\s]*")*\)', rf"\1{MASK}"),
    (r'(.)\[(?:[^\[\]"]|"[^"\s]*")*[,=] ?(?:[^\[\]"]|"[^"\s]*")*\]', rf"\1[{MASK}]"),
)  # from the inside out
DEPTH = 3  # of bodies inside bodies
RULES = (
    (r"\s{2,}|[\t\r\n\f\v]", " "),
    (r'"[^"\s]*"', f'"{MASK}"'),  # a quoted word is a value, a phrase is text with values of its own
    (r"\B'[^'\s]*'\B", f"'{MASK}'"),  # an apostrophe quotes nothing
    (r"(\w )'[^']*'\B", rf"\1'{MASK}'"),  # a name may have blanks; behind a colon or "=" stands text
    (r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>)\],;]+", MASK),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", MASK),
    (r"(^|[\s=:(\[,'\"])/[^\s\"'<>()|,;]+", rf"\1{MASK}"),  # a path, its query included
    (rf"\b(?:{_DAY})?(?:\d{{1,2}} )?{_MONTH} \d(?:[\d:., ]*\d)?\b", MASK),
    (rf"[<>~]?\b\d+(?:[.,]\d+)* ?(?:{_UNIT}\b|%)", MASK),
    (rf"{_PART}*[0-9](?:{_PART}*[\w%])?", MASK),  # whatever holds a digit: numbers, addresses, UUIDs, hex, versions
    (r" \(\)", f" ({MASK})"),  # a value that is not there
    (r"<\*> \(<\*>\)", MASK),  # a value said twice
    (r"<\*>(?:[\s,;:/|.-]+<\*>)+", MASK),  # a list of values is as long as it happens to be
    (r"\[<\*>\](?:\s?,?\s?\[<\*>\])+", f"[{MASK}]"),
    (r"\"<\*>\"(?: \"<\*>\")+", f'"{MASK}"'),
    (r"'<\*>'(?: '<\*>')+", f"'{MASK}'"),
)
FOLDS = RULES[-5:]  # those that make one mask of several; they hold again for what merging has masked

# The line of a traceback that says what went wrong, as name and message: the one below the frames (Python), or the last
# with a telling name (Java, where exceptions cause each other).
_TELLING = r"(?:Error|Exception|Failure|Fault|Timeout|Warning|Exit|Interrupt)"
_FAULT_BELOW_FRAMES = r"(?s).*\n[ \t]+[^\n]*\n((?:\w+\.)*[A-Z]\w*)(: [^\n]*)\s*$"
_FAULT_BY_NAME = rf"(?s).*\n((?:Caused by: )?[A-Za-z_][\w.$]*{_TELLING})\b([^\n]*).*"


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
    text = pc.utf8_slice_codeunits(_without_payload(pc.utf8_slice_codeunits(text, 0, PAYLOADS)), 0, LONGEST)
    for pattern, replacement in RULES:
        text = pc.replace_substring_regex(text, pattern, replacement)
    return pc.utf8_rtrim_whitespace(text)


def _without_payload(text: pa.Array) -> pa.Array:
    nested = pc.fill_null(pc.match_substring_regex(text, PAYLOAD), False)
    if not pc.any(nested).as_py():
        return text
    found = text.filter(nested)
    for pattern, replacement in NESTED * DEPTH:
        found = pc.replace_substring_regex(found, pattern, replacement)
    return pc.replace_with_mask(text, nested, found)


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
