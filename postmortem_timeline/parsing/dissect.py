"""Line layouts: a list of fields, each of fixed width, ended by a literal, or matched by its kind; walked for all lines at once."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from postmortem_timeline.errors import FormatError
from postmortem_timeline.parsing import severity
from postmortem_timeline.parsing.text import (
    FAR,
    MANY_ROWS,
    Bools,
    Ints,
    Lines,
    Text,
    find,
    find_byte,
    find_last,
    first_word,
    has_literal,
    next_place,
    short_integers,
    skip_blanks,
)
from postmortem_timeline.parsing.timestamps import Dating, Stamps, TimeFormat

KINDS = ("any", "int", "num", "word", "name", "dotted", "level", "time", "blanks")
LOUD = [int.from_bytes(word, "little") for word in b"TRACE DEBUG INFO NOTICE WARN WARNING ERROR SEVERE CRITICAL FATAL".split()]
UNDATED = Dating()
TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|([^{}]+)")


@dataclass(frozen=True)
class Piece:
    """One step of a layout: a literal, or a field."""

    literal: bytes = b""
    name: str = ""
    kind: str = "any"
    width: int = 0
    last: bool = False  # runs to the last, not the first, occurrence of what follows


@dataclass(frozen=True)
class Span:
    """Where one field of each row lies in the text."""

    start: Ints
    end: Ints


@dataclass
class Match:
    """The lines that a layout fits: their rows, and the spans of its fields."""

    layout: Layout
    rows: npt.NDArray[np.intp]
    spans: dict[str, Span]
    stamps: dict[str, Stamps] = field(default_factory=dict)
    reached: int = 0  # pieces that some line passed


@dataclass(frozen=True)
class Layout:
    """A compiled layout."""

    name: str
    pieces: tuple[Piece, ...]
    times: dict[str, tuple[TimeFormat, ...]]
    scale: dict[str, int]
    source: str = ""

    @property
    def specificity(self) -> int:
        """How particular the layout is: literal characters, then fields that check what they hold."""
        literal = sum(len(p.literal) for p in self.pieces)
        checked = {"time": 12, "level": 4, "int": 2, "num": 2, "word": 1, "name": 1, "dotted": 3}
        formats = [self.times[p.name][0] for p in self.pieces if p.kind == "time"]
        stamps = sum(4 * fmt.has_zone + 2 * fmt.fraction for fmt in formats)
        return 2 * literal + stamps + sum(checked.get(p.kind, 0) for p in self.pieces)

    def match(self, lines: Lines, dating: Dating = UNDATED) -> Match:
        """Walk all lines at once; a line whose cursor passes its end does not match."""
        return Walk(self, lines, dating).run()


def compile_layout(name: str, source: str, times: dict[str, tuple[TimeFormat, ...]], scale: dict[str, int]) -> Layout:
    """Compile `text with {fields}`. Raises FormatError where it cannot be walked."""
    pieces: list[Piece] = []
    for token in TOKEN.finditer(source):
        whole, inner, literal = token.group(0), token.group(1), token.group(2)
        if whole in ("{{", "}}") or literal is not None:
            text = (literal or whole[0]).encode()
            if pieces and pieces[-1].literal:
                pieces[-1] = Piece(literal=pieces[-1].literal + text)
            else:
                pieces.append(Piece(literal=text))
        elif inner == ">":
            pieces.append(Piece(kind="blanks"))
        else:
            pieces.append(_field(name, inner, times))
    for here, after in itertools.pairwise(pieces):
        if here.name and here.kind not in ("time",) and not here.width and not after.literal and after.kind != "blanks":
            raise FormatError(f'layout "{name}": nothing ends the field "{here.name}"; put a literal after it')
    return Layout(name, tuple(pieces), times, scale, source)


def _field(layout: str, inner: str, times: dict[str, tuple[TimeFormat, ...]]) -> Piece:
    name, _, kind = inner.partition(":")
    last = name.endswith("*")
    name = name.rstrip("*")
    if name in times:
        return Piece(name=name, kind="time")
    if kind.isdigit():
        return Piece(name=name, width=int(kind))
    if kind and kind not in KINDS:
        raise FormatError(
            f'layout "{layout}": field "{inner}" has an unknown kind; known are {", ".join(KINDS)} or a width'
        )
    return Piece(name=name, kind=kind or "any", last=last)


class Walk:
    """One walk of a layout over lines: a cursor for each line, and the spans that it passed."""

    def __init__(self, layout: Layout, lines: Lines, dating: Dating) -> None:
        self.layout, self.dating = layout, dating
        self.text: Text = lines.text
        self.at, self.end = lines.start.copy(), lines.end.copy()
        self.rows = np.arange(len(lines))
        self.spans: dict[str, Span] = {}
        self.stamps: dict[str, Stamps] = {}
        self.reached = 0
        self.found = b""  # the literal that the search for a field's end found at all cursors
        self.nth: dict[int, Ints] = {}  # of bytes that were searched for in the list of their places: which was found last
        self.partings: dict[int, Walk] = {}  # the state before a piece, for layouts that go on otherwise

    def parting(self, place: int, layout: Layout) -> Walk:
        """The walk as it was before piece `place`, to be gone on with another layout."""
        return self.partings[place].copy(layout) if place in self.partings else self._nothing(layout)

    def copy(self, layout: Layout) -> Walk:
        other = object.__new__(Walk)
        other.layout, other.dating, other.text = layout, self.dating, self.text
        other.at, other.end, other.rows, other.found = self.at, self.end, self.rows, self.found
        other.spans, other.stamps, other.nth = dict(self.spans), dict(self.stamps), dict(self.nth)
        other.reached, other.partings = self.reached, {}
        return other

    def _nothing(self, layout: Layout) -> Walk:
        other = self.copy(layout)
        other.keep(np.zeros(len(other.rows), bool))
        return other

    def drop(self, taken: Bools) -> None:
        """Leave out lines that another layout fits."""
        self.keep(~taken[self.rows])

    def keep(self, ok: Bools) -> None:
        """Go on with the rows that are `ok` only."""
        if ok.all():
            return
        self.at, self.end, self.rows = self.at[ok], self.end[ok], self.rows[ok]
        self.nth = {byte: nth[ok] for byte, nth in self.nth.items()}
        self.spans = {name: Span(s.start[ok], s.end[ok]) for name, s in self.spans.items()}
        self.stamps = {name: s.take(ok) for name, s in self.stamps.items()}

    def run(self, begin: int = 0, stops: frozenset[int] = frozenset()) -> Match:
        """Go on from piece `begin` to the end; the state before each of `stops` is kept."""
        pieces = list(self.layout.pieces)
        greedy = next((i for i, p in enumerate(pieces) if p.last), len(pieces))
        head, tail = pieces[: greedy + 1], pieces[greedy + 1 :]
        for i, piece in enumerate(head[begin:], begin):
            after = head[i + 1] if i + 1 < len(head) else None
            if not len(self.rows):
                break
            if i in stops:
                self.partings[i] = self.copy(self.layout)
            if piece.last:
                self.backwards(piece, tail)
            else:
                self.step(piece, after)
            self.reached += len(self.rows) > 0
        if not tail and len(self.rows):
            self.keep(self.at == self.end)
        return Match(self.layout, self.rows, self.spans, self.stamps, self.reached)

    def step(self, piece: Piece, after: Piece | None) -> None:
        if piece.literal:
            if piece.literal == self.found:
                self.at = self.at + len(piece.literal)
                self.found = b""
                return
            ok = has_literal(self.text, self.at, self.end, piece.literal)
            self.at = self.at + len(piece.literal)
            self.keep(ok)
        elif piece.kind == "blanks":
            self.at = skip_blanks(self.text, self.at, self.end)
        elif piece.kind == "time":
            self.time(piece)
        elif piece.width:
            stop = self.at + piece.width
            self.place(piece, stop, stop <= self.end)
        elif after is None:
            self.place(piece, self.end, np.ones(len(self.rows), bool))
        else:
            self.until(piece, after.literal)

    def until(self, piece: Piece, literal: bytes) -> None:
        """A field that runs to `literal`; to the next blank (or the line's end) where nothing else is said."""
        if piece.kind == "word" and literal[:1] == b" ":  # the first blank ends a word, and must begin the literal
            stop = find_byte(self.text, self.at, self.end, 32)
            if len(literal) > 1:
                stop = np.where((stop >= 0) & has_literal(self.text, np.maximum(stop, 0), self.end, literal), stop, -1)
            self.place(piece, np.where(stop > self.at, stop, -1), stop > self.at, checked=True)
        else:
            stop = self.seek(literal or b" ")
            if not literal:  # blanks may be none at all: then the line ends here
                stop = np.where(stop < 0, self.end, stop)
            self.place(piece, stop, stop >= 0)
        self.found = literal

    def seek(self, literal: bytes) -> Ints:
        """Where `literal` stands next; of a byte that is few but far, the search goes on where the last one ended."""
        byte = literal[0]
        if byte not in FAR or len(self.at) <= MANY_ROWS:
            return find(self.text, self.at, self.end, literal)
        place, self.nth[byte] = next_place(self.text, self.at, self.end, byte, self.nth.get(byte))
        return find(self.text, self.at, self.end, literal, place)

    def place(self, piece: Piece, stop: Ints, ok: Bools, checked: bool = False) -> None:
        start = self.at
        self.at = stop if ok.all() else np.where(ok, stop, start)
        if piece.name != "_":
            self.spans[piece.name] = Span(start, self.at)
        self.keep(ok)
        if len(self.rows) and piece.kind != "any" and not checked:
            span = self.spans.get(piece.name) or Span(start[ok], self.at)
            self.keep(check(self.text, span.start, span.end, piece.kind, self.layout.scale))

    def time(self, piece: Piece) -> None:
        start = self.at
        formats = self.layout.times[piece.name]
        best = formats[0].match(self.text, start, self.end, self.dating)
        for number, fmt in enumerate(formats[1:], 1):
            if best.ok.all():
                break
            best = _either(best, fmt.match(self.text, start, self.end, self.dating), number)
        self.stamps[piece.name] = best
        self.spans[piece.name] = Span(start, best.end)
        self.at = best.end
        self.keep(best.ok)

    def backwards(self, piece: Piece, tail: list[Piece]) -> None:
        """Match `tail` from the line's end, then give what is left to the greedy `piece`."""
        edge = self.end
        for i in range(len(tail) - 1, -1, -1):
            part = tail[i]
            if part.literal:
                at = edge - len(part.literal)
                ok = (at >= self.at) & has_literal(self.text, np.maximum(at, self.at), edge, part.literal)
                edge = np.where(ok, at, edge)
                edge = edge[ok]
                self.keep(ok)
                continue
            before = tail[i - 1].literal if i else b""
            if part.width:
                start = edge - part.width
            elif before:
                place = find_last(self.text, self.at, edge, before)
                start = np.where(place >= 0, place + len(before), -1)
            else:
                start = edge
            ok = start >= self.at
            if part.name != "_":
                self.spans[part.name] = Span(np.where(ok, start, edge), edge)
            edge = start[ok]
            self.keep(ok)
            if part.kind not in ("any", "time", "blanks") and part.name in self.spans and len(self.rows):
                good = check(
                    self.text, self.spans[part.name].start, self.spans[part.name].end, part.kind, self.layout.scale
                )
                edge = edge[good]
                self.keep(good)
        if piece.name != "_":
            self.spans[piece.name] = Span(self.at, edge)
        self.at = self.end


def _either(one: Stamps, other: Stamps, number: int) -> Stamps:
    """The stamps of `one`, and of `other` where only that matched."""
    use = ~one.ok & other.ok
    which = np.zeros(len(use), np.int64) if one.number is None else one.number
    return Stamps(
        np.where(use, other.local_ns, one.local_ns), np.where(use, other.offset, one.offset), np.where(use, other.end, one.end),
        one.ok | other.ok, np.where(use, number, which),
    )  # fmt: skip


def check(text: Text, start: Ints, end: Ints, kind: str, scale: dict[str, int]) -> Bools:
    """Whether each span holds what its kind says."""
    length = end - start
    if kind == "word":
        return (length > 0) & (find_byte(text, start, end, 32) < 0)
    if kind == "name":  # a word that is no severity, as "INFO  | " begins lines of other programs
        loud = np.isin(first_word(text, start, end), LOUD) & (length <= 8)
        return (length > 0) & (find_byte(text, start, end, 32) < 0) & ~loud
    if kind == "dotted":  # the name of a class or module: words with at least two dots between
        one = find_byte(text, start, end, 46)
        two = find_byte(text, np.maximum(one + 1, start), end, 46)
        letter = (text.buf[np.minimum(start, text.size)] >= 65) & (text.buf[np.maximum(end - 1, 0)] >= 48)
        letter &= text.buf[np.maximum(end - 1, 0)] != 58
        return (find_byte(text, start, end, 32) < 0) & (one > start) & (two > one + 1) & (two < end - 1) & letter
    if kind == "level":
        words, back = np.unique(first_word(text, start, end), return_inverse=True)
        own = tuple(scale.items())
        known = np.array([_is_level(int(w), own) for w in words], bool)
        marked = text.buf[np.maximum(end - 1, start)] == 58  # of a longer word only the beginning was looked at
        return known[back] & (length > 0) & (length <= 13) & ~((length > 8) & marked)
    if kind == "int" and len(length) and int(length.max()) <= 8:
        return short_integers(text, start, length)[1]
    ok = (length > 0) & (length <= 24)
    allowed = np.zeros(256, bool)
    allowed[48:58] = True
    if kind == "num":
        allowed[[43, 45, 46, 69, 101]] = True
    width = int(length[ok].max()) if ok.any() else 0
    for k in range(width):
        ok &= allowed[text.buf[np.minimum(start + k, text.size)]] | (k >= length)
    return ok


@lru_cache(maxsize=1 << 16)
def _is_level(packed: int, own: tuple[tuple[str, int], ...]) -> bool:
    scale, word = dict(own), packed.to_bytes(8, "little").rstrip(b"\0").decode("latin-1")
    if len(word) < 8:  # what the severity scale forgives, such as brackets, makes another layout here
        return word in scale or (severity.number(word, scale) > 0 and (word[:1] + word[-1:]).isalnum())
    return any(known.lower().startswith(word.lower()) for known in (*severity.COMMON, *scale))
