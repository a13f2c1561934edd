"""Prometheus query results: series as metric samples, `ALERTS` series as alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, labelled, placed, severe, unparsed
from postmortem_timeline.formats.exports.series import described, number
from postmortem_timeline.parsing.fingerprint import fingerprint
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, text
from postmortem_timeline.parsing.moment import instant

NAME = "prometheus"
TITLE = "Prometheus range and instant queries"
GROUP = "metric"
KIND = "metric"
URL = "https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries"
NAMES = ("*prometheus*.json", "*query_range*.json")

ARRAYS = ("data.result", "result")
JUST_MISSED = 1.5  # steps between two samples that still are one run: evaluation times jitter by less than half a step


class Series(NamedTuple):
    """One series of `ALERTS`: its labels, its samples (time and stamp), where it stands."""

    labels: dict[str, Any]
    samples: list[tuple[int, str]]
    place: Event


def sniff(head: bytes, name: str) -> float:
    """Series have a `metric` and `values` (or one `value`)."""
    keys = key_paths(head)
    for base in ("data.result[].", "result[].", "[]."):
        if base + "metric" in keys and keys & {base + name for name in ("values", "value", "histograms", "histogram")}:
            return 0.99
    return 0.95 if {"data.resultType", "data.result"} <= keys and b"stream" not in head else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """Every sample of every series; of `ALERTS` instead where an alert became pending, fired and was resolved."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    alerts: list[Series] = []
    first, last = 2**63, 0
    for element in elements(data, ARRAYS, context.note):
        if element.path == REST:
            if warnings := element.value.get("warnings"):
                context.note("query_warning", text(warnings))
            continue
        series = mapping(element.value)
        labels = series.get("metric")
        samples = series.get("values") or series.get("histograms") or [series.get("value") or series.get("histogram")]
        if element.path == BROKEN or not isinstance(labels, dict) or not isinstance(samples, list):
            yield unparsed(element)
            continue
        times = [(when, str(pair[0]), pair[1]) for pair in samples if _is_sample(pair) and (when := instant(pair[0]))]
        if times:
            first, last = min(first, times[0][0]), max(last, times[-1][0])
        if labels.get("__name__") == "ALERTS":
            alerts.append(
                Series(labels, [(when, stamp) for when, stamp, value in times if str(value) != "0"], placed(element))
            )
        else:
            yield from _metric(labels, times, element)
    yield from _alerts(alerts, first, last)


def _is_sample(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2


def _metric(labels: dict[str, Any], samples: list[tuple[int, str, Any]], element: Element) -> Iterator[Event]:
    name = text(labels.get("__name__"))
    own = {key: value for key, value in labels.items() if key != "__name__"}
    for when, stamp, value in samples:
        at = {"timestamp": when, "stamp": stamp, **placed(element)}
        if isinstance(value, dict):  # a native histogram
            for part in ("count", "sum"):
                yield at | described(f"{name}_{part}", own) | {"value": number(value.get(part))}
        else:
            yield at | described(name, own) | {"value": number(value)}


def _alerts(alerts: list[Series], first: int, last: int) -> Iterator[Event]:
    """The edges of the runs of `ALERTS`; runs at the edge of the query began before or went on."""
    step = _step(alerts)
    for series in alerts:
        for run in _runs(series.samples, step):
            yield from _run(series, run, step, first, last)


def _step(alerts: list[Series]) -> int:
    """The step of the query: the commonest distance of two samples, the smaller of equally common ones."""
    gaps = Counter(b[0] - a[0] for s in alerts for a, b in zip(s.samples, s.samples[1:], strict=False))
    return min(gaps, key=lambda gap: (-gaps[gap], gap)) if gaps else 0


def _runs(samples: list[tuple[int, str]], step: int) -> Iterator[list[tuple[int, str]]]:
    start = 0
    for k in range(1, len(samples) + 1):
        if k == len(samples) or samples[k][0] - samples[k - 1][0] > JUST_MISSED * step:
            yield samples[start:k]
            start = k


def _run(series: Series, run: list[tuple[int, str]], step: int, first: int, last: int) -> Iterator[Event]:
    labels = {key: text(value) for key, value in series.labels.items() if key not in ("__name__", "alertstate")}
    state = text(series.labels.get("alertstate")) or "firing"
    began_before, goes_on = run[0][0] <= first, run[-1][0] >= last
    more = {
        "labels": labels, "samples": len(run), "starts_at": run[0][1], "last_sample": run[-1][1],
        "began_before": began_before or None, "goes_on": goes_on or None, "step_seconds": step / 1e9 or None,
    }  # fmt: skip
    common = {
        "kind": "alert", "body": text(labels.get("alertname")) or "ALERTS", **series.place,
        "correlation_key": fingerprint(labels), "attributes": attributes(more),
    } | labelled(labels) | severe(labels.get("severity"))  # fmt: skip
    yield {"timestamp": run[0][0], "stamp": run[0][1], "action": state, **common}
    if state == "firing" and not goes_on:
        # The first step at which it was gone, as its start is the first at which it was there.
        yield {"timestamp": run[-1][0] + step, "stamp": run[-1][1], "action": "resolved", **common}
