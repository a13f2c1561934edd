"""What can do nothing to production keeps little suspicion; what rolls out keeps all of it, whatever its run is called."""

from __future__ import annotations

import json

import pytest

from postmortem_timeline.correlate.bearing import bearing
from postmortem_timeline.correlate.changes import changes
from postmortem_timeline.correlate.records import records
from tests.correlate.cases import WINDOWS, deploy, notables, patterns

RUN = {"branch": "main", "state": "success"}


def weight(body: str, action: str = "succeeded", **said: object) -> float:
    rows = notables({"kind": "change", "at": -60, "body": body, "action": action, "attributes": json.dumps(said)})
    return bearing(records(rows)[0])[0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("release auth-2.9.0", {"environment": "production"}),
        ("Deploy #871: auth: fix the tests", RUN),
        ("test and release #4: auth", RUN),
        ("auth #871", RUN),
        ("build #12: auth", RUN | {"environment": "production"}),
        ("auth: add tests for the cache", {}),  # a commit
        ("flag token-cache: disabled", {"environment": "production"}),
        ("UpdateFunctionConfiguration", {}),
        ("UpdateService", {}),
        ("Restart Web App", {}),
        ("Get rid of the old cache", {}),
    ],
)
def test_all_of_it(body, said):
    assert weight(body, **said) == 1.0


@pytest.mark.parametrize(
    ("body", "action", "said"),
    [
        ("Tests #871: auth: no token cache", "succeeded", RUN),
        ("job lint", "failed", RUN),
        ("release auth-2.9.0", "started", {"environment": "staging"}),
        ("release auth-2.9.0", "skipped", {"environment": "production"}),
        ("CreateTags", "succeeded", {}),
        ("AssumeRole", "succeeded", {}),
        ("ListBuckets", "succeeded", {}),
        ("UpdateService: AccessDenied", "failed", {}),
    ],
)
def test_little_of_it(body, action, said):
    assert weight(body, action, **said) <= 0.2


def test_a_deployment_stands_before_a_test_run_that_is_nearer():
    told = notables(
        deploy(-400, "auth", "release auth-2.9.0"),
        deploy(-20, "auth", "Tests #9: auth: tidy up", attributes=json.dumps(RUN), correlation_key="run-9"),
    )
    none = patterns(("app.log", "auth", 9, "fine", -3000))
    ranked = changes(told, none, [{"name": "auth", "score": 0.8}], WINDOWS)
    assert [one["summary"] for one in ranked] == ["release auth-2.9.0", "Tests #9: auth: tidy up"]
    assert "rolls nothing out" in ranked[1]["reason"]
