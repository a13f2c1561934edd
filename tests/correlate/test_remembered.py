"""A result is kept for the very frame that was asked for, and no longer than that frame lives."""

from __future__ import annotations

import gc
import weakref

import pandas as pd

from postmortem_timeline.correlate.remembered import remembered


def test_an_equal_frame_is_another_frame():
    asked = []
    length = remembered(lambda frame: asked.append(1) or len(frame))
    assert [length(pd.DataFrame({"a": [1]})), length(pd.DataFrame({"a": [1, 2]}))] == [1, 2] and len(asked) == 2


def test_the_same_frame_is_asked_for_once():
    asked, frame = [], pd.DataFrame({"a": [1]})
    length = remembered(lambda frame: asked.append(1) or len(frame))
    assert [length(frame), length(frame)] == [1, 1] and len(asked) == 1


def test_what_was_kept_goes_with_the_frame():
    frame, made = pd.DataFrame({"a": [1]}), []

    class Result:
        pass

    def work(_: pd.DataFrame) -> Result:
        result = Result()
        made.append(weakref.ref(result))
        return result

    remembered(work)(frame)
    del frame
    gc.collect()
    assert made[0]() is None
