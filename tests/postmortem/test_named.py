from __future__ import annotations

import json

import pytest

from postmortem_timeline.postmortem import people
from postmortem_timeline.postmortem.named import named


@pytest.mark.parametrize(
    "record",
    [
        "",
        "2025-07-15 10:00:00 user=dana failed",
        '{"name": "auth", "level": "error", "msg": "x"}',
        '{"service": {"summary": "Shop production", "type": "service_reference"}}',
        '{"agent": {"summary": "Prometheus", "type": "service_reference"}}',
        '{"labels": {"alertname": "Down", "name": "web-1"}}',
        '{"user": "U1", "text": "no profile"}',
        '{"bot_profile": {"is_bot": true, "name": "Hubot", "real_name": "Hubot"}}',
        '{"user": {"name": ',
    ],
    ids=[
        "nothing",
        "a line",
        "a log record",
        "a service",
        "an agent that is a service",
        "labels",
        "an id alone",
        "a bot",
        "broken",
    ],
)
def test_what_names_nobody(record):
    assert named(record) == []


@pytest.mark.parametrize(
    ("record", "names"),
    [
        ({"agent": {"type": "user_reference", "summary": "Dana Ruíz", "id": "PDANA"}}, ("Dana Ruíz", "PDANA")),
        ({"creator": {"login": "druiz", "type": "User"}}, ("druiz",)),
        ({"user": "U09", "user_profile": {"real_name": "Dana Ruíz", "name": "dana"}}, ("Dana Ruíz", "dana", "U09")),
        ({"assignments": [{"assignee": {"summary": "Dana Ruíz"}}]}, ("Dana Ruíz",)),
    ],
    ids=["PagerDuty", "GitHub", "Slack", "within a list"],
)
def test_people_in_json(record, names):
    assert named(json.dumps(record))[0] == names


def test_the_author_of_a_commit():
    assert named("commit 1a2b\nAuthor:     Dana Ruíz <d.ruiz@corp.example>\n") == [("d.ruiz@corp.example", "Dana Ruíz")]


def test_the_names_of_a_record_are_one_person_with_one_role():
    rows = [{"kind": "page", "actor": "Dana Ruíz", "summary": "", "reason": "acknowledge"}]
    message = {
        "user": "U09",
        "user_profile": {"real_name": "Dana Ruíz", "display_name": "dragon"},
        "text": "<@U09> <@U7>",
    }
    roles = people.identify(rows, records=[json.dumps(message)])
    assert {roles[name] for name in ("Dana Ruíz", "dragon", "U09", "dana.ruiz")} == {"on-call"}
    assert people.disguise('ask <@U09>, "dragon" or Dana Ruíz', roles) == 'ask on-call, "on-call" or on-call'


def test_accents_do_not_part_a_person():
    assert people.key_of("Mira Novák") == people.key_of("mira.novak@shop.example")


def test_a_service_is_nobody():
    rows = [{"kind": "change", "service": "auth", "summary": "deployed"}]
    assert people.identify(rows, records=['{"user": {"login": "auth"}}']) == {}
