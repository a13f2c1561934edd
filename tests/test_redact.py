from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

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


# Forty kinds of secrets, none of them real: each as it turns up in logs, chat or a commit.
HEX, MIX = "0123456789abcdef", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA"
KINDS = {
    "AWS access key": ("using AKIAIOSFODNN7EXAMPLE for s3", "AKIAIOSFODNN7"),
    "AWS temporary key": ("creds ASIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7"),
    "AWS secret key": ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"),
    "Azure storage key": (f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={MIX}{MIX}==", MIX),
    "Azure SAS": (f"https://x.blob.core.windows.net/a?sv=2022-11-02&ss=b&sig={MIX}%3D", MIX),
    "Google API key": ("key AIzaSyA1234567890abcdefghijklmnopqrstuv", "SyA1234567890"),
    "Google OAuth token": ("ya29.a0AfH6SMBx1234567890", "a0AfH6SMBx"),
    "Alibaba key": ("LTAI5tAbCdEfGhIjKlMnOpQr", "5tAbCdEfGh"),
    "GitHub classic token": (f"ghp_{MIX}abcd", MIX),
    "GitHub fine-grained token": ("github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuv", "11ABCDEFG0"),
    "GitHub app token": (f"ghs_{MIX}abcd", MIX),
    "GitLab token": ("glpat-ABCdef1234567890abcd", "ABCdef1234"),
    "Bitbucket token": (f"ATBB{MIX}", MIX),
    "Atlassian token": (f"ATATT3xFfGF0{MIX}{MIX}=ABCD1234", MIX),
    "Slack bot token": ("xoxb-123456789012-abcdefABCDEF", "123456789012"),
    "Slack app token": ("xapp-1-A012345678-9876543210", "A012345678"),
    "Slack webhook": ("https://hooks.slack.com/services/T0000/B0000/XYZXYZ123", "XYZXYZ123"),
    "Discord webhook": (f"https://discord.com/api/webhooks/123456789/{MIX}", MIX),
    "Telegram bot token": ("123456789:AAabcdefghijklmnopqrstuvwxyz0123456", "abcdefghijklm"),
    "Stripe key": ("sk_live_abcdef1234567890", "abcdef1234567890"),
    "Stripe webhook secret": (f"whsec_{MIX}", MIX),
    "Square token": (f"sq0csp-{MIX}", MIX),
    "SendGrid key": (f"SG.{MIX[:22]}.{MIX}", MIX[:22]),
    "Mailgun key": (f"key-{HEX}{HEX}", HEX + HEX),
    "Brevo key": (f"xkeysib-{HEX * 4}", HEX * 4),
    "npm token": (f"npm_{MIX}abcd", MIX),
    "PyPI token": (f"pypi-AgEIcHlwaS5vcmc{MIX}", MIX),
    "Docker Hub token": (f"dckr_pat_{MIX}", MIX),
    "Hugging Face token": (f"hf_{MIX}", MIX),
    "OpenAI-like key": (f"sk-proj-{MIX}", MIX),
    "Vault token": (f"hvs.{MIX}", MIX),
    "Terraform Cloud token": (f"abc.atlasv1.{MIX}{MIX}", MIX),
    "Databricks token": (f"dapi{HEX}{HEX}", HEX + HEX),
    "DigitalOcean token": (f"dop_v1_{HEX * 4}", HEX * 4),
    "Grafana token": (f"glsa_{MIX}_0a1b2c3d", MIX),
    "New Relic key": ("NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZ1", "ABCDEFGHIJ"),
    "Shopify token": (f"shpat_{HEX}{HEX}", HEX + HEX),
    "Linear key": (f"lin_api_{MIX}abcdefgh", MIX),
    "Tailscale key": (f"tskey-auth-{MIX}", MIX),
    "Supabase key": (f"sbp_{HEX}{HEX}01234567", HEX + HEX),
    "JSON web token": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl", "eyJzdWIi"),
    "bearer header": (f"Authorization: Bearer {MIX}", MIX),
    "basic header": ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNz"),
    "key header": (f"X-Api-Key: {MIX}", MIX),
    "session cookie": ("Cookie: sid=s%3Aabc123; theme=dark", "abc123"),
    "session in a URL": ("GET /a;jsessionid=0A1B2C3D4E5F6A7B8C9D", "0A1B2C3D4E5F"),
    "password in a URL": ("postgres://app:hunter2@db-1/orders", "hunter2"),
    "password in a DSN": ("host=db password=hunter2pass dbname=x", "hunter2pass"),
    "password on a command line": ("mysqldump --password hunter2pass shop", "hunter2pass"),
    "password in JSON": ('{"db_password": "hunter2pass"}', "hunter2pass"),
    "error tracker DSN": (f"https://{HEX}{HEX}@o1.ingest.example/2", HEX + HEX),
    "RSA private key": ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"),
    "OpenSSH private key": ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz", "b3BlbnNz"),
    "PGP private key": ("-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOYBF", "lQOYBF"),
    "age key": ("AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6", "QQPZRY9X8GF2"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "secret"), KINDS.values(), ids=KINDS.keys())
def test_planted_secrets_of_more_than_forty_kinds(text, secret):
    assert len(KINDS) >= 40
    for line in (text, f'2025-07-15T17:42:09Z ERROR auth: "{text}" rejected', f"see {text}, please"):
        assert secret not in redact(line) and redact(redact(line)) == redact(line)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("cat /home/druiz/.ssh/config", "druiz"),
        ("C:\\Users\\Dana Ruiz\\x", "\\Dana "),
        ("File /Users/dana/src/app.py", "dana"),
        ("login from dana-mbp", "dana"),
        ("host danas-MacBook-Pro.local up", "danas"),
        ("https://secure.gravatar.com/avatar/0bc83cb571cd1c50ba6f3e8a78ef1346?s=48", "0bc83cb5"),
        ("https://avatars.githubusercontent.com/u/583231?v=4", "583231"),
        ("thanks <@U04ABCDEF12>", "U04ABCDEF12"),
        ("call me at 030 1234 5678", "1234"),
        ("(555) 123-4567", "123-4567"),
    ],
)
def test_traces_of_people_go(text, left):
    assert left not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "/home/ubuntu/app/current", "/home/app/releases/12/lib/x.rb:41", "/Users/runner/work", "/home/deploy-svc/run",
        "ssl.key.password = null", "password=****", "m=+120.128799733 restarted", "imac-like thinkpads are slow",
        "mac-address ok", "call 3 failed after 2000 ms", "call failed 12 times", "--token-file /run/secrets",
        "the token: expired", "x-request-id: 4bf92f3577b34da6", "session expired for user 17",
    ],
)  # fmt: skip
def test_what_names_nobody_is_left(text):
    assert redact(text) == text


LOGS = Path(os.environ.get("PMT_SHARED_DATA", "../shared/data")) / "logs" / "loghub"


@pytest.mark.skipif(not LOGS.is_dir(), reason="the shared logs are not here")
def test_false_alarms_on_real_logs_are_few():
    """Addresses apart, which are clients' there: two paths with a user's name, and one builder's account at a build host."""
    found = Counter(
        mark
        for path in sorted(LOGS.rglob("*.log"))
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[:2000]
        for mark in re.findall(r"\[([a-z-]+) redacted\]", redact(line))
        if mark != "address"
    )
    assert found == {"home-folder": 2, "email": 1}
