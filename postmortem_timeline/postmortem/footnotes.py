"""Footnotes: each number's evidence, under a label that stays the same as long as the evidence does.

The label is a hash of what the note says, not a running number: a sentence that somebody kept still points at its
own evidence after a fresh build. Viewers show numbers anyway.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from postmortem_timeline.postmortem.markup import SHOWN, blank, code, escape
from postmortem_timeline.views import wording
from postmortem_timeline.views.sentence import Cited

USED = re.compile(r"\[\^([0-9a-f]+)\](?!:)")
DEFINED = re.compile(r"^\[\^([0-9a-f]+)\]:")
LETTERS = 6


class Notes:
    """The notes of one document, in the order in which they are first used."""

    def __init__(self, quotes: Mapping[str, Any]) -> None:
        self.quotes = quotes
        self.labels: dict[tuple[tuple[str, ...], str], str] = {}

    def of(self, citations: Sequence[str], note: str = "") -> str:
        """The reference to put behind a number; nothing where nothing is cited."""
        if not citations and not note:
            return ""
        key = (tuple(citations), note)
        if key not in self.labels:
            self.labels[key] = self._label(key)
        return f"[^{self.labels[key]}]"

    def cited(self, pieces: Iterable[Cited]) -> str:
        """Pieces of a sentence with their footnotes; blanks as blanks."""
        words: list[str] = []
        for piece in pieces:
            if piece.blank:
                words.append((" " if words else "") + blank(piece.text))
            else:
                words.append(escape(piece.text) + self.of(piece.citations, piece.note))
        return "".join(words)

    def listed(self) -> str:
        lines = [f"[^{label}]: {self._line(*key)}" for key, label in self.labels.items()]
        return "\n".join(lines) or "None."

    def _label(self, key: tuple[tuple[str, ...], str]) -> str:
        digest = hashlib.sha256("\0".join([*key[0], key[1]]).encode()).hexdigest()
        taken = set(self.labels.values())
        return next(digest[:size] for size in range(LETTERS, 65) if digest[:size] not in taken)

    def _line(self, citations: tuple[str, ...], note: str) -> str:
        parts = [escape(note)] if note else []
        parts += [self._quoted(place) for place in citations[:SHOWN]]
        if len(citations) > SHOWN:
            parts.append(f"and {len(citations) - SHOWN} more: " + ", ".join(map(code, citations[SHOWN:])))
        return "; ".join(parts)

    def _quoted(self, place: str) -> str:
        quote = self.quotes.get(place)
        return f"{code(place)} {code(wording.short(quote.words, 160))}" if quote and quote.text.strip() else code(place)
