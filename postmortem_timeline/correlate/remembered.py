"""What is worked out of a frame once, however many stages ask for it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import pandas as pd

Result = TypeVar("Result")


def remembered(function: Callable[[pd.DataFrame], Result]) -> Callable[[pd.DataFrame], Result]:
    """`function`, its result kept as long as the frame that it was asked for lives.

    Frames of evidence are never written to, so the same object is the same data; nobody may write to the result either.
    """
    known: dict[int, tuple[weakref.ref[pd.DataFrame], Result]] = {}

    @wraps(function)
    def ask(frame: pd.DataFrame) -> Result:
        name = id(frame)
        found = known.get(name)
        if found is not None and found[0]() is frame:
            return found[1]
        result = function(frame)
        known[name] = (weakref.ref(frame, lambda _: known.pop(name, None)), result)
        return result

    return ask
