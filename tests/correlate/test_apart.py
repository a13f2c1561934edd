import pandas as pd

from postmortem_timeline.correlate.apart import apart, page_lives
from tests.correlate.cases import NS, START, alert, deploy, notables

MINE = [((START + 0) * NS, (START + 600) * NS)]


def other(begin: int, end: int) -> pd.DataFrame:
    return pd.DataFrame([{"start_ns": (START + begin) * NS, "end_ns": (START + end) * NS}])


NOBODY = other(0, 0).iloc[:0]


def chat(at: float, body: str) -> dict[str, object]:
    return {"kind": "chat", "at": at, "body": body, "source": "chat.json"}


def page(at: float, action: str, key: str) -> dict[str, object]:
    return {"kind": "page", "at": at, "action": action, "body": "page", "correlation_key": key, "source": "pager.json"}


def bodies(told: list[dict[str, object]], spans, others, **bounds) -> list[str]:
    return apart(notables(*told), spans, others, **bounds)["body"].tolist()


def test_alone_everything_stays():
    frame = notables(chat(-9000, "hello"), chat(9000, "all clear"))
    assert apart(frame, MINE, NOBODY) is frame


def test_what_begins_with_the_next_incident_is_of_it():
    told = [chat(300, "looking"), alert(7230, "cart", "cart fails"), chat(7900, "all clear")]
    assert bodies(told, MINE, other(7200, 7700)) == ["looking"]


def test_what_began_before_the_incident_ahead_was_over_is_of_it_however_long_it_lasts():
    told = [page(-7000, "triggered", "P1"), chat(-6000, "all clear"), page(60, "triggered", "P2"), page(90, "resolved", "P1")]
    frame = apart(notables(*told), MINE, other(-7200, -6700))
    assert frame["correlation_key"].dropna().tolist() == ["P2"]


def test_a_page_of_ours_may_be_resolved_after_the_next_incident_began():
    told = [page(60, "triggered", "P1"), page(7300, "resolved", "P1"), page(7250, "triggered", "P2")]
    assert len(apart(notables(*told), MINE, other(7200, 7700))) == 2


def test_a_change_before_the_incident_ahead_may_have_caused_ours():
    assert bodies([deploy(-9000, "cart", "cart 2.0")], MINE, other(-7200, -6700)) == ["cart 2.0"]


def test_what_people_pinned_stays():
    frame = notables(chat(7900, "all clear"))
    assert len(apart(frame, MINE, other(7200, 7700), pinned=["chat.json:1"])) == 1


def test_where_nothing_fails_the_bounds_choose():
    told = [page(0, "triggered", "P1"), page(600, "resolved", "P1"), page(9000, "triggered", "P2"), page(9600, "resolved", "P2")]
    first = apart(notables(*told), [], NOBODY, until=(START + 3600) * NS)
    second = apart(notables(*told), [], NOBODY, since=(START + 3600) * NS)
    assert (set(first["correlation_key"]), set(second["correlation_key"])) == ({"P1"}, {"P2"})


def test_a_page_lives_from_its_first_to_its_last_record():
    frame = notables(page(0, "triggered", "P1"), page(600, "resolved", "P1"), chat(5, "hello"))
    assert page_lives(frame) == [(START * NS, (START + 600) * NS)]
