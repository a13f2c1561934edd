"""Changes that nothing else tells of are not compared; whatever may be an echo still is."""

from __future__ import annotations

import pandas as pd

from postmortem_timeline.correlate.echoes import echoes
from postmortem_timeline.correlate.links import links
from postmortem_timeline.correlate.pairable import lonely
from postmortem_timeline.correlate.records import records
from tests.correlate.cases import notables


def call(at: float, key: str | None, service: str = "auth", source: str = "trail.json", body: str = "UpdateService"):
    return {"kind": "change", "at": at, "service": service, "body": body, "correlation_key": key, "action": "succeeded", "source": source}


def alone(*rows: dict[str, object]) -> set[int]:
    frame = notables(*rows)
    return lonely(records(frame), links(frame))


def test_what_another_source_tells_of_near_it_is_compared():
    assert alone(call(0, "a1"), call(60, "b1", source="deploys.json")) == set()


def test_a_shared_id_is_compared_however_far():
    assert alone(call(0, "a1"), call(9000, "a1", source="deploys.json")) == set()


def test_without_an_id_it_is_compared():
    assert alone(call(0, None), call(5, "a1")) == {1}


def test_a_post_that_names_its_service_is_compared():
    post = {"kind": "chat", "at": 20, "body": "dev deployed auth to production", "action": "bot", "source": "chat.json"}
    assert alone(call(0, "a1"), post) == set()


def test_another_service_or_another_hour_leaves_it_alone():
    other, later = call(5, "b1", "billing", "deploys.json"), call(3600, "b2", "auth", "deploys.json")
    assert alone(call(0, "a1"), other, later) == {0, 1, 2}


def test_those_alone_are_groups_of_their_own():
    groups = echoes(notables(call(0, "a1"), call(10, "a2"), call(20, "a3")))
    assert groups["count"].tolist() == [1, 1, 1] and groups["how"].tolist() == ["single"] * 3
    assert groups["group"].tolist() == [0, 1, 2] and groups["edges"].tolist() == ["change"] * 3


def test_the_crowd_changes_nothing_for_the_others():
    pair = [call(0, "a1"), call(60, "b1", source="deploys.json", body="UpdateService of auth, by the deployer")]
    crowd = [call(second, f"c{second}", "billing") for second in range(-500, 500)]
    few, many = echoes(notables(*pair)), echoes(notables(*pair, *crowd))
    assert isinstance(many, pd.DataFrame) and len(many) == len(few) + 1000
