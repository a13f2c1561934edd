from __future__ import annotations

import copy

import pytest

from postmortem_timeline.views import sentence

AT = {
    "impact_start": "2025-07-15T17:42:03.722Z",
    "detected": "2025-07-15T17:46:21.000Z",
    "acknowledged": "2025-07-15T17:48:20.000Z",
    "mitigated": "2025-07-15T18:27:01.000Z",
    "resolved": "2025-07-15T18:32:00.000Z",
}
WINDOW = ["2025-07-15T17:42:03.722Z", "2025-07-15T18:27:01.000Z"]


@pytest.fixture
def incident():
    detail = {
        "start": WINDOW[0],
        "end": WINDOW[1],
        "kind": "failed",
        "services": ["cart"],
        "open_start": False,
        "open_end": False,
    }
    return copy.deepcopy(
        {
            "lifecycle": {name: {"at": at, "reason": "", "citations": [f"{name}:1"]} for name, at in AT.items()},
            "impact": {
                "vantage": "the edge",
                "windows": [WINDOW],
                "window_details": [detail],
                "downtime_seconds": 2697.0,
                "users": {"active": 100, "affected": 12, "share": 0.12, "exact": True},
            },
            "services": [{"name": "cart", "score": 0.9, "reason": "", "citations": ["log:7"]}],
            "changes": [],
        }
    )


def said(incident, rows=()):
    return sentence.spoken(sentence.executive(incident, rows))


def test_nothing_is_invented_where_marks_are_unknown(incident):
    for name in ("detected", "acknowledged", "resolved"):
        incident["lifecycle"][name] = {"at": None, "reason": "no chat in the evidence"}
    incident["impact"]["users"] = {"share": None, "active": None, "basis": "the requests carry nobody's id"}
    text = said(incident)
    assert "It was mitigated at 18:27:01; when it was detected, acknowledged and resolved is" in text
    assert text.count("[not measured: no chat in the evidence]") == 1
    assert "[not measured: the requests carry nobody's id]" in text


def test_the_form(incident):
    assert said(incident).startswith(
        "On July 15, 2025, from 17:42 to 18:27 UTC, the cart service experienced an outage."
    )


def test_past_midnight_both_days_are_said(incident):
    incident["impact"]["windows"] = [["2025-07-15T23:42:00.000Z", "2025-07-16T00:27:00.000Z"]]
    assert "On July 15, 2025, from 23:42 to July 16, 2025, 00:27 UTC" in said(incident)


def test_flapping_is_several_stretches(incident):
    incident["impact"]["windows"] = [["2025-07-15T17:42:00.000Z", "2025-07-15T17:50:00.000Z"], WINDOW]
    assert "in 2 stretches between 17:42 and 18:27 UTC" in said(incident)


def test_open_edges_are_at_or_before(incident):
    incident["impact"]["window_details"][0]["open_start"] = True
    assert "from 17:42 or earlier to" in said(incident)


def test_silence_is_not_failure(incident):
    incident["impact"]["window_details"][0]["kind"] = "dark"
    text = said(incident)
    assert "could not be reached" in text and "could not reach it" in text


def test_a_change_that_nothing_speaks_for_is_no_trigger(incident):
    change = {"at": "2025-07-15T17:00:00.000Z", "service": "docs", "summary": "docs 2", "score": 0.3, "reason": "near"}
    incident["changes"] = [change]
    assert "The one change in the evidence does not explain it." in said(incident)
    incident["changes"] = [change | {"score": 0.8}]
    assert "The likeliest trigger is the change “docs 2” (docs) at 17:00:00, 42 min 4 s before." in said(incident)


def test_the_error_of_the_first_suspect_is_quoted(incident):
    rows = [
        {
            "kind": "log",
            "reason": "first_seen",
            "service": "docs",
            "severity_number": 17,
            "summary": "docs broke",
            "score": 0.9,
        },
        {
            "kind": "log",
            "reason": "first_seen",
            "service": "cart",
            "severity_number": 17,
            "summary": "new error in cart: pool is empty (x1,203)",
            "score": 0.8,
        },
        {
            "kind": "log",
            "reason": "first_seen",
            "service": "cart",
            "severity_number": 9,
            "summary": "hello",
            "score": 1.0,
        },
    ]
    assert "the errors read “pool is empty”" in said(incident, rows)


