"""Series as JSON: CloudWatch, Graphite, Datadog, Google Cloud, Azure Monitor, OpenTSDB, InfluxDB, sysstat, OTLP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, timed
from postmortem_timeline.formats.exports.series import described, number
from postmortem_timeline.formats.exports.walk import fits, listed, pick, tags, walk
from postmortem_timeline.parsing.jsondoc import REST, elements
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.moment import SECOND, instant
from postmortem_timeline.parsing.stamp_moves import zone_seconds

NAME = "metric_series"
TITLE = (
    "Metrics as JSON (CloudWatch, Graphite, Datadog, Google Cloud, Azure Monitor, OpenTSDB, InfluxDB, sysstat, OTLP)"
)
GROUP = "metric"
KIND = "metric"
URL = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"
NAMES = ("*metric*.json*", "*render*.json", "*timeseries*.json", "sadf*.json", "*graphite*.json")

STATISTICS = ("Average", "Sum", "SampleCount", "Minimum", "Maximum")
AZURE = ("average", "total", "minimum", "maximum", "count")
KINDS = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")
Samples = Iterator[Event]
Reader = Callable[[dict[str, Any]], Samples]


def _sample(common: Event, stamp: Any, value: Any) -> Samples:
    """One sample; what is missing is no zero, and no sample."""
    found = number(value)
    if found is not None and stamp is not None:
        yield common | timed(stamp) | {"value": found}


def _points(common: Event, points: Any, when: int, what: int) -> Samples:
    for point in points if isinstance(points, list) else ():
        if isinstance(point, list) and len(point) == 2:
            yield from _sample(common, point[when], point[what])


def _statistics(item: dict[str, Any]) -> Samples:
    label = text(item.get("_label"))
    for name in STATISTICS:
        if name in item:
            yield from _sample(
                described(f"{label}.{name}" if label else name, {}, unit=item.get("Unit")),
                item["Timestamp"],
                item[name],
            )
    for name, value in mapping(item.get("ExtendedStatistics")).items():
        yield from _sample(
            described(f"{label}.{name}" if label else name, {}, unit=item.get("Unit")), item["Timestamp"], value
        )


def _metric_data(item: dict[str, Any]) -> Samples:
    common = described(text(item.get("Label") or item.get("Id")), {}, id=item.get("Id"), status=item.get("StatusCode"))
    times, values = item.get("Timestamps"), item.get("Values")
    if isinstance(times, list) and isinstance(values, list):
        for stamp, value in zip(times, values, strict=False):
            yield from _sample(common, stamp, value)


def _stream(item: dict[str, Any]) -> Samples:
    """A record of a CloudWatch metric stream."""
    name = f"{item.get('namespace')}/{item.get('metric_name')}"
    for part, value in mapping(item.get("value")).items():
        yield from _sample(
            described(
                f"{name}.{part}", mapping(item.get("dimensions")), unit=item.get("unit"), region=item.get("region")
            ),
            item.get("timestamp"),
            value,
        )


def _graphite(item: dict[str, Any]) -> Samples:
    """The value stands first, the time second."""
    known = {k: v for k, v in mapping(item.get("tags")).items() if k != "name"}
    yield from _points(described(text(item.get("target")), known), item.get("datapoints"), 1, 0)


def _datadog(item: dict[str, Any]) -> Samples:
    known = tags(item.get("tag_set")) or tags(item.get("scope"))
    units = item.get("unit")
    unit = mapping(units[0]).get("name") if isinstance(units, list) and units else None
    yield from _points(
        described(text(item.get("metric") or item.get("display_name")), known, unit=unit), item.get("pointlist"), 0, 1
    )


def _datadog_v2(item: dict[str, Any]) -> Samples:
    held = mapping(pick(item, "data.attributes") or item.get("attributes"))
    times, values = held.get("times"), held.get("values")
    if not isinstance(times, list) or not isinstance(values, list):
        return
    for one, column in zip(objects(held.get("series")), values, strict=False):
        common = described(f"query {one.get('query_index', 0)}", tags(one.get("group_tags")))
        for stamp, value in zip(times, column if isinstance(column, list) else [], strict=False):
            yield from _sample(common, stamp, value)


def _google(item: dict[str, Any]) -> Samples:
    """The end of a point's interval is its time; of a distribution its count and its mean are told."""
    labels = mapping(pick(item, "resource.labels")) | mapping(pick(item, "metric.labels"))
    common = described(text(pick(item, "metric.type")), labels, kind=item.get("metricKind"), unit=item.get("unit"))
    for point in objects(item.get("points")):
        stamp, value = pick(point, "interval.endTime"), mapping(point.get("value"))
        if shape := mapping(value.get("distributionValue")):
            for part in ("count", "mean"):
                yield from _sample(
                    described(f"{pick(item, 'metric.type')}.{part}", labels, kind=item.get("metricKind")),
                    stamp,
                    shape.get(part),
                )
        else:
            yield from _sample(common, stamp, next((v for k, v in value.items() if k != "stringValue"), None))


