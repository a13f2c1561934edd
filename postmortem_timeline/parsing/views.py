"""Spans of a block as an Arrow array without copying them: string views into the block's own buffer."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from postmortem_timeline.parsing.text import Bools, Ints, Text, first_word

INLINE = 12  # bytes that a view holds itself (Arrow columnar format, "Variable-size Binary View Layout")


def views(text: Text, start: Ints, end: Ints, valid: Bools | None = None, *, binary: bool = False) -> pa.Array:
    """The spans [start, end) as `string_view` (`binary_view` where they may end within a character)."""
    n = len(start)
    view = np.zeros((n, 4), np.int32)  # length, first four bytes, buffer, place
    view[:, 0] = length = np.maximum(end - start, 0)  # where a span is null it may end anywhere
    view[:, 1] = text.words[np.minimum(start, text.size)].astype(np.uint32).view(np.int32)
    view[:, 3] = start
    short = np.flatnonzero(length <= INLINE)
    if len(short):
        at, stop = start[short], start[short] + length[short]
        inline = np.zeros((len(short), 4), np.int32)
        inline[:, 0] = length[short]
        inline[:, 1:3] = first_word(text, at, stop).view(np.int32).reshape(-1, 2)
        beyond = np.minimum(at + 8, text.size)
        inline[:, 3] = first_word(text, beyond, np.maximum(stop, beyond)).astype(np.uint32).view(np.int32)
        view[short] = inline
    bits = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
    kind = pa.binary_view() if binary else pa.string_view()
    return pa.Array.from_buffers(kind, n, [bits, pa.py_buffer(view), pa.py_buffer(text.buf)])
