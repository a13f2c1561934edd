import pandas as pd

from postmortem_timeline.correlate.mentions import zones_by_mentions

START = 1_752_600_000
SOURCES = pd.DataFrame({"source": ["deployments.json", "syslog"], "host": None, "zone": ["stated", "assumed"]})


def stated(*seconds: int) -> pd.DataFrame:
    at = pd.to_datetime([START + second for second in seconds], unit="s", utc=True).astype("datetime64[ns, UTC]")
    return pd.DataFrame({"source": "deployments.json", "kind": "change", "timestamp": at})


def lines(*seconds: int, template: str = "<*>: started by <*>", service: str = "deploy") -> pd.DataFrame:
    told = {"source": "syslog", "service": service, "template": template, "count": 1}
    return pd.DataFrame([{**told, "first_ns": (START + second) * 10**9} for second in seconds])


def test_a_user_called_deploy_is_no_deployment():
    signed_in = lines(7200, 7377, template="Accepted publickey for deploy from <*>", service="sshd")
    assert zones_by_mentions(SOURCES, signed_in, stated(0, 177)).empty


def test_lines_that_meet_no_change():
    assert zones_by_mentions(SOURCES, lines(400, 1500), stated(0, 177)).empty


def test_two_changes_are_told_in_one_zone():
    found = zones_by_mentions(SOURCES, lines(7201, 7378), stated(0, 177))
    assert found.zone_offset_seconds.tolist() == [7200] and found.confidence.item() >= 0.9


def test_one_change_is_weak():
    assert 0.6 <= zones_by_mentions(SOURCES, lines(7201), stated(0)).confidence.item() < 0.7
