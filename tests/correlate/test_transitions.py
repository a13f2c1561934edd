"""What a machine's record says that something did."""

from __future__ import annotations

import pytest

from postmortem_timeline.correlate.records import Record, records
from postmortem_timeline.correlate.transitions import edges, entity, labels_agree, name_of, same_entity
from tests.correlate.story import alert, change, chat, notables, page, status


def one(row: dict) -> Record:
    (record,) = records(notables(row))
    return record


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (chat("10:00:00", "jo", "[FIRING] by hand"), set()),
        (alert("10:00:00", "A1High", action="pending"), set()),
        (alert("10:00:00", "A1High"), {"open"}),
        (page("10:00:00", "resolved"), {"close:person"}),
        (page("10:00:00", "resolved", "Prometheus"), {"close"}),
        (chat("10:00:00", "PagerDuty", "#4711 resolved by priya", bot=True), {"close:person"}),
        (chat("10:00:00", "Alertmanager", "[RESOLVED] A1High", bot=True), {"close"}),
        (chat("10:00:00", "PagerDuty", "#4711 acknowledged by priya", bot=True), {"acknowledge"}),
        (change("10:00:00", "release"), {"change"}),
        (status("10:00:00", "monitoring"), {"status:monitoring"}),
    ],
)
def test_edges(row: dict, expected: set[str]) -> None:
    assert edges(one(row)) == expected


def test_who_watched_is_no_part_of_an_alert() -> None:
    assert entity(one(alert("10:00:00", "A1High", labels={"replica": "a"}))) == entity(one(alert("10:00:00", "A1High")))


def test_an_alert_without_any_id_is_its_name() -> None:
    bare = one({**alert("10:00:00", "A1High", key=""), "attributes": None, "service": None})
    assert entity(bare) == "A1High"


def test_labels_attached_on_the_way_out_do_not_part_an_alert() -> None:
    series, sent = alert("10:00:00", "A1High", key="f1"), alert("10:00:00", "A1High", key="f2", labels={"cluster": "c"})
    assert same_entity(one(series), one(sent))
    assert not same_entity(one(series), one(alert("10:00:00", "A1High", "cdn", key="f3")))


def test_names() -> None:
    assert (
        name_of(one(page("10:00:00", "triggered", "Prometheus", "StoreUnreachable postgresql"))) == "StoreUnreachable"
    )
    assert name_of(one(chat("10:00:00", "bot", "A1High", bot=True))) is None


def test_a_post_that_names_a_sibling_disagrees() -> None:
    catalog = one(alert("10:00:00", "HighErrorRatio", "catalog"))
    assert labels_agree(catalog, "[FIRING] HighErrorRatio checkout (critical)") == -1
    assert labels_agree(catalog, "[FIRING] HighErrorRatio (critical)") == 0
    assert labels_agree(catalog, "[FIRING] HighErrorRatio catalog") == 1
