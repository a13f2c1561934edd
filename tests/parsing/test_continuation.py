from __future__ import annotations

import numpy as np
import pytest

from postmortem_timeline.parsing.continuation import owners, shapes
from postmortem_timeline.parsing.text import Lines, Text, split_lines
from tests.ingest.families import TRACEBACKS

BOTH = ("indented", "traceback")


def lines(text: str) -> Lines:
    return split_lines(Text.of(text.encode()))


@pytest.mark.parametrize(
    "line",
    [
        "2025-07-15 17:42:03 ERROR something failed",
        "something went wrong",
        "INFO: all is well",
        "GET /items 200",
        "retrying in 5 seconds...",
        "Error while reading the file",
        "user=1 error=none",
        '203.0.113.9 - - [15/Jul/2025:17:42:03 +0000] "GET / HTTP/1.1" 200 1',
        "%$#!",
    ],
)
def test_does_not_continue(line: str) -> None:
    assert not shapes(lines(line), BOTH).any()


@pytest.mark.parametrize("language", sorted(TRACEBACKS))
def test_every_line_of_a_traceback_continues(language: str) -> None:
    text = TRACEBACKS[language]
    fits = shapes(lines(text), BOTH)
    assert [line for line, ok in zip(text.split("\n"), fits, strict=True) if line and not ok] == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("StopIteration", id="Python: without a message"),
        pytest.param("requests.exceptions.HTTPError: 503 Server Error", id="Python: of a module"),
        pytest.param("app.rb:12:in `refresh': expired (RuntimeError)", id="Ruby"),
        pytest.param("#0 /srv/app.php(12): refresh()", id="PHP"),
        pytest.param("thread 'main' panicked at src/main.rs:4:5:", id="Rust"),
        pytest.param("github.com/acme/go-api/v2.(*Pool).take(0xc000, 0x1)", id="Go: a module with dashes"),
        pytest.param("fatal error: all goroutines are asleep - deadlock!", id="Go: no panic"),
        pytest.param("Unhandled exception. System.Exception: x", id=".NET: at the end"),
        pytest.param("})", id="a closing bracket"),
    ],
)
def test_other_lines_of_tracebacks(line: str) -> None:
    assert shapes(lines(line), BOTH).all()
    assert not shapes(lines(line), ("indented",)).any()
    assert not shapes(lines(line), ()).any()


def owner(text: str, claimed: list[int], allowed: list[tuple[str, ...]], apart: list[int] | None = None) -> list[int]:
    split = lines(text)
    away = None if apart is None else np.isin(np.arange(len(split)), apart)
    return owners(np.array(claimed, np.int32), split, split.blank(), allowed, away).tolist()


def test_nothing_continues_what_is_not_there() -> None:
    assert owner("  a\n  b\nrecord\n", [-1, -1, 0], [BOTH]) == [-1, -1, -1]


def test_a_line_that_does_not_fit_ends_the_record() -> None:
    assert owner("record\n  a\nother\n  b\n", [0, -1, -1, -1], [BOTH]) == [-1, 0, -1, -1]


def test_a_format_decides_what_may_continue_its_own_records() -> None:
    assert owner("one\n  a\ntwo\n  b\n", [0, -1, 1, -1], [(), BOTH]) == [-1, -1, -1, 2]


def test_blank_lines_do_not_end_a_record() -> None:
    assert owner("record\n\n  a\n", [0, -1, -1], [BOTH]) == [-1, -1, 0]


def test_a_line_apart_continues_nothing() -> None:
    assert owner("record\n  a\n  b\n", [0, -1, -1], [BOTH], apart=[1]) == [-1, -1, -1]
    assert owner("record\n\n  b\n", [0, -1, -1], [BOTH], apart=[1]) == [-1, -1, -1]


@pytest.mark.parametrize(
    "line",
    ["PHP message: PHP Stack trace:", "PHP   1. {main}() /var/www/index.php:0", "localhost/127.0.0.1:[-9213409579976581007]"],
)
def test_what_php_and_java_write_under_a_message_goes_on_with_it(line: str) -> None:
    assert shapes(lines(line), BOTH).tolist() == [True]
