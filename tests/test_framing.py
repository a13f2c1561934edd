"""Frames made by hand, and frames that people mended."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import postmortem_timeline as pt
from postmortem_timeline.errors import UsageError
from postmortem_timeline.frame import EVENT_SCHEMA, completed, from_pandas
from tests.soup import EXPORTS, name_of

DARK = next(path for path in EXPORTS if name_of(path) == "bad_deploy_rolled_back")
START = pd.Timestamp("2025-07-15 17:30", tz="UTC")


def outage(**more) -> pd.DataFrame:
    """Two requests a second for twenty minutes; those of users 0 to 4 fail from minute 5 to 10."""
    seconds = np.repeat(np.arange(1200), 2)
    user = np.arange(len(seconds)) % 40
    fails = (seconds >= 300) & (seconds < 600) & (user < 5)
    return pd.DataFrame({
        "timestamp": START + pd.to_timedelta(seconds, unit="s"), "body": "GET /login", "status_code": np.where(fails, 503, 200),
        "user": [f"u{n}" for n in user], "endpoint": "GET /login", "service": "auth", **more,
    })  # fmt: skip


def errors() -> pd.DataFrame:
    """Log lines of nothing but a time and a text."""
    times = START + pd.to_timedelta(np.arange(0, 600, 10), unit="s")
    return pd.DataFrame({"timestamp": times, "body": [f"token of user {n} expired" for n in range(60)]})


# Misuse


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"body": ["x"]}), "needs a column `timestamp`; this one has body"),
        (pd.DataFrame(), "needs a column `timestamp`; this one has none"),
        (pd.DataFrame({"timestamp": [1752600000], "body": ["x"]}), "holds numbers"),
        (pd.DataFrame({"timestamp": ["yesterday"], "body": ["x"]}), "no ISO 8601 time"),
        (errors().assign(kind="deploy"), "the kind 'deploy' is not known; kinds are log, request"),
        (errors().assign(status_code="teapot"), "the column `status_code` of the frame holds what is no int16"),
        (pd.concat([errors(), errors()["body"]], axis=1), "`body` stands twice"),
    ],
    ids=["no time", "nothing at all", "numbers", "words", "unknown kind", "words for a number", "a column twice"],
)
def test_misuse_is_told(frame, said):
    with pytest.raises(UsageError, match=said):
        pt.build_timeline(frame)


@pytest.mark.parametrize("given", [pa.table({"timestamp": [1]}), [{"timestamp": 1}], {"timestamp": [1]}, 7, None])
def test_what_is_neither_frame_nor_paths_is_refused(given):
    with pytest.raises(UsageError, match="takes a pandas frame of events or paths"):
        pt.build_timeline(given)


# Frames made by hand


def test_a_time_and_a_text_are_enough():
    t = pt.build_timeline(errors())
    assert t.frame["summary"].str.contains("token of user").any()
    assert t.ledger[["source", "records"]].to_dict("records") == [{"source": "frame", "records": 60}]
    assert t.incident["impact"]["requests"] is None or t.incident["impact"]["requests"]["total"] is None


def test_no_rows_are_no_incident():
    t = pt.build_timeline(errors().iloc[:0])
    assert t.frame.empty and t.incident["impact"]["windows"] == [] and t.windows.empty


def test_requests_are_those_with_a_status():
    t = pt.build_timeline(outage())
    assert t.incident["impact"]["users"]["affected"] == 5 and t.incident["impact"]["users"]["active"] == 40
    start, end = t.incident["impact"]["windows"][0]
    assert start.startswith("2025-07-15T17:35:0") and end.startswith("2025-07-15T17:39:42")


def told(frame: pd.DataFrame) -> str:
    return pt.build_timeline(frame).to_json()


@pytest.mark.parametrize(
    "stamps",
    [
        lambda t: t.dt.tz_localize(None),
        lambda t: t.dt.tz_convert("Europe/Berlin"),
        lambda t: t.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda t: t.dt.strftime("%Y-%m-%d %H:%M:%S"),
        lambda t: t.astype("datetime64[s, UTC]"),
        lambda t: pd.Series([x.to_pydatetime() for x in t], dtype=object),
    ],
    ids=["without a zone", "of another zone", "text", "text without a zone", "coarser unit", "datetime objects"],
)
def test_times_in_any_form(stamps):
    frame = outage()
    assert told(frame.assign(timestamp=stamps(frame["timestamp"]))) == told(frame)


def test_more_columns_and_another_index_change_nothing():
    frame = outage()
    more = frame.assign(region="eu", shard=np.arange(len(frame)) % 3)
    more.index = more.index[::-1] + 1000
    assert told(more) == told(frame)
    assert told(frame.set_index("timestamp")) == told(frame)


def test_more_columns_come_back():
    t = pt.build_timeline(outage(region="eu"))
    events = t.events(corrected=True)
    assert list(events.columns[: len(EVENT_SCHEMA)]) == EVENT_SCHEMA.names and (events["region"] == "eu").all()


def test_numbers_for_users_and_objects_for_words():
    frame = outage()
    plain = frame.assign(
        user=np.arange(len(frame)) % 40,
        service=frame["service"].astype(object),
        endpoint=frame["endpoint"].astype("category"),
    )
    assert pt.build_timeline(plain).incident["impact"]["users"] == pt.build_timeline(frame).incident["impact"]["users"]


def test_rows_added_by_hand_get_lines_behind_the_others():
    events = pd.concat(
        [
            errors(),
            pd.DataFrame({"timestamp": [START], "body": ["we restarted it"], "kind": ["note"], "source": ["memory"]}),
        ]
    )
    table = from_pandas(events)
    assert table["line"].to_pylist() == [*range(1, 61), 1] and set(table["source"].to_pylist()) == {"frame", "memory"}
    assert table["kind"].to_pylist()[-2:] == ["log", "note"]


def test_completed_gives_every_column_its_type():
    whole = completed(errors())
    assert list(whole.columns) == EVENT_SCHEMA.names
    assert (
        str(whole["timestamp"].dtype) == "datetime64[ns, UTC]"
        and whole["kind"].dtype == "category"
        and str(whole["line"].dtype) == "Int64"
    )


# Frames that people mended


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return pt.read(DARK)


@pytest.fixture(scope="module")
def built(events) -> pt.Timeline:
    return pt.build_timeline(events)


def test_mending_a_service_names_it(events):
    service = events["service"].astype(object).replace({"checkout": "till"})
    t = pt.build_timeline(events.assign(service=service))
    logged = set(t.frame[t.frame["kind"].isin(["log", "request"])]["service"].dropna())
    assert "till" in logged  # the gateway's routes still say checkout


def test_mending_users_changes_how_many_they_are(events, built):
    one = events["user"].where(events["user"].isna(), "u1")
    users = pt.build_timeline(events.assign(user=one)).incident["impact"]["users"]
    assert users["active"] == 1 and built.incident["impact"]["users"]["active"] > 10


def test_rows_taken_out_do_not_count(events, built):
    kept = events[~((events["kind"] == "request") & (events["status_code"] >= 500))]
    assert built.incident["impact"]["windows"] and not [
        w for w in pt.build_timeline(kept).incident["impact"]["window_details"] if w["kind"] == "failed"
    ]


def test_a_copy_stands_for_the_record_that_was_taken_out():
    frame = outage(source="web/access.log", line=np.arange(1, 2401))
    copies = frame.assign(source="web/access.log.1", copy_of=[f"web/access.log:{n}" for n in frame["line"]])
    both = pd.concat([frame, copies], ignore_index=True)
    requests = [
        pt.build_timeline(f).incident["impact"]["requests"]
        for f in (frame, both, both[both["source"] == "web/access.log.1"])
    ]
    assert requests[0] == requests[1] == requests[2]
    assert pt.build_timeline(both).ledger["copies"].tolist() == [0, 2400]


def test_a_zone_that_people_state_moves_stamps_without_one(tmp_path):
    said = tmp_path / "incident.toml"
    said.write_text('[sources."app.log"]\nzone = "Europe/Berlin"\n')
    lines = [f"2025-07-15 19:{n:02d}:00,000 ERROR [main] com.acme.Auth - token expired" for n in range(30)]
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text("\n".join(lines) + "\n")
    from_files = pt.build_timeline(tmp_path / "logs", annotations=said).rows
    assert pt.build_timeline(pt.read(tmp_path / "logs"), annotations=said).rows == from_files
    assert pt.build_timeline(pt.read(tmp_path / "logs", annotations=said), annotations=said).rows == from_files
    assert from_files[0]["start"] == "2025-07-15T17:00:00.000Z"
