"""A client is counted by its address, whatever port it called from."""

from __future__ import annotations

import pyarrow as pa
import pytest

from postmortem_timeline.parsing.addresses import without_port
from postmortem_timeline.parsing.batch import Coded, Strings, spans_from, without_ports


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("10.0.3.17", "10.0.3.17"),
        ("10.0.3.17:52311", "10.0.3.17"),
        ("10.0.3.17:52311:X1", "10.0.3.17"),
        ("[2001:db8::17]:52311", "2001:db8::17"),
        ("[fe80::1%eth0]:443", "fe80::1%eth0"),
        ("[::1]", "::1"),
        ("2001:db8::17:5231", "2001:db8::17:5231"),  # a whole address may end like this
        ("::ffff:10.0.3.17", "::ffff:10.0.3.17"),
        ("web-1:8080", "web-1:8080"),
        ("[unknown]", "[unknown]"),
        ("", ""),
    ],
)
def test_only_what_surely_is_a_port_is_cut(said: str, address: str) -> None:
    assert without_port(said) == address


def test_every_kind_of_column_is_cut() -> None:
    said, cut = ["10.0.3.17:52311", "2001:db8::17", "10.0.3.17:52312"], ["10.0.3.17", "2001:db8::17", "10.0.3.17"]
    for column in (spans_from(said), Strings(pa.array(said, pa.large_string())), Coded(pa.array([0, 1, 2]).to_numpy(), said)):
        assert without_ports(column).arrow().to_pylist() == cut


def test_a_column_without_ports_stays_as_it_lies() -> None:
    column = spans_from(["10.0.3.17", "10.0.3.18"])
    assert without_ports(column) is column


def test_what_is_null_stays_null() -> None:
    column = without_ports(Strings(pa.array(["10.0.3.17:52311", None], pa.large_string())))
    assert column.arrow().to_pylist() == ["10.0.3.17", None]
