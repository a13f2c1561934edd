import importlib.util
from pathlib import Path

import pytest

from postmortem_timeline.correlate.changes import changes

spec = importlib.util.spec_from_file_location("cases", Path(__file__).with_name("cases.py"))
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)

AUTH = [{"name": "auth", "score": 0.9}, {"name": "cart", "score": 0.3}]
EXPIRED = cases.patterns(("auth.log", "auth", 17, "oauth token rejected by identity provider: token expired", 1))
REFRESH = cases.deploy(-6 * 3600 + 40, "auth", "auth-config-41: turn off the OAuth token refresh job (tokens live 6 h)")


def ranked(*rows, suspects=AUTH, windows=cases.WINDOWS):
    return changes(cases.notables(*rows), EXPIRED, suspects, windows)


@pytest.mark.parametrize(
    "row",
    [
        cases.deploy(60, "auth", "release auth-2.0.0"),
        cases.deploy(-3000, "auth", "release auth-1.9.9"),
        cases.deploy(-30, "docs", "release docs-4"),
        cases.deploy(-60, "cart", "release cart-3.1.0"),
        cases.deploy(-40, "auth", "rollback to auth-1.9.8"),
        cases.deploy(-90, "docs", "docs: what a token is"),
    ],
    ids=[
        "after the start",
        "of the same service, long before",
        "of another service, just before",
        "of a lesser suspect",
        "a rollback",
        "one word in common",
    ],
)
def test_nothing_speaks_for_it(row):
    assert ranked(row)[0]["score"] < 0.5


def test_a_decoy_after_the_start_never_wins():
    rows = [cases.deploy(8, "auth", "auth: oauth token refresh"), cases.deploy(-3000, "docs", "release docs-4.1.0")]
    assert ranked(*rows)[0]["service"] == "docs"


def test_no_outage_has_no_culprit():
    assert [one["score"] for one in ranked(REFRESH, windows=[])] == [0.0]


def test_the_same_version_two_days_later_is_another_change():
    assert (
        len(
            ranked(
                cases.deploy(-200_000, "auth", "release auth-2.0.0"), cases.deploy(-60, "auth", "release auth-2.0.0")
            )
        )
        == 2
    )


def test_the_deploy_just_before_of_what_fails():
    first = ranked(cases.deploy(-2600, "auth", "release auth-1.9.9"), cases.deploy(-50, "auth", "release auth-2.0.0"))[
        0
    ]
    assert "auth-2.0.0" in first["summary"] and first["score"] > 0.9


def test_words_that_meet_beat_deploys_that_are_nearer():
    near = [cases.deploy(-2200, "cart", "release cart-3.1.0"), cases.deploy(-700, "docs", "publish docs-15")]
    first = ranked(REFRESH, *near)[0]
    assert "token refresh" in first["summary"] and first["score"] > 0.7
    assert "oauth, token" in first["reason"] and "duration of 6.0 h" in first["reason"]


SHA = "fbf3101cceb9e4c833b474e18c9239b38736f56f"


def test_a_change_told_twice_is_one_with_the_words_of_the_deployment():
    rows = [cases.commit(-60, "auth: shorter sessions\n\nRelease auth-2.0.0.", SHA)]
    rows += [cases.deploy(-40, "auth", "release auth-2.0.0", correlation_key=SHA)]
    found = ranked(*rows)
    assert len(found) == 1 and found[0]["citations"] == ["github.json:2", "git.txt:1"]
    assert found[0]["summary"].startswith("release auth-2.0.0") and found[0]["at"] == (cases.START - 40) * cases.NS


def test_a_rollback_is_the_fix_and_raises_what_it_takes_back():
    released = cases.commit(-1200, "auth: shorter sessions", SHA)
    fix = cases.commit(1700, f'Revert "auth: shorter sessions"\n\nThis reverts commit {SHA}.', "7b4b59d" + "0" * 33)
    alone, with_fix = ranked(released)[0], ranked(released, fix)
    assert with_fix[0]["score"] > alone["score"] and "taken back" in with_fix[0]["reason"]
    assert with_fix[1]["score"] < 0.05 and "the fix" in with_fix[1]["reason"]
