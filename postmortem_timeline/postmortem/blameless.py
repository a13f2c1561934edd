"""Wording that blames, found in prose, each with a better question."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PHRASES = Path(__file__).with_name("blameless.toml")

# Who may stand before the verb: a pronoun, or a person by trade or role.
WHO = (
    r"(?:he|she|they|we|you|i|someone|somebody|nobody|no one"
    r"|the (?:team|person|author|reviewer|operator|developer|engineer|admin)s?"
    r"|(?:one of )?(?:our|the|an?) (?:\w+ ){0,2}"
    r"(?:engineer|developer|operator|admin|administrator|contractor|colleague|manager)s?"
    r"|(?:responder|engineer|incident commander|on-call)(?: (?:\d+|[0-9a-f]{6}))?|on-call engineer)"
)

CODE = re.compile(r"`+[^`\n]*`+|“[^”\n]*”|https?://\S+")


@dataclass(frozen=True)
class Phrase:
    """A wording found: where on the line, what it says, why it blames, what to say instead."""

    start: int
    text: str
    why: str
    say: str


def blaming(line: str) -> list[Phrase]:
    """The blaming phrases of one line of prose; code, quotations and links are not prose."""
    prose = CODE.sub(lambda match: " " * len(match.group()), line)
    found = [
        Phrase(match.start(), match.group().strip(), why, say)
        for regex, why, say in phrases()
        for match in regex.finditer(prose)
    ]
    found.sort(key=lambda phrase: (phrase.start, -len(phrase.text)))
    kept: list[Phrase] = []
    for phrase in found:  # "he forgot to" is one finding, not two
        if not kept or phrase.start >= kept[-1].start + len(kept[-1].text):
            kept.append(phrase)
    return kept


@cache
def phrases() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """The table, compiled once."""
    with PHRASES.open("rb") as file:
        rows = tomllib.load(file)["phrases"]
    return tuple((re.compile(f"(?i){row['find'].replace('{who}', WHO)}"), row["why"], row["say"]) for row in rows)
