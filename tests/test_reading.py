"""The event frame as pandas people want it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import postmortem_timeline as pt
from postmortem_timeline import reading
from postmortem_timeline.frame import EVENT_SCHEMA, to_pandas
from postmortem_timeline.ingest import pile
from tests.soup import EXPORTS, name_of, write_soup

DARK = next(path for path in EXPORTS if name_of(path) == "gateways_go_dark")
WORDS = [field.name for field in EVENT_SCHEMA if pa.types.is_dictionary(field.type)]
TEXTS = ("stamp", "body", "user", "client", "trace_id", "correlation_key", "attributes", "copy_of")
ORDER = ["timestamp", "source", "line", "ordinal"]


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return pt.read(DARK)


@pytest.fixture(scope="module")
def soup(tmp_path_factory) -> pd.DataFrame:
    return pt.read(write_soup(tmp_path_factory.mktemp("soup")))


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("empty")
    (folder / "access.log").write_text("")
    return pt.read(folder)


# No rows


def test_an_empty_frame_has_all_columns_in_their_types(empty, events):
    assert len(empty) == 0
    assert [*empty.columns] == EVENT_SCHEMA.names
    assert empty.drop(columns=WORDS).dtypes.equals(events.drop(columns=WORDS).dtypes)
    assert all(empty[name].dtype == "category" for name in WORDS)
    assert (empty["timestamp"] > "2025-07-15").sum() == 0


# Types


def test_types_are_those_of_pandas(events):
    assert [*events.columns] == EVENT_SCHEMA.names
    assert events["timestamp"].dtype == pd.DatetimeTZDtype("ns", "UTC")
    assert all(isinstance(events[name].dtype, pd.CategoricalDtype) for name in WORDS)
    assert all(events[name].dtype == "str" for name in TEXTS)
    numbers = {
        name: str(events[name].dtype)
        for name in ("severity_number", "status_code", "line", "ordinal", "duration_ms", "value")
    }
    assert [*numbers.values()] == ["Int8", "Int16", "Int64", "Int32", "float64", "float64"]
    assert isinstance(events.index, pd.RangeIndex)


def test_rows_are_sorted_and_unknown_times_come_last(soup):
    known = soup[soup["timestamp"].notna()]
    assert soup["timestamp"].isna().any() and soup["timestamp"].iloc[: len(known)].notna().all()
    in_order = soup.assign(source=soup["source"].astype(str)).sort_values(ORDER, kind="stable", na_position="last")
    assert in_order.index.equals(soup.index)


def test_a_torn_line_has_the_time_of_the_record_before_and_at_the_head_of_the_one_after(soup):
    torn = soup[(soup["source"] == "web-1/access.log") & (soup["format"] == "unparsed")]
    assert torn["line"].tolist() == [1, 2, 3, 151, 304]
    assert torn["timestamp"].dt.strftime("%H:%M:%S").tolist() == ["15:00:00"] * 3 + ["15:02:26", "15:04:59"]
    assert (torn["time_quality"] == "inherited").all()


def test_a_parquet_round_trip_is_plain(events, tmp_path):
    events.to_parquet(tmp_path / "events.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "events.parquet"), events)


# Recipes


def test_times_compare_with_text(events):
    middle = events["timestamp"].dropna().iloc[len(events) // 2]
    later = events[events.timestamp > str(middle)]
    assert 0 < len(later) < len(events) and later.timestamp.min() > middle


def test_an_index_of_times_slices_and_resamples(events):
    requests = events[events["kind"] == "request"].set_index("timestamp")
    day = requests.index[0].strftime("%Y-%m-%d")
    assert len(requests.loc[f"{day} 04:15" : f"{day} 04:30"]) > 0
    assert len(requests.between_time("04:15", "04:30")) == len(requests.loc[f"{day} 04:15:00" : f"{day} 04:30:00"])
    per_minute = requests.resample("1min")["status_code"].agg(["size", "max"])
    assert per_minute["size"].sum() == len(requests)
    assert str(requests.resample("5min").size().index.tz) == "UTC"


def test_groups_and_masks_of_nulls(events):
    assert events.groupby("source", observed=True).size().sum() == len(events)
    assert (events[events["status_code"] >= 500]["kind"] == "request").all()
    assert events["user"].nunique() > 1 and events["severity_number"].max() <= 24


def test_values_can_be_set_in_one_column_alone(tmp_path):
    (tmp_path / "access.log").write_text('192.0.2.1 - - [15/Jul/2025:17:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"\n')
    events = pt.read(tmp_path)
    mine = events.copy()
    mine.loc[0, "trace_id"] = "t-1"
    nulls = ["user", "copy_of", "correlation_key"]
    assert mine["trace_id"].tolist() == ["t-1"] and mine[nulls].isna().all(axis=None)
    assert events[["trace_id", *nulls]].isna().all(axis=None)


# Order and memory


def table_of(*rows: tuple[int | None, str, int]) -> pa.Table:
    """Rows of (ns, source, line), each a chunk of its own."""
    tables = []
    for ns, source, line in rows:
        given = {
            "timestamp": pa.array([ns], pa.int64()).cast(EVENT_SCHEMA.field("timestamp").type),
            "line": pa.array([line]),
        }
        given |= {
            "source": pa.array([source]).dictionary_encode(),
            "ordinal": pa.array([0], pa.int32()),
            "body": pa.array([f"{source} {line}"], pa.large_string()),
        }
        tables.append(pa.table([given.get(f.name, pa.nulls(1, f.type)) for f in EVENT_SCHEMA], schema=EVENT_SCHEMA))
    return pa.concat_tables(tables)


@pytest.mark.parametrize("part", [1, 2, 50_000])
def test_sources_are_merged_by_time(monkeypatch, part):
    monkeypatch.setattr(reading, "PART", part)
    table = table_of((5, "b", 1), (7, "b", 2), (None, "b", 3), (5, "a", 1), (6, "a", 2), (5, "a", 3))
    frame = to_pandas(reading.in_order(table))
    assert frame["body"].tolist() == ["a 1", "a 3", "b 1", "a 2", "b 2", "b 3"]


def test_what_is_in_order_is_left_as_it_is():
    table = table_of((5, "a", 1), (5, "a", 2), (5, "b", 1), (6, "a", 3), (None, "a", 4))
    assert reading.in_order(table)["body"].chunk(0).buffers()[2].address == table["body"].chunk(0).buffers()[2].address


@pytest.mark.parametrize("group", [1, 1 << 24])
def test_a_pile_gives_back_what_was_added(monkeypatch, group, events):
    monkeypatch.setattr(pile, "GROUP", group)
    tables = [table_of((n, "a" if n % 3 else "b", n), (None, "a", n)) for n in range(7)]
    heap = pile.Pile()
    for table in [EVENT_SCHEMA.empty_table(), *tables]:
        heap.add(table)
    pd.testing.assert_frame_equal(
        to_pandas(heap.table().unify_dictionaries()), to_pandas(pa.concat_tables(tables).unify_dictionaries())
    )
    assert heap.rows == 0 and len(heap.table()) == 0


def test_nulls_of_all_columns_share_their_memory():
    heap = pile.Pile()
    heap.add(table_of((1, "a", 1)))
    table = heap.table()
    addresses = {table[name].chunk(0).buffers()[1].address for name in ("user", "client", "trace_id", "copy_of")}
    assert len(addresses) == 1 and np.all([table[name].null_count == 1 for name in ("user", "actor", "value")])
