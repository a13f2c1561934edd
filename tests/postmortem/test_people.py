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


def git(name, mail):
    return f"Author: {name} <{mail}>\n\n    x"


def test_one_person_in_chat_pager_git_and_mail_is_one_role():
    rows = [
        chat("druiz", "looking"),
        {"kind": "page", "actor": "Dana Ruiz", "summary": "acknowledged", "reason": "acknowledge", "service": "pay"},
        {"kind": "change", "actor": "dana.r@corp.example", "summary": "release", "reason": "change"},
    ]
    slack = '{"user": "U04DANA001", "user_profile": {"name": "druiz", "real_name": "Dana Ruiz"}, "text": "looking"}'
    roles = people.identify(rows, records=[slack, git("Dana Ruiz", "dana.r@corp.example")])
    assert set(roles.values()) == {"on-call"}
    assert {"druiz", "Dana Ruiz", "dana.r@corp.example", "U04DANA001"} <= set(roles)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("thanks dana!", "thanks responder 1!"),
        ("dana's turn, then ruiz", "responder 1's turn, then responder 1"),
        ("ssh druiz@web-1 from dana-mbp", "ssh responder 1@web-1 from responder 1-mbp"),
        ("danas-macbook-pro", "responder 1s-macbook-pro"),
        ("/home/dana/x /home/druiz/y /Users/Dana/z", "/home/responder 1/x /home/responder 1/y /Users/responder 1/z"),
        ("Signed-off-by: Dana Ruiz <dana.ruiz@corp.example>", "Signed-off-by: responder 1 <responder 1>"),
    ],
)
def test_traces_of_somebody_known(text, said):
    roles = people.identify([chat("Dana Ruiz", "hello")], ["dana.ruiz@corp.example"])
    assert people.disguise(text, people.spoken(roles)) == said


def test_small_letters_are_names_in_chat_only_and_never_a_services_word():
    roles = people.identify([chat("Dana Ruiz", "hello"), {"kind": "log", "service": "dana-api"}])
    assert people.disguise("dana failed", roles) == "dana failed"
    assert people.disguise("dana failed", people.spoken(roles, {"dana", "api"})) == "dana failed"


def test_a_first_name_of_two_people_says_so():
    roles = people.identify([chat("Dana Ruiz", "hi"), chat("Dana Okafor", "hi")])
    assert people.disguise("ask Dana", roles) == "ask responder 1 or responder 2"


def test_two_on_calls_are_told_apart_by_what_they_serve():
    page = {"kind": "page", "summary": "acknowledged", "reason": "acknowledge"}
    rows = [{**page, "actor": "Dana Ruiz", "service": "payments"}, {**page, "actor": "Noor Haddad", "service": "auth"}]
    roles = people.identify(rows)
    assert roles["Dana Ruiz"] == "on-call, payments" and roles["Noor Haddad"] == "on-call, auth"
    assert people.identify([{**row, "actor": roles[row["actor"]]} for row in rows]) == {}


def test_with_a_key_a_person_is_the_same_in_every_document():
    one = people.identify([chat("tomas", "hi"), chat("Dana Ruiz", "hello")], key=b"archive")
    other = people.identify([chat("dana.ruiz", "hello")], key=b"archive")
    assert one["Dana Ruiz"] == other["dana.ruiz"] != one["tomas"]
    assert one["Dana Ruiz"] != people.identify([chat("Dana Ruiz", "hello")], key=b"another")["Dana Ruiz"]
    assert people.identify([chat(one["Dana Ruiz"], "told again")], key=b"archive") == {}


def test_numbers_of_records_are_no_names():
    roles = people.identify([chat("dana", "x")], records=['{"user": {"id": "12345", "name": "dana"}}'])
    assert "12345" not in roles


def test_a_handle_that_is_a_word_of_the_system_keeps_no_document_back():
    from postmortem_timeline.postmortem.model import document

    incident = {"ledger": [{"source": "auth/error.log"}], "suspects": [{"service": "auth"}]}
    rows = [{"kind": "change", "actor": name, "service": "auth", "summary": f"{name} released auth 3.1"} for name in ("auth", "dana.ruiz")]
    known = document(incident, rows, {}).known
    assert "auth" not in known and "dana.ruiz" in known
