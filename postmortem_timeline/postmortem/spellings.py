"""The forms under which a person may stand in a text, and their replacement by a role."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from unicodedata import combining, normalize

NAMES = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
BOTS, WORDS = frozenset(NAMES["bots"]), frozenset(NAMES["words"])

# Where a name in small letters can be nothing else: a home folder, and a machine called after its owner.
HOME = r"(?<=/home/)|(?<=/Users/)|(?<=\\Users\\)"
DEVICE = (
    r"s?[-_](?:mbp|macbook|mac|imac|laptop|notebook|thinkpad|desktop|workstation|pc|air|xps|iphone|phone)(?![a-z])"
)
TITLED = re.compile(r"[A-Z][a-z]+")
SHORTEST = 4  # "min", "lin" and "tan" are units, tools and functions


def key_of(name: str) -> str:
    """What the spellings of one person share: `Dana Ruíz`, `dana.ruiz` and `dana.ruiz@corp.example` are `dana ruiz`."""
    local = name.split("@")[0] if "@" in name.strip("@") else name.strip("@")
    plain = "".join(char for char in normalize("NFKD", local.lower()) if not combining(char))
    return " ".join(re.split(r"[\s._-]+", plain)).strip()


def spellings(key: str) -> list[str]:
    """The forms that follow from a full name: `dana ruiz` may be Dana, Ruiz, dana.ruiz, druiz and more."""
    parts = key.split()
    if len(parts) not in (2, 3) or not all(part.isalpha() and len(part) > 1 for part in parts):
        return []
    first, last = parts[0], parts[-1]
    titled = [part.capitalize() for part in parts]
    forms = [" ".join(titled), *(mark.join(parts) for mark in (".", "-", "_", "")), f"{last}.{first}"]
    forms += [form for form in (f"{first[0]}{last}", f"{first[0]}.{last}", f"{first}{last[0]}") if len(form) > 4]
    return forms + [part for part in (titled[0], titled[-1]) if len(part) > 2 and part.lower() not in WORDS]


def spoken(roles: Mapping[str, str], taken: Iterable[str] = ()) -> dict[str, str]:
    """`roles` and the names in small letters, as people write them in chat: `thanks dana`."""
    small = {name.lower(): role for name, role in roles.items() if TITLED.fullmatch(name) and len(name) >= SHORTEST}
    barred = {*WORDS, *taken}
    return {**{name: role for name, role in small.items() if name not in barred}, **roles}


def disguise(text: str, roles: Mapping[str, str]) -> str:
    """`text` with every known name as its role: the longest names first, whole words only, `@` and mail included."""
    if not roles or not text:
        return text
    lowered = {name.lower(): role for name, role in roles.items()}

    def role(match: re.Match[str]) -> str:
        found = match["linked"] or match["name"]
        return roles[found] if found else lowered[match["owner"].lower()]

    return _pattern(tuple(roles)).sub(role, text)


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=lambda name: (-len(name), name))
    name = "|".join(map(re.escape, longest))
    return re.compile(
        rf"<@(?P<linked>{name})(?:\|[^<>]*)?>|(?<![\w@])@?(?P<name>{name})(?!\w)"
        rf"|(?:{HOME}|(?<![\w@])(?=(?:{name}){DEVICE}))(?P<owner>(?i:{name}))(?=(?i:{DEVICE})|\W|$)"
    )
