from __future__ import annotations

import pytest

from postmortem_timeline.redact import clean, redact, search


@pytest.mark.parametrize(
    "text",
    [
        "oauth token rejected by identity provider: token expired",
        "basic authentication failed for user",
        "password: incorrect",
        "secret rotation done; key = value",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
        "550e8400-e29b-41d4-a716-446655440000",
        "commit 7a1d7d3061a6409c698f03b53f60cf37a50512c1",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "1752601329467000 and 4111111111111112",
        "10.0.0.3:5432 127.0.0.1 192.168.1.9 172.16.4.4",
        "version 1.2.3 v1.2.3.4 2025.9.1",
        "2025-07-15T17:42:09+02:00 17:42:09",
        "GET /orders/4711/items?sort=price&page=2",
        "the cookies banner is back",
        "mac 00:1a:2b:3c:4d:5e port 8080",
        "pool size=10 timeout=30000",
    ],
)
def test_harmless_text_is_left(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgres://app:hunter2@db-1/orders", "hunter2"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("Authorization: Bearer abcdefghijklmnop", "abcdefghijklmnop"),
        ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ("sent Bearer 9f8e7d6c5b4a3f2e1d0c", "9f8e7d6c5b4a3f2e1d0c"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl", "eyJzdWIi"),
        ("xoxb-123456789012-abcdefABCDEF", "123456789012"),
        ("https://hooks.slack.com/services/T000/B000/XXXXXXXX", "XXXXXXXX"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "0123456789abcdef"),
        ("github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz", "11ABCDEFG0"),
        ("glpat-ABCdef1234567890abcd", "ABCdef123456"),
        ("AIzaSyA1234567890abcdefghijklmnopqrstuv", "SyA1234567890"),
        ("sk_live_abcdef1234567890", "abcdef1234567890"),
        ("npm_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnop"),
        ("hvs.CAESIJabcdefghijklmnop", "CAESIJabcdef"),
        ("password=s3cret!", "s3cret!"),
        ('{"client_secret": "abcDEF123456"}', "abcDEF123456"),
        ("GET /callback?access_token=abc12345678&state=x", "abc12345678"),
        ("Cookie: session=abc; theme=dark", "session=abc"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----", "MIIEow"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEow", "MIIEow"),
        ("card 4111 1111 1111 1111 declined", "4111 1111"),
        ("card 5500-0000-0000-0004", "5500-0000"),
        ("IBAN DE89 3704 0044 0532 0130 00", "3704"),
        ("from dana.ruiz@corp.example", "dana.ruiz"),
        ("call +44 20 7946 0958", "7946"),
        ("client 203.0.113.9 gone", "203.0.113.9"),
        ("client 2001:db8:85a3::8a2e:370:7334", "8a2e"),
    ],
)
def test_secrets_go(text, secret):
    assert secret not in redact(text)


def test_only_the_secret_goes_and_twice_is_the_same():
    once = redact("GET /cb?token=abc12345678&x=1 from 203.0.113.9")
    assert once == "GET /cb?token=[assigned-secret redacted]&x=1 from [address redacted]"
    assert redact(once) == once


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\x00b\x07c", "abc"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("good\u202etxt.exe", "goodtxt.exe"),
        ("a\r\nb\tc\n", "a\nb\tc\n"),
        ("half \ud800 pair", "half  pair"),
    ],
)
def test_clean(text, left):
    assert clean(text) == left


def test_search_finds_whole_words_only_and_looks_over_file_names():
    assert search("samples of sam", ["sam"]) == ["sam"]
    assert search("samples", ["sam"]) == []
    assert search("see dm-sam/1.json:3", ["sam"], spare=["dm-sam/1.json:3"]) == []
