"""A client's address without the port that it called from: each connection has its own, and a user makes many."""

from __future__ import annotations

import re

import numpy as np

from postmortem_timeline.parsing.text import Ints, Text

# An address of IPv6 may end in what looks like a port: it loses one only where it stands in brackets.
V4 = re.compile(r"^([0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{0,5}(?::[A-Za-z][\w-]*)?$")  # SonicWall adds the interface
V6 = re.compile(r"^\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?)\](?::[0-9]{1,5})?$")
COLONS = np.uint64(0x3A3A3A3A3A3A3A3A)
ONES, HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)


def without_port(address: str) -> str:
    """`10.0.3.17:52311` and `[2001:db8::17]:52311` are clients by what stands before the port."""
    match = V4.match(address) or V6.match(address)
    return match.group(1) if match else address


def may_have_port(text: Text, start: Ints, end: Ints) -> bool:
    """Whether any of the spans has a colon among its last bytes, or ends in a bracket."""
    last = text.words[np.maximum(end - 8, 0)] ^ COLONS
    colon = ((last - ONES) & ~last & HIGH) != 0
    return bool((colon | (text.buf[np.maximum(end - 1, 0)] == 93)).any())
