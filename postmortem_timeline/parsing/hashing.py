"""One 64-bit hash of a text, the same wherever the text came from: a span of a block, an Arrow string, a Python string."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing.text import PAD, Ints, Text, Words

SEED = np.uint64(0x9E3779B97F4A7C15)
STEP = np.uint64(0x9FB21C651E98DF25)
MIX = np.uint64(0xBF58476D1CE4E5B9)
MIX2 = np.uint64(0x94D049BB133111EB)
ZEROS = np.uint64(0x3030303030303030)
SEVENS = np.uint64(0x7676767676767676)
TOPS = np.uint64(0x8080808080808080)


def mix(x: Words) -> Words:
    """A bijection of 64 bits in which each bit depends on all (the finaliser of splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * MIX
    x = (x ^ (x >> np.uint64(27))) * MIX2
    return x ^ (x >> np.uint64(31))


def zero_digits(word: Words) -> Words:
    """Every ASCII digit of each word made `0`, so that texts that differ in digits alone hash alike."""
    t = word ^ ZEROS
    other = (((t & ~TOPS) + SEVENS) | t) & TOPS  # the top bit of each byte that is no digit
    digit = other ^ TOPS
    low_bits = digit - (digit >> np.uint64(7))  # 0x7f in each byte that is a digit
    return word & ~(low_bits & np.uint64(0x0F0F0F0F0F0F0F0F))


def hash_spans(text: Text, start: Ints, end: Ints, *, digits_alike: bool = False) -> Words:
    """The hash of each span [start, end) of a text: its whole words folded in one by one, then what is left over."""
    length = end - start
    value = length.astype(np.uint64) * STEP + SEED
    whole = length >> 3
    rows: npt.NDArray[np.intp] | None = None
    at = start
    with np.errstate(over="ignore"):
        for step in range(int(whole.max(initial=0))):
            if rows is None:
                go = np.flatnonzero(whole > step)
                if len(go) == len(start):  # all go on: nothing needs to be picked
                    value = _folded(value, _word(text, at, digits_alike))
                    at = at + 8
                    continue
                rows, at, value_there = go, at[go], value[go]
            else:
                go = np.flatnonzero(whole[rows] > step)
                if len(go) < len(rows):
                    value[rows] = value_there
                    rows, at, value_there = rows[go], at[go], value_there[go]
            value_there = _folded(value_there, _word(text, at, digits_alike))
            at = at + 8
        if rows is not None:
            value[rows] = value_there
        rest = (length & 7).astype(np.uint64) * np.uint64(8)
        tail = _word(text, start + (whole << 3), digits_alike) & ((np.uint64(1) << rest) - np.uint64(1))
        return mix(_folded(value, tail))


def _word(text: Text, at: Ints, digits_alike: bool) -> Words:
    word = text.words[at]
    return zero_digits(word) if digits_alike else word


def _folded(value: Words, word: Words) -> Words:
    value = (value ^ word) * STEP
    return value ^ (value >> np.uint64(29))


def hash_strings(values: list[str]) -> Words:
    """The hashes of Python strings."""
    raw = [value.encode("utf-8", "replace") for value in values]
    ends = np.cumsum([len(r) for r in raw], dtype=np.int64)
    starts = ends - np.array([len(r) for r in raw], dtype=np.int64)
    return hash_spans(Text.of(b"".join(raw) + b"\0" * PAD), starts, ends)
