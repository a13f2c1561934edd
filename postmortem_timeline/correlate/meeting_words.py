"""Where the words of a change and the words of the new errors meet: rare ones say most."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from postmortem_timeline.correlate.relation import words

# Words of every error, every alert and every commit: that both have them says nothing.
EVERYDAY = (
    "error errors fail failed failing failure exception request requests response server client service connection "
    "connect get post put delete path http https handler handle unexpected invalid unable cannot could while when "
    "after before with without from into over under above below high low rate ratio alert alerts firing warning "
    "critical status code codes host port line lines file files call called none null true false type value object "
    "argument number string retry release released releases deploy deployed deployment deployments rollback rollout "
    "revert reverts reverted version commit merge branch master fix fixes fixed add adds added remove removed "
    "update updated bump change changed changes new old use uses used make more less show keep turn set off per via "
    "every all one has have this that they them its production staging main config src app lib services index test "
    "tests yaml yml json toml py js go java md txt info debug warn log logs logging message trace user users job "
    "run start started stop stopped time timeout 5xx 4xx unavailable than only also now not yet does what how out "
    "the"
)
COMMON = frozenset(EVERYDAY.split())


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """A word without its most common endings: `pricing`, `prices` and `price` are one."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ed", "es", "ers", "er", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def left_out(names: Iterable[str]) -> frozenset[str]:
    """The words that tell no text from another: everyday ones, and the names of services, which are told elsewhere."""
    return COMMON | {part for name in dict.fromkeys(names) for part in words(name)}


@lru_cache(maxsize=1 << 12)  # an audit log says the same few words a hundred thousand times
def content(text: str, out: frozenset[str] = COMMON) -> Mapping[str, str]:
    """stem -> word, of the words that can tell one text from another; `out` is what `left_out` says."""
    return {
        stem(word): word
        for word in words(text) + words(text.lower())  # `OAuth` is also one word
        if word not in out and len(word) > 2 and word.isalpha()
    }


def meeting(changes: Sequence[Mapping[str, str]], errors: Mapping[str, str]) -> list[tuple[float, list[str]]]:
    """How strongly the words of each change meet those of the errors (0..1), and which; rare ones among changes weigh.

    One word may meet by chance, so it weighs little whatever it is.
    """
    spread = Counter(word for one in changes for word in one)
    found = []
    for one in changes:
        common = sorted(one.keys() & errors.keys())
        weight = sum(math.log((len(changes) + 1) / spread[word]) for word in common)
        strength = 1 - math.exp(-weight / 2.0)
        found.append((min(strength, 0.3) if len(common) < 2 else strength, [errors[word] for word in common]))
    return found
