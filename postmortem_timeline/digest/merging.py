"""Near-equal templates to one: a word in whose place many others stand, too, is a value.

Counts take no part, only which templates there are, so that the outcome is the same however the records were cut up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from postmortem_timeline.digest.templates import FOLDS, MASK

VARIANTS = 4  # that many words in one place are values; accuracy on labelled logs falls below, and slowly above
HAPPENED = 10  # and that many where all say what happened: started, stopping, fails are events rather than values
NAMES = 2  # that many are enough where all are dotted names: of files, hosts, classes
CONSTANT = 2  # words that near-equal templates must share, or everything is like everything
LONELY = 10  # words in one place, where the templates share one word only
TOKENS = 80  # longer templates carry payload and are not compared
ROUNDS = 8  # merging opens new merges; it settles in two or three rounds
_SPLIT = re.compile(r"([ =])")
_WORD = re.compile(r"[^\W\d_]")
_INFLECTED = re.compile(r"\w(?:ed|ing|s)\W*$")
# The name of a fault tells events apart: it is no value.
_NAME = re.compile(r"[^\w<]*[\w$-]+(?:\.[\w$<>*-]+)+(?<!Exception)(?<!Error)[^\w>]*")


Place = tuple[int, tuple[str, ...], tuple[str, ...]]  # where a word stands, and what stands before and after it


def merge_templates(shapes: Iterable[str]) -> dict[str, str]:
    """What each template becomes when near-equal ones are one.

    Templates equal but for one token, not the first, are one where four or more words stand there that do not all say
    what happened, or a mask beside a word, or two dotted names. Repeated until nothing changes. The outcome depends on
    the set of templates alone.
    """
    merged = {shape: shape for shape in shapes}
    for _ in range(ROUNDS):
        now = sorted(set(merged.values()))
        masked = _masked({shape: _SPLIT.split(shape) for shape in now})
        if not masked:
            break
        merged = {shape: masked.get(current, current) for shape, current in merged.items()}
    return merged


def _masked(tokens: dict[str, list[str]]) -> dict[str, str]:
    """The templates that change in one round, with all their places that are values masked."""
    places: dict[str, set[int]] = defaultdict(set)
    for (at, before, after), words in _neighbours(tokens).items():
        if len(words) > 1 and _are_values(words, _constant((*before, *after))):
            for word in words:
                places["".join((*before, word, *after))].add(at)
    found = {}
    for shape, masks in places.items():
        changed = _folded("".join(MASK if at in masks else token for at, token in enumerate(tokens[shape])))
        if changed != shape:
            found[shape] = changed
    return found


def _are_values(words: Collection[str], constant: int) -> bool:
    """Whether what stands in one place, where so many words stand around it, are values of one template."""
    if constant < CONSTANT:
        return len(words) >= LONELY
    named = [word for word in words if not _is_mask(word)]
    if len(named) < len(words):
        return True
    if len(words) >= VARIANTS:
        return len(words) >= HAPPENED or not all(_INFLECTED.search(word) for word in words)
    return len(words) >= NAMES and all(_NAME.fullmatch(word) for word in words)


def _neighbours(tokens: dict[str, list[str]]) -> dict[Place, set[str]]:
    """Which words stand between the same words."""
    found: dict[Place, set[str]] = defaultdict(set)
    for parts in tokens.values():
        for at in _comparable(parts):
            found[at, tuple(parts[:at]), tuple(parts[at + 1 :])].add(parts[at])
    return found


def _comparable(parts: list[str]) -> Iterator[int]:
    """The places of a template (every other part is what separates them) that leave a word when left out."""
    if len(parts) > 2 * TOKENS:
        return
    words = [at for at in range(0, len(parts), 2) if _has_word(parts[at])]
    for at in range(2, len(parts), 2):
        if len(words) > (at in words):
            yield at


def _constant(parts: Iterable[str]) -> int:
    return sum(1 for part in parts if _has_word(part))


def _has_word(token: str) -> bool:
    return _WORD.search(token.replace(MASK, "")) is not None


def _is_mask(token: str) -> bool:
    return MASK in token and not _has_word(token)


def _folded(shape: str) -> str:
    for pattern, replacement in FOLDS:
        shape = re.sub(pattern, replacement, shape)
    return shape
