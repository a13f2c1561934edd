from __future__ import annotations

from postmortem_timeline.postmortem.findings import Finding, listed


def test_nothing_is_said_to_be_nothing():
    assert listed([]) == "Nothing is missing."


def test_what_is_wrong_comes_before_what_waits_and_a_hint_stands_once():
    found = [
        Finding(3, "blank", "severity", "write it"),
        Finding(9, "blank", "owner", "write it"),
        Finding(20, "number", "12%, not 13%"),
    ]
    assert listed(found).split("\n") == [
        "3 findings", "", "number (1)", "  line 20   12%, not 13%", "",
        "to be filled (2): write it", "  line 3    severity", "  line 9    owner",
    ]  # fmt: skip


def test_hints_that_differ_stand_with_each():
    found = [Finding(0, "blame", "a", "better: x"), Finding(2, "blame", "b", "better: y")]
    assert listed(found).split("\n")[2:] == ["blame (2)", "  document  a; better: x", "  line 2    b; better: y"]