def test_where_users_never_call_the_suspect_both_are_said(incident):
    incident["services"][0]["name"] = "postgresql"
    assert "the cart service experienced an outage; it began, by the evidence, in the postgresql service." in said(
        incident
    )


def test_of_a_traceback_the_fault_is_quoted(incident):
    rows = [
        {"kind": "log", "reason": "first_seen", "service": "cart", "severity_number": 17, "score": 0.8,
         "summary": "new error in cart: GET /cart/9 failed | ValueError: no such item (x3)"}
    ]  # fmt: skip
    assert "the errors read “ValueError: no such item”" in said(incident, rows)


def test_what_was_noticed_before_the_exports_begin_is_not_early(incident):
    incident["impact"]["window_details"][0]["open_start"] = True
    incident["lifecycle"]["detected"]["at"] = "2025-07-15T17:12:00.000Z"
    assert "detected at 17:12:00, acknowledged" in said(incident)


ERROR_ROW = {"kind": "log", "reason": "first_seen", "service": "cart", "severity_number": 17, "score": 0.8}


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("oauth token rejected by identity provider: token expired", "due to an expired OAuth token"),
        ("x509: certificate has expired or is not yet valid", "due to an expired TLS certificate"),
        ("the api key has expired", "due to an expired API key"),
        ("QueuePool limit of size 5 overflow 10 reached", "due to an exhausted connection pool"),
        ("write /var/lib/data: no space left on device", "due to a full disk"),
        ("could not connect to server: Connection refused", "due to a dependency that could not be reached"),
        ("dial tcp: lookup db: no such host", "due to failing name resolution (DNS)"),
        ("upstream timed out (110: Connection timed out)", "due to timeouts"),
        ("terminating connection due to administrator command", "due to a server that was shut down"),
        ("KeyError: price", "due to an error in its code"),
    ],
)
def test_the_cause_is_named_where_the_words_of_the_errors_say_it(incident, error, cause):
    rows = [ERROR_ROW | {"summary": f"new error in cart: {error} (x9)"}]
    assert f"the cart service experienced an outage {cause}; the errors read “{error}”." in said(incident, rows)


def test_a_cause_of_a_weak_suspect_is_apparent_only(incident):
    incident["services"][0]["score"] = 0.3
    rows = [ERROR_ROW | {"summary": "new error in cart: token expired"}]
    assert "experienced an outage, apparently due to an expired token; the errors" in said(incident, rows)


def test_words_that_name_no_cause_are_only_quoted(incident):
    rows = [ERROR_ROW | {"summary": "new error in cart: payment declined"}]
    assert "experienced an outage; the errors read “payment declined”." in said(incident, rows)


def failed(*rows):
    return [{"endpoint": name, "status": status, "failed": n, "counted": yes} for name, status, n, yes in rows]


def test_what_users_could_not_do_is_said_where_nearly_all_failures_asked_for_it(incident):
    incident["impact"]["endpoints"] = failed(
        ("POST /auth/login", 503, 80, True), ("POST /auth/refresh", 503, 15, True), ("GET /home", 500, 5, True),
        ("GET /checkout/cart", 404, 900, False),
    )  # fmt: skip
    assert "During this period, approximately 12% of users (12 of 100) could not log in." in said(incident)
    noted = next(piece.note for sentence_ in sentence.executive(incident) for piece in sentence_ if piece.note)
    assert "95 of the failed requests asked for POST /auth/login and POST /auth/refresh" in noted


def test_several_things_that_failed_are_only_counted(incident):
    incident["impact"]["endpoints"] = failed(("POST /login", 503, 60, True), ("GET /orders/<id>", 503, 40, True))
    assert "(12 of 100) had at least one failed request." in said(incident)
