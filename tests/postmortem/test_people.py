from __future__ import annotations

import pytest

from postmortem_timeline.postmortem import people


def chat(actor, text, reason="note"):
    return {"kind": "chat", "actor": actor, "summary": text, "reason": reason}


@pytest.mark.parametrize(
    "name", ["Alertmanager", "PagerDuty", "github-actions[bot]", "deploy-bot", "dependabot", "GitHub", "Statuspage"]
)
def test_bots_stay_bots(name):
    assert people.identify([chat(name, "released")]) == {}


def test_a_saved_timeline_told_again_keeps_its_roles():
    assert people.identify([chat("responder 2", "hello"), chat("incident commander", "I'm taking command")]) == {}


def test_a_service_that_calls_as_an_agent_is_nobody():
    rows = [{"kind": "page", "actor": "Web Shop", "service": "Web Shop", "summary": "triggered", "reason": "page"}]
    assert people.identify(rows) == {}


@pytest.mark.parametrize("handle", ["here", "channel", "oncall", "platform-team", "sre-oncall"])
def test_groups_are_roles_already(handle):
    assert people.identify([chat("tomas", f"@{handle} please look")]).keys() == {"tomas"}


@pytest.mark.parametrize(
    "text", ["it will be back", "mark it as done", "a grace period", "npm @scope/package", "user@host.example"]
)
def test_words_that_are_names_too_are_left(text):
    roles = people.identify([chat("Will Grace", "hello"), chat("Mark Stone", "hello")])
    assert people.disguise(text, roles) == text


@pytest.mark.parametrize(
    "text",
    ["Dana Ruiz", "dana.ruiz", "@dana.ruiz", "<@dana.ruiz>", "dana_ruiz", "Dana", "Ruiz", "dana.ruiz@corp.example"],
)
def test_every_spelling_of_a_person_is_one_role(text):
    roles = people.identify([chat("dana.ruiz", "hello")], ["mail dana.ruiz@corp.example"])
    assert people.disguise(f"ask {text}, please", roles) == "ask responder 1, please"


def test_possessives_keep_their_ending():
    roles = people.identify([chat("Dana Ruiz", "hello")])
    assert people.disguise("Dana's laptop", roles) == "responder 1's laptop"


def test_handle_and_full_name_are_the_same_person():
    roles = people.identify([chat("dana.ruiz", "hello"), chat("Dana Ruiz", "again"), chat("tomas", "hi")])
    assert roles["Dana Ruiz"] == roles["dana.ruiz"] == "responder 1"
    assert roles["tomas"] == "responder 2"


def test_roles_come_from_what_people_did():
    rows = [
        {"kind": "change", "actor": "li.wei", "summary": "deployed", "reason": "change"},
        {"kind": "page", "actor": "Noor Haddad", "summary": "acknowledged", "reason": "acknowledge"},
        chat("sam.okafor", "I'm on it, taking incident command"),
        chat("tomas", "looks better"),
    ]
    roles = people.identify(rows)
    assert roles["li.wei"] == "engineer 1"
    assert roles["Noor Haddad"] == "on-call"
    assert roles["sam.okafor"] == "incident commander"
    assert roles["tomas"] == "responder 1"


def test_a_longer_name_goes_before_the_shorter_one_in_it():
    roles = people.identify([chat("dana", "hello"), chat("dana.ruiz", "hello")])
    assert people.disguise("dana.ruiz and dana", roles) == f"{roles['dana.ruiz']} and {roles['dana']}"
