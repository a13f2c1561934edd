"""All layouts of all formats by what they demand of a line: most are out at once, whatever the number of formats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from postmortem_timeline.formats import registry
from postmortem_timeline.formats.model import Format
from postmortem_timeline.formats.registry import Registry
from postmortem_timeline.parsing.could import could_go_on, could_match, ends_of_first
from postmortem_timeline.parsing.dissect import Layout
from postmortem_timeline.parsing.timestamps import TimeFormat

SHORT = 1 << 16  # bytes of text in which all literals are looked up beforehand
NONE = -1  # the first byte of a line that has none
DIGITS, LETTERS = frozenset(b"0123456789"), frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
ALL = frozenset({NONE, *range(256)})
FIRST = {
    **dict.fromkeys(("Y", "y", "m", "d", "H", "M", "S", "I", "j", "f", "s", "-d", "-m", "-I", "-H"), DIGITS),
    **dict.fromkeys("bBaAp", LETTERS), "e": DIGITS | frozenset(b" "), "z": frozenset(b"Zz+-"), "Z": LETTERS | frozenset(b"+-"),
}  # fmt: skip


@dataclass(frozen=True)
class Fits:
    """The layouts (by their `id`) that may fit some lines, and the names of their formats; of all others it is sure."""

    layouts: frozenset[int] = frozenset()
    formats: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Demand:
    """A layout of a format, and the literals without which nothing fits it."""

    format: str
    layout: Layout
    needs: frozenset[bytes]


class Sieve:
    """The layouts that decide whether a format may fit, in groups of those that begin alike."""

    def __init__(self, formats: Iterable[Format]) -> None:
        groups: dict[object, list[Demand]] = {}
        for fmt in formats:
            for layout in deciding(fmt):
                needs = frozenset(piece.literal for piece in layout.pieces if piece.literal)
                groups.setdefault(_beginning(layout), []).append(Demand(fmt.name, layout, needs))
        self.groups = list(groups.values())
        self.literals = sorted({literal for group in self.groups for one in group for literal in one.needs})
        self.begin: dict[int, list[int]] = {byte: [] for byte in ALL}  # groups by the first byte of a line
        for number, group in enumerate(self.groups):
            for byte in _first(group[0].layout):
                self.begin[byte].append(number)

    def fits(self, lines: Sequence[bytes]) -> Fits:
        """What may fit some of the lines."""
        text = b"\n".join(lines)
        absent = {literal for literal in self.literals if literal not in text} if len(text) <= SHORT else frozenset()
        left: dict[int, list[Demand]] = {}  # of each group what no line fits yet
        found: list[Demand] = []
        for line in lines:
            ends: dict[str, int] = {}
            for number in self.begin[line[0] if line else NONE]:
                if number not in left:
                    left[number] = [one for one in self.groups[number] if one.needs.isdisjoint(absent)]
                if group := left[number]:
                    fit = _fitting(group, line, ends)
                    if fit:
                        found += fit
                        left[number] = [one for one in group if one not in fit]
        return Fits(frozenset(id(one.layout) for one in found), frozenset(one.format for one in found))


def _fitting(group: list[Demand], line: bytes, ends: dict[str, int]) -> list[Demand]:
    """Those of a group that a line may fit."""
    first = group[0].layout
    begins = _beginning(first)
    if begins is None:
        return [one for one in group if could_match(one.layout, line)]
    found = ends_of_first(first, line, ends)
    return [one for one in group if could_go_on(one.layout, line, found)] if found else []


@lru_cache(maxsize=2)
def _sieve(known: Registry) -> Sieve:
    return Sieve(known.formats)


def fits(lines: Sequence[bytes]) -> Fits:
    """What of the formats that are in force here may fit some of the lines."""
    return _sieve(registry.known()).fits(lines)


def deciding(fmt: Format) -> tuple[Layout, ...]:
    """The layouts one of which the first line of a record must fit."""
    return (fmt.starts or fmt.layouts) if fmt.engine in ("dissect", "paragraphs") else ()


def _beginning(layout: Layout) -> bytes | tuple[TimeFormat, ...] | None:
    """The literal or the time with which a layout begins."""
    piece = layout.pieces[0]
    return piece.literal or (layout.times[piece.name] if piece.kind == "time" else None)


def _first(layout: Layout) -> frozenset[int]:
    """The bytes with which a line may begin that the layout fits."""
    begins = _beginning(layout)
    if isinstance(begins, bytes):
        return frozenset(begins[:1])
    steps = [time.steps[0] for time in begins or ()]
    known = [frozenset(value[:1]) if what == "literal" else FIRST.get(value.decode(), ALL) for what, value in steps]
    return frozenset().union(*known) if known else ALL
