from __future__ import annotations

from postmortem_timeline import incident as schema
from postmortem_timeline.postmortem import html, markdown, model


def document(case, **options):
    return model.document(case["incident"], case["rows"], case["quotes"], **options)


def test_the_fixture_is_a_valid_incident(case):
    schema.check(case["incident"])


def test_names_stay_where_somebody_asked_for_them(case):
    text = markdown.render(document(case, blameless=False))
    assert "Sam Okafor" in text


def test_no_name_handle_or_address_is_left(case):
    told = document(case)
    for page in (markdown.render(told), html.render(told)):
        for name in (
            "Okafor",
            "okafor",
            "Dana",
            "dana.ruiz",
            "ruiz",
            "priya",
            "Nair",
            "li.wei",
            "tomas",
            "corp.example",
        ):
            assert name not in page, name


def test_the_input_is_left_alone(case):
    before = (repr(case["incident"]), repr(case["rows"]), repr(case["quotes"]))
    document(case)
    assert before == (repr(case["incident"]), repr(case["rows"]), repr(case["quotes"]))


def test_client_addresses_and_tokens_in_quotes_are_redacted(case):
    quotes = " ".join(quote.text for quote in document(case).quotes.values())
    assert "203.0.113.77" not in quotes
    assert "eyJhbGci" not in quotes


def test_a_stated_role_goes_before_ours(case):
    told = document(case, roles={"dana.ruiz": "identity expert"})
    assert any(row["actor"] == "identity expert" for row in told.rows)


def test_a_title_is_made_where_none_was_given(case):
    case["incident"]["title"] = None
    assert document(case).title == "Incident of July 15, 2025: the authentication service"


def test_the_same_input_gives_the_same_bytes(case):
    assert html.render(document(case)) == html.render(document(case))


def test_no_incident_is_a_document_too(case):
    found = case["incident"]
    nothing = {
        "at": None,
        "confidence": None,
        "basis": None,
        "origin": None,
        "reason": "nothing failed",
        "citations": [],
        "alternatives": [],
    }
    found["lifecycle"] = {name: dict(nothing) for name in found["lifecycle"]}
    found["impact"] |= {"windows": [], "window_details": [], "downtime_seconds": 0.0, "users": None, "curve": None}
    found |= {"services": [], "changes": [], "durations": {}, "curve": None, "findings": [], "clocks": []}
    told = model.document(found, [], {})
    assert "no outage" in markdown.render(told).lower()
    assert "no outage" in html.render(told).lower()


def test_no_request_evidence_is_not_measured_and_never_zero(case):
    found = case["incident"]
    for name in ("impact_start", "mitigated"):
        found["lifecycle"][name] |= {"at": None, "confidence": None, "reason": "no requests were exported"}
    found["impact"] |= {"vantage": None, "windows": [], "window_details": [], "downtime_seconds": None,
                        "weighted_downtime_seconds": None, "full_outage_seconds": None, "users": None,
                        "requests": {"total": None, "failed": None}}  # fmt: skip
    found["curve"] = None
    text = markdown.render(document(case))
    assert "[not measured: no requests were exported]" in text
    assert " 0%" not in text and "0 s" not in text.split("## Impact")[1].split("## Root")[0]


def test_the_severity_that_was_said_stands_in_for_a_stated_one(case):
    said = {
        "kind": "chat",
        "start": "2025-07-15T17:50:00.000Z",
        "summary": "declaring this a SEV-2",
        "citations": ["slack:1"],
    }
    case["incident"]["severity"] = None
    found = model.document(case["incident"], [*case["rows"], said], case["quotes"])
    assert dict(found.metadata)["Severity"] == "SEV-2 (said at 17:50:00)"
    case["incident"]["severity"] = "SEV-1"
    found = model.document(case["incident"], [*case["rows"], said], case["quotes"])
    assert dict(found.metadata)["Severity"] == "SEV-1"


def calm_case(case):
    told = case["incident"]
    told["title"] = None
    seen = {"requests": 10, "failed": 0, "start": "2025-07-15T09:00:00.000Z", "end": "2025-07-15T10:00:00.000Z"}
    told["impact"] = {"windows": [], "window_details": [], "downtime_seconds": 0.0, "observed": seen}
    told["lifecycle"] = {name: {"at": None, "reason": "no incident was found"} for name in told["lifecycle"]}
    told["services"] = []
    return case


def test_a_calm_day_is_no_incident_of_the_system(case):
    told = document(calm_case(case))
    assert told.title == "No outage found: July 15, 2025"
    text = markdown.render(told)
    assert text.startswith("# No outage found: July 15, 2025\n") and "- **Date:** July 15, 2025" in text
    assert "Incident" not in text.split("## Timeline")[0] and text.count("no incident was found") <= 5
    assert "No mark of an incident's life is known" in text


def test_a_calm_day_on_which_people_worked_says_so(case):
    told = calm_case(case)["incident"]
    told["lifecycle"]["acknowledged"] = {"at": "2025-07-15T09:30:00.000Z", "reason": "said"}
    assert document(case).title == "Incident without an outage: July 15, 2025"


def test_an_incident_without_a_suspect_names_none(case):
    case["incident"]["title"] = None
    case["incident"]["services"] = case["incident"]["impact"]["window_details"] = []
    assert document(case).title == "Incident of July 15, 2025"


def test_overrides_say_why_and_who_or_ask(case):
    case["incident"]["options"] = {"annotations": {
        "marks": {"detected": {"at": "2025-07-15T17:44:00Z", "reason": "said on the phone", "who": "the commander"}},
        "sources": {"web-2/*": {"clock": 90.0}}, "hidden": ["a.log:3"], "slo": 0.999,
    }}  # fmt: skip
    rows = markdown.render(document(case)).split("### Overrides")[1].split("### Versions")[0]
    assert "| mark detected | 2025-07-15T17:44:00Z | said on the phone | the commander |" in rows
    assert "| clock of web-2/\\* | 90.0 | _[to be filled: why]_ | _[to be filled: who]_ |" in rows
    assert "left out" in rows and "slo" in rows
