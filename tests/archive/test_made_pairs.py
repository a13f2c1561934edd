"""Made pairs: six kinds of outage, each twice in other words, among incidents of the same services that are of no kind."""

from __future__ import annotations

import pytest

import postmortem_timeline as pt

# kind: (service, alert, error, words of the first report, words of the second)
KINDS = {
    "token": ("auth", "LoginErrorRatioHigh", "oauth token rejected: token expired", "users could not log in, the refresh job was off",
              "sign-in failed for everybody, a secret had run out"),
    "pool": ("checkout", "CheckoutLatencyHigh",
             "QueuePool limit of size 5 overflow 10 reached, connection timed out",
             "orders hung after the pool was made smaller", "payments were slow, connections leaked from a worker"),
    "disk": ("search", "SearchNodeDiskFull", "no space left on device", "the index grew over night", "old segments were kept for ever"),
    "release": ("catalog", "CatalogErrorBudgetBurn", "NullPointerException in PriceCalculator.apply", "a release broke prices",
                "prices of bundles were missing after a deployment"),
    "certificate": ("gateway", "GatewayHandshakeFailing", "x509: certificate has expired", "nobody renewed it", "renewal ran elsewhere"),
    "queue": ("mail", "MailQueueGrowing", "too many unacknowledged messages", "a consumer was stuck", "a poison message came back"),
}  # fmt: skip

BODY = """\
# Incident on {day} - {service} trouble

**Services:** {service}

## Timeline (UTC)

| Time | Event |
|---|---|
| 10:00 | {service} starts to fail: `{error}` |
| 10:04 | Alert {alert} fires |
| 10:31 | {service} is back to normal |

## Summary

{words}
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    paths = []

    def write(name: str, **told: str) -> None:
        path = folder / f"{name}.md"
        path.write_text(BODY.format(**told), encoding="utf-8")
        paths.append(path)

    for month, (kind, (service, alert, error, *words)) in enumerate(KINDS.items(), 1):
        for turn, said in enumerate(words):
            day = f"202{3 + turn}-{month:02d}-1{turn}"
            write(f"{kind}-{turn}", day=day, service=service, alert=alert, error=error, words=said)
        for turn in range(2):  # of the same service, of another kind; the words are those of the kind
            other = {
                "alert": f"{service.title()}Odd{turn}",
                "error": f"{service} worker failed: case {kind}{'xy'[turn]}",
            }
            write(
                f"{kind}-other-{turn}",
                day=f"202{3 + turn}-{month:02d}-2{turn}",
                service=service,
                words=words[turn],
                **other,
            )
    archive = pt.Archive(folder / "archive")
    archive.import_markdown(paths)
    return archive


def kind_of(archive: pt.Archive, name: str) -> str:
    return str(archive.incident(name)["archive"]["source"]).rpartition("-")[0]


def test_pairs_are_found_and_called_recurrences(archive):
    names = [entry.name for entry in archive.incidents()]
    asked = [name for name in names if kind_of(archive, name) in KINDS]
    best = {name: archive.similar(name, most=3) for name in asked}
    assert len(asked) == 12
    assert all(kind_of(archive, found[0].name) == kind_of(archive, name) for name, found in best.items())
    assert all(found[0].recurrence for found in best.values())


def test_nothing_else_is(archive):
    names = [entry.name for entry in archive.incidents()]
    called = {frozenset((name, one.name)) for name in names for one in archive.similar(name, most=30) if one.recurrence}
    assert len(names) == 24 and len(called) == 6
    assert all(len({kind_of(archive, name) for name in pair}) == 1 for pair in called)
