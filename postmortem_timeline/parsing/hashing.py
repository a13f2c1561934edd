"""One 64-bit hash of a text, the same wherever the text came from: a span of a block, an Arrow string, a Python string."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing.text import PAD, Ints, Text, Words

SEED = np.uint64(0x9E3779B97F4A7C15)
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
    """The hash of each span [start, end) of a text."""
    length = end - start
    value = mix(length.astype(np.uint64) + SEED)
    rows: npt.NDArray[np.intp] | slice = slice(None)
    at, left = start, length
    with np.errstate(over="ignore"):
        while len(at):
            keep = np.clip(left, 0, 8).astype(np.uint64)
            mask = np.where(keep == 8, ~np.uint64(0), (np.uint64(1) << (keep * np.uint64(8))) - np.uint64(1))
            word = text.words[at] & mask
            if digits_alike:
                word = zero_digits(word) & mask
            value[rows] = mix(value[rows] ^ word) + SEED
            go = np.flatnonzero(left > 8)
            rows = go if isinstance(rows, slice) else rows[go]
            at, left = at[go] + 8, left[go] - 8
    return value


def hash_text(value: str) -> int:
    """The hash of one Python string, equal to that of the same bytes in a block."""
    raw = value.encode("utf-8", "replace")
    text = Text.of(raw)
    return int(hash_spans(text, np.zeros(1, np.int64), np.full(1, len(raw), np.int64))[0])


def hash_strings(values: list[str]) -> Words:
    """The hashes of Python strings."""
    raw = [value.encode("utf-8", "replace") for value in values]
    ends = np.cumsum([len(r) for r in raw], dtype=np.int64)
    starts = ends - np.array([len(r) for r in raw], dtype=np.int64)
    return hash_spans(Text.of(b"".join(raw) + b"\0" * PAD), starts, ends)