def _azure(item: dict[str, Any]) -> Samples:
    name = text(pick(item, "name.value"))
    for series in objects(item.get("timeseries")):
        known = {text(pick(one, "name.value")): one.get("value") for one in objects(series.get("metadatavalues"))}
        for point in objects(series.get("data")):
            for part in AZURE:
                if part in point:
                    yield from _sample(
                        described(f"{name}.{part}", known, unit=item.get("unit")), point.get("timeStamp"), point[part]
                    )


def _azure_record(item: dict[str, Any]) -> Samples:
    """A metric among diagnostic records: five aggregates of a minute."""
    where = text(item.get("resourceId")).rstrip("/").rpartition("/")[2]
    for part in AZURE:
        if part in item:
            yield from _sample(
                described(f"{item.get('metricName')}.{part}", {"resource": where}, grain=item.get("timeGrain")),
                item.get("time"),
                item[part],
            )


def _opentsdb(item: dict[str, Any]) -> Samples:
    common, points = described(text(item.get("metric")), mapping(item.get("tags"))), item.get("dps")
    if isinstance(points, dict):
        for stamp, value in points.items():
            yield from _sample(common, stamp, value)
    elif points is not None:
        yield from _points(common, points, 0, 1)
    else:
        yield from _sample(common, item.get("timestamp"), item.get("value"))


def _influx(item: dict[str, Any]) -> Samples:
    """Columns of words are labels; 0 is the time of an aggregate without one."""
    for series in objects(item.get("series")):
        columns = [text(name) for name in listed(series.get("columns"))]
        for row in listed(series.get("values")):
            cells = dict(zip(columns, row, strict=False)) if isinstance(row, list) else {}
            stamp = cells.pop("time", None)
            stamp = stamp if instant(stamp) else None
            known = mapping(series.get("tags")) | {k: v for k, v in cells.items() if isinstance(v, str)}
            for name, value in cells.items():
                common = described(f"{text(series.get('name'))}.{name}", known)
                if not isinstance(value, (str, bool)) and (found := number(value)) is not None:
                    yield common | timed(stamp) | {"value": found}


def _sysstat(item: dict[str, Any]) -> Samples:
    """What `sadf -j` writes; the time of day is UTC, or the machine's own where it says so."""
    host = text(item.get("nodename"))
    for stat in objects(item.get("statistics")):
        at = mapping(stat.get("timestamp"))
        when = instant(f"{at.get('date')} {at.get('time')}")
        zone = 0 if at.get("utc") == 1 else zone_seconds(text(item.get("timezone")))
        if when is None:
            continue
        time: Event = {"timestamp": when - (zone or 0) * SECOND, "stamp": text(at.get("time"))}
        if zone is None:
            time["time_quality"] = "zone_assumed"
        for group, value in stat.items():
            if group != "timestamp":
                yield from (time | one | {"host": host or None} for one in _flat(group, value))


def _flat(name: str, value: Any) -> Samples:
    """Numbers are samples, words the labels of those beside them."""
    for one in [value] if isinstance(value, dict) else objects(value):
        known = {key: word for key, word in one.items() if isinstance(word, str)}
        for key, inside in one.items():
            if isinstance(inside, (dict, list)):
                yield from _flat(f"{name}.{key}", inside)
            elif (found := number(inside)) is not None and key not in known:
                yield described(f"{name}.{key}", known) | {"value": found}


def _plain(attributes: Any) -> dict[str, Any]:
    """Attributes of OTLP as a plain object."""
    found = {}
    for one in objects(attributes):
        value = mapping(one.get("value"))
        found[text(one.get("key"))] = next(iter(value.values()), None)
    return {k: v for k, v in found.items() if not isinstance(v, (dict, list))}


