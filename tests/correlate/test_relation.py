"""What belongs to the incident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postmortem_timeline.correlate.relation import (
    ENOUGH,
    Scope,
    Signal,
    belonging,
    names_service,
    relation,
    same_service,
    words,
)
from tests.correlate.story import at

SCOPE = Scope(at("10:00:00"), at("10:40:00"), ("auth",), frozenset(("token", "expired", "oauth")))


def signal(
    start: str = "10:03:00", service: str | None = None, text: str = "", severity: int = 13, paged: bool = False, **more
) -> Signal:
    return Signal(at(start), more.pop("end", None), service, more.pop("host", None), text, severity, paged, **more)


@pytest.mark.parametrize(
    "unrelated",
    [
        signal(text="DiskWillFill db-1", host="db-1"),
        signal(text="TargetDown legacy-batch", service="legacy-batch"),
        signal("09:40:00", "auth", "AuthHighErrorRate", 21, True),
        signal("09:50:00", "auth", "AuthHighErrorRate", 21, end=at("09:55:00")),
        signal("10:50:00", "auth", "AuthHighErrorRate", 21, True),
    ],
)
def test_does_not_belong(unrelated: Signal) -> None:
    assert relation(unrelated, SCOPE)[0] < ENOUGH


@pytest.mark.parametrize(
    "related",
    [
        signal(service="auth", text="AuthLatencyHigh"),
        signal(text="AuthHighErrorRate", severity=21),
        signal(text="oauth token expired, logins fail", severity=21),
        signal(service="postgresql", text="StoreUnreachable", severity=21, paged=True),
        signal("09:50:00", "auth", "AuthHighErrorRate", 21),
    ],
)
def test_belongs(related: Signal) -> None:
    score, why = relation(related, SCOPE)
    assert score >= ENOUGH and why


def test_what_is_far_weaker_than_the_clearest_does_not_belong() -> None:
    clear, vague = (
        signal(service="auth", text="AuthHighErrorRate", severity=21, paged=True),
        signal(text="BackupLate", paged=True),
    )
    assert [place for place, _, _ in belonging([clear, vague], SCOPE)] == [0]
    assert [place for place, _, _ in belonging([vague], SCOPE)] == [0]


def test_of_an_outage_whose_start_the_exports_miss_an_alert_may_be_much_older() -> None:
    early = signal("08:00:00", "auth", "login errors", end=at("10:10:00"))
    assert relation(early, SCOPE)[0] < ENOUGH <= relation(early, replace(SCOPE, open_start=True))[0]


def test_words_fall_into_their_parts() -> None:
    assert words("HTTPErrorRate on db-1: the API of auth_service") == [
        "error",
        "rate",
        "db",
        "api",
        "auth",
        "service",
    ]


def test_services_are_compared_by_their_telling_words() -> None:
    assert same_service("auth", "Auth-Service") and same_service("checkout-api", "checkout")
    assert not same_service("auth", "oauth") and not same_service("service", "api") and not same_service(None, None)
    assert names_service(words("AuthHighErrorRate"), "auth-service") and not names_service(words("OAuthDown"), "auth")
