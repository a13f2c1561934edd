"""What a chat message means: who takes it, what is decided, done, claimed, reported; the rest is small talk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from postmortem_timeline.correlate.chat_words import AHEAD, ASKS, CULPRIT, DID, HEDGE, NEGATION, RULES

MEANINGS = (*RULES, "question", "small_talk")

# These claim that something is so; a question, a wish, a condition or a negation claims nothing.
CLAIMS = frozenset(
    ("resolution", "mitigation", "action", "acknowledges", "looks", "declares", "identifies", "decision")
)
FINAL = frozenset(("action_item", "resolution"))  # "roll back" in an action item is no decision

PATTERNS = {meaning: re.compile(pattern, re.IGNORECASE) for meaning, pattern in RULES.items()}
UNREAL = re.compile(rf"\b(?:{HEDGE}|{AHEAD})\b", re.IGNORECASE)
# "not running" says what is so.
NEGATED = re.compile(rf"\b{NEGATION}\b(?! (?:running|working))", re.IGNORECASE)
TECHNICAL = re.compile(rf"\b{ASKS}\b", re.IGNORECASE)
CAUSED = re.compile(rf"\b{CULPRIT}\b(?: \S+)? {DID}\b", re.IGNORECASE)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
QUOTE = re.compile(r"^\s*(?:>|&gt;).*$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
LONG = 4000  # characters; what comes later in a message is pasted
NEAR = 30  # characters before a claim in which a negation is still about it


@dataclass(frozen=True)
class Said:
    """What one message means: `meaning` is the weightiest of `meanings`; a small talker's message has only that."""

    meaning: str
    meanings: tuple[str, ...]


@lru_cache(maxsize=4096)
def said(text: str) -> Said:
    """What a chat message means, sentence by sentence, by words that people use in incidents.

    Questions, conditions, wishes and negations claim nothing: "is it resolved?", "once it is back to normal", "not
    mitigated yet". Quoted lines and code are evidence that people show, not what they say.
    """
    plain = CODE.sub(" ` ", QUOTE.sub(" ", text[:LONG])).replace("’", "'")
    if "`" in plain and not re.search(r"\w", plain):
        return Said("observation", ("observation",))
    found = {meaning for sentence in SENTENCE.split(plain) for meaning in _meanings(sentence.strip())}
    ordered = tuple(meaning for meaning in MEANINGS if meaning in found) or ("small_talk",)
    return Said(ordered[0], ordered)


def _meanings(sentence: str) -> list[str]:
    asks = sentence.endswith("?")
    found: list[str] = []
    for meaning, pattern in PATTERNS.items():
        match = pattern.search(sentence)
        if match and not (meaning in CLAIMS and (asks or _unreal(sentence, match))):
            found.append(meaning)
            if meaning in FINAL:
                break
    if "action" in found and CAUSED.search(sentence):
        found.remove("action")
    if asks and "report" not in found:
        return ["question"] if TECHNICAL.search(sentence) else []
    return found


def _unreal(sentence: str, match: re.Match[str]) -> bool:
    """Whether the claim is conditional, wished or yet to come (by a word before it), or negated (close before it)."""
    before, near = sentence[: match.end()], sentence[max(0, match.start() - NEAR) : match.end()]
    return bool(UNREAL.search(before) or NEGATED.search(near))
