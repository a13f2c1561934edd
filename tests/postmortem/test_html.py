from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from postmortem_timeline.postmortem import html, model

HOSTILE = "</script><img src=x onerror=alert(1)>\x00\x1b[31m\u202e<svg onload=alert(2)>{{7*7}}"


def page_of(case):
    return html.render(model.document(case["incident"], case["rows"], case["quotes"]))


@pytest.fixture
def hostile(case):
    for row in case["rows"]:
        row["summary"] = HOSTILE + row["summary"]
    for quote in case["quotes"].values():
        quote["text"] = HOSTILE
    case["incident"]["title"] = HOSTILE
    case["incident"]["services"][0]["reason"] = HOSTILE
    case["incident"]["ledger"][0]["notes"] = [HOSTILE]
    return page_of(case)


def test_hostile_text_stays_text(hostile):
    assert "<img" not in hostile and "<svg onload" not in hostile
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", hostile)
    assert hostile.count("<script") == hostile.count("</script>") == 3


def test_nothing_is_fetched_from_anywhere(case):
    page = page_of(case)
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "@import" not in page and "url(" not in page


def test_the_policy_names_exactly_the_scripts_and_styles_that_are_there(case):
    page = page_of(case)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        said = re.search(rf"{directive} ([^;]*)", policy)[1].split()
        assert said == [
            f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in bodies
        ]
    assert policy.startswith("default-src 'none'")


def test_no_style_or_handler_attribute_that_the_policy_would_block(case):
    body = re.sub(r"<(script|style).*?</\1>", "", page_of(case), flags=re.DOTALL)
    assert not re.search(r"<[^>]*\s(?:style|on\w+)=", body)


def test_each_row_with_a_time_has_its_entry_and_its_evidence(case):
    page = page_of(case)
    for index, row in enumerate(case["rows"]):
        assert f'id="e{index}"' in page and f'id="r{index}"' in page
        assert all(place in page for place in row["citations"])


def test_the_data_of_the_script_is_json(case):
    data = json.loads(re.search(r'id="data">(.*?)</script>', page_of(case), re.DOTALL)[1])
    assert len(data["rows"]) == len(case["rows"]) and len(data["curve"]["total"]) == 420


def test_it_is_small(case):
    assert len(page_of(case)) < 300_000


def test_two_events_of_one_record_share_its_quote(case):
    places = ["alerts.json:1#4", "alerts.json:1#5", "alerts.json:1#6", "gone.json:2"]
    case["rows"][0]["citations"] = places
    case["quotes"] |= {place: {"text": "the second" if place == places[2] else "the first"} for place in places[:3]}
    found = re.search(r'id="r0".*?</ul>', page_of(case), re.DOTALL)[0]
    assert [re.sub(r"<[^>]+>", "", item).split()[:2] for item in re.findall(r"<li>(.*?)</li>", found, re.DOTALL)] == [
        places[:2], [places[2], "the"], [places[3], "not"],
    ]  # fmt: skip
    assert found.count("<pre>") == 2