def _otlp(item: dict[str, Any]) -> Samples:
    """Sums may be deltas or totals since a start; which is an attribute of the sample."""
    outer = _plain(pick(item, "resource.attributes"))
    service, host = (
        outer.get("service.name"),
        outer.get("host.name") or outer.get("k8s.pod.name") or outer.get("service.instance.id"),
    )
    place = {"service": text(service) or None, "host": text(host) or None}
    scopes = objects(item.get("scopeMetrics")) or objects(item.get("instrumentationLibraryMetrics"))
    for metric in (one for scope in scopes for one in objects(scope.get("metrics"))):
        for kind in KINDS:
            held = mapping(metric.get(kind))
            how = text(held.get("aggregationTemporality")).lower().rpartition("_")[2]
            said = {"1": "delta", "2": "cumulative"}.get(how, how)
            for point in objects(held.get("dataPoints")):
                name, known = text(metric.get("name")), _plain(point.get("attributes"))
                parts = (
                    {"": point.get("asDouble", point.get("asInt"))}
                    if kind in ("gauge", "sum")
                    else {
                        "_count": point.get("count"),
                        "_sum": point.get("sum"),
                    }
                )
                for tail, value in parts.items():
                    common = described(name + tail, known, unit=metric.get("unit"), temporality=said) | place
                    yield from _sample(common, point.get("timeUnixNano"), value)


class Shape(NamedTuple):
    """One product's shape: the keys by which it is known, where they stand, and how it is read."""

    needs: tuple[str, ...]
    under: tuple[str, ...]
    read: Reader


SHAPES = (
    Shape(("Timestamp", "Unit"), ("Datapoints[].",), _statistics),
    Shape(("Timestamps", "Values", "Id"), ("MetricDataResults[].", "[]."), _metric_data),
    Shape(("metric_stream_name", "metric_name", "timestamp", "value"), ("", "[]."), _stream),
    Shape(("target", "datapoints"), ("[].",), _graphite),
    Shape(("metric", "pointlist"), ("series[].",), _datadog),
    Shape(("times", "values", "series"), ("data.attributes.",), _datadog_v2),
    Shape(("metric.type", "points"), ("timeSeries[].", "[].", ""), _google),
    Shape(("name.value", "timeseries"), ("value[].",), _azure),
    Shape(("metricName", "time", "resourceId", "timeGrain"), ("records[].", "", "[]."), _azure_record),
    Shape(("metric", "dps"), ("[].",), _opentsdb),
    Shape(("metric", "timestamp", "value", "tags"), ("[].",), _opentsdb),
    Shape(("series",), ("results[].",), _influx),
    Shape(("nodename", "statistics"), ("sysstat.hosts[].",), _sysstat),
    Shape(("scopeMetrics",), ("resourceMetrics[].",), _otlp),
    Shape(("instrumentationLibraryMetrics",), ("resourceMetrics[].",), _otlp),
)
ARRAYS = (
    "Datapoints",
    "MetricDataResults",
    "series",
    "timeSeries",
    "value",
    "records",
    "results",
    "sysstat.hosts",
    "resourceMetrics",
)


def sniff(head: bytes, name: str) -> float:
    """Whether the head has the keys of one of the shapes."""
    for shape in SHAPES:
        if fits(head, *shape.needs, under=shape.under):
            if shape.read is _influx and not fits(head, "series[].columns", under=("results[].",)):
                continue
            return 0.985
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """Every sample of every series."""
    label = ""
    if b'"Datapoints"' in data:
        label = next((text(e.value.get("Label")) for e in elements(data, ("Datapoints",)) if e.path == REST), "")
    return walk(data, context, ARRAYS, lambda item: _of(item, label), KIND, _paged)


def _paged(rest: dict[str, Any], context: Context) -> None:
    if token := rest.get("NextToken") or rest.get("nextPageToken"):
        context.note("more_pages", f"the export is one page of several (token {text(token)[:12]})")


def _of(item: dict[str, Any], label: str) -> Samples:
    read: Reader | None = _datadog_v2 if pick(item, "data.attributes.times") is not None else None
    for shape in SHAPES if read is None else ():
        if all(pick(item, need) is not None or need in item for need in shape.needs):
            read = shape.read
            break
    if read is not None:
        told = list(read(item | {"_label": label} if read is _statistics else item))
        yield from told or [{"structure": True, "kind": KIND}]  # a series that is known, and empty
