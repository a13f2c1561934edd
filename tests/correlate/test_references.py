from postmortem_timeline.correlate.offsets import Offset
from postmortem_timeline.correlate.references import Clock, verdicts


def edge(seconds: float) -> Offset:
    return Offset(seconds, 50, 50, 1)


def judge(clocks: dict[str, str], edges: dict[tuple[str, str], float], naive: str = ""):
    listed = [Clock(name, host, name != naive) for name, host in clocks.items()]
    return verdicts(listed, {pair: edge(seconds) for pair, seconds in edges.items()})


def test_two_clocks_alone_cannot_tell_who_is_right():
    found = judge({"app": "a", "web": "w"}, {("web", "app"): 140.0})
    assert {verdict.firm for verdict in found.values()} == {0.0}
    assert max(verdict.sure for verdict in found.values()) < 0.6


def test_clocks_that_were_not_compared_are_not_judged():
    assert judge({"app": "a", "web": "w"}, {}) == {}


def test_the_odd_one_out_is_skewed():
    found = judge({"app": "a", "web-1": "w1", "web-2": "w2"}, {("web-1", "app"): 0.1, ("web-2", "app"): -140.0})
    assert round(found["web-2"].seconds) == -140 and found["web-2"].sure > 0.6
    assert abs(found["app"].seconds) < 2 and abs(found["web-1"].seconds) < 2


def test_services_of_one_host_agree_because_they_share_its_clock():
    hosts = {"auth": "app", "cart": "app", "shop": "app", "web-1": "w1", "web-2": "w2"}
    ahead = {("auth", "web-1"): 30.0, ("auth", "web-2"): 30.0, ("cart", "web-1"): 30.0, ("shop", "web-2"): 30.0}
    assert {round(judge(hosts, ahead)[name].seconds) for name in ("auth", "cart", "shop")} == {30}


def test_a_clock_without_zone_follows_and_does_not_lead():
    found = judge(
        {"app": "a", "web-1": "w1", "web-2": "w2"}, {("app", "web-1"): 7200.2, ("app", "web-2"): 7340.0}, "app"
    )
    assert round(found["app"].seconds) == 7200
    assert round(found["web-2"].seconds) == -140 and found["web-2"].sure > 0.6
