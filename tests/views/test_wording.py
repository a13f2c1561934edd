from __future__ import annotations

import pytest

from postmortem_timeline.views import wording


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"),
        (0, "0 s"),
        (4.25, "4.2 s"),
        (42, "42 s"),
        (59.7, "1 min"),
        (257.745, "4 min 18 s"),
        (2697.95, "44 min 58 s"),
        (21600, "6 h"),
        (3900, "1 h 05 min"),
        (90000, "1 d 1 h"),
        (-65, "-1 min 5 s"),
    ],
)
def test_span(seconds, text):
    assert wording.span(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "-"), (0, "0%"), (0.0004, "under 0.1%"), (0.004, "0.4%"), (0.1202, "12%"), (0.9999, "99.99%"), (1, "100%")],
)
def test_percent(share, text):
    assert wording.percent(share) == text


def test_times():
    assert wording.clock("2025-07-15T17:42:09.500Z") == "17:42:09"
    assert wording.clock("2025-07-15T19:42:09+02:00") == "17:42:09"
    assert wording.day("2025-07-05T00:00:00.000Z") == "July 5, 2025"
    assert wording.instant("no time") is None and wording.clock(None) == "-"
    assert wording.stamp(wording.instant("2025-07-15T17:42:09.500Z")) == "2025-07-15T17:42:09.500Z"


def test_short_cuts_at_a_word():
    assert wording.short("one two three four five", 15) == "one two three…"
    assert wording.short("a\n b", 15) == "a b"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (None, "the system"),
        ("auth", "the authentication service"),
        ("checkout-service", "the checkout-service"),
        ("cart", "the cart service"),
    ],
)
def test_service_name(name, text):
    assert wording.service_name(name) == text


def test_the_teller_is_not_said_twice():
    assert wording.teller({"kind": "log", "service": "auth", "summary": "upstream auth is down"}) == ""
    assert wording.teller({"kind": "log", "service": "auth", "summary": "oauth token expired"}) == "auth"


@pytest.mark.parametrize(
    ("count", "summary", "text"),
    [
        (1, "a", ""),
        (None, "a", ""),
        (1893, "a", "x1,893"),
        (344, "344 of 2,930 fail", ""),
        (1203, "a (x1,203)", ""),
        (3, "13 of 30", "x3"),
    ],
)
def test_a_count_is_said_once(count, summary, text):
    assert wording.often({"count": count, "summary": summary}) == text


def test_another_day_is_said_beside_the_clock():
    assert wording.beside("2025-07-15T11:42:00.000Z", "2025-07-15T17:42:00.000Z") == "11:42:00"
    assert wording.beside("2025-07-05T11:42:00.000Z", "2025-07-15T17:42:00.000Z") == "Jul 5 11:42:00"
    assert wording.beside(None, "2025-07-15T17:42:00.000Z") == "-"


def test_a_pagers_service_is_not_what_is_broken():
    row = {"kind": "page", "service": "Shop production", "summary": "the on-call was paged: ApiErrors"}
    assert wording.teller(row) == ""
    assert wording.teller({**row, "kind": "alert"}) == "Shop production"


def test_lines_that_the_text_counts_are_not_counted_again():
    assert wording.often({"count": 3, "summary": "stop in db: shutting down (and 2 more lines)"}) == ""
    assert wording.often({"count": 3, "summary": "burst in db"}) == "x3"
