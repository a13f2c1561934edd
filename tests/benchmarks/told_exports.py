"""Exports full of ordinary days: cloud API calls, chat, alerts, CI runs, tickets, deployments, none of them to blame."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

USUAL = {"changes": 100_000, "chat": 50_000, "alerts": 5_000, "ci": 3_000, "tickets": 2_000, "deployments": 500}
BEGIN = dt.datetime(2025, 7, 12, tzinfo=dt.UTC)
DAYS = 5
SERVICES = ("billing", "catalog", "shipping", "reviews", "media", "loyalty", "tax", "mailer")
PEOPLE = ("ada.moss", "ben.ruiz", "chi.tran", "dora.weiss", "eli.stone", "fay.novak")
CALLS = (
    ("ec2", "CreateTags"),
    ("ec2", "RunInstances"),
    ("ec2", "TerminateInstances"),
    ("sts", "AssumeRole"),
    ("logs", "CreateLogStream"),
    ("s3", "PutObject"),
    ("autoscaling", "SetDesiredCapacity"),
    ("ecs", "RegisterTaskDefinition"),
    ("kms", "GenerateDataKey"),
    ("sqs", "PurgeQueue"),
    ("ecs", "UpdateService"),
    ("lambda", "UpdateFunctionCode20150331v2"),
)
TALK = (
    "lunch at {h}?",
    "the {s} dashboard looks nice now",
    "can somebody review my {s} branch?",
    "standup in five minutes",
    "I deployed {s} yesterday, all fine",
    "who has the {s} keys?",
    "reverted the colour of the button",
    "thanks {p}!",
    "is the build slow for anybody else?",
    "checking the invoices of {s}",
    "the coffee machine is broken again",
    "see https://wiki.example/{n} for the notes of {s}",
    "merged {n}",
    "restarted my laptop",
    "+1",
    "ok",
    "done",
)


def write(sort: str, count: int, folder: Path) -> None:
    """The export of one sort into `folder`; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(f"{sort}{count}")
    times = sorted(BEGIN + dt.timedelta(seconds=chance.uniform(0, DAYS * 86400)) for _ in range(count))
    for name, text in WRITERS[sort](times, chance):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _changes(times: list[dt.datetime], chance: random.Random) -> Iterator[tuple[str, str]]:
    lines = []
    for number, at in enumerate(times):
        product, call = chance.choice(CALLS)
        lines.append(
            json.dumps(
                {
                    "eventVersion": "1.09",
                    "userIdentity": {
                        "type": "AssumedRole",
                        "arn": f"arn:aws:sts::1:assumed-role/deployer/{chance.choice(PEOPLE)}",
                    },
                    "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "eventSource": f"{product}.amazonaws.com",
                    "eventName": call,
                    "awsRegion": "eu-west-1",
                    "sourceIPAddress": "203.0.113.9",
                    "readOnly": False,
                    "eventType": "AwsApiCall",
                    "requestParameters": {"service": chance.choice(SERVICES)}
                    if product == "ecs"
                    else {"name": f"thing-{number % 997}"},
                    "requestID": f"r-{number:08x}",
                    "eventID": f"e-{number:08x}",
                    "managementEvent": True,
                }
            )
        )
    yield "cloudtrail.json", "\n".join(lines) + "\n"


def _chat(times: list[dt.datetime], chance: random.Random) -> Iterator[tuple[str, str]]:
    for place, channel in enumerate(("random", "dev", "ops-bots", "support")):
        messages = []
        for number, at in enumerate(times[place::4]):
            words = {
                "h": f"{number % 12}:{number % 60:02}",
                "s": chance.choice(SERVICES),
                "p": chance.choice(PEOPLE),
                "n": number,
            }
            told: dict[str, Any] = {
                "type": "message",
                "ts": f"{at.timestamp():.6f}",
                "text": chance.choice(TALK).format(**words),
            }
            bot = {
                "subtype": "bot_message",
                "username": "GitHub",
                "bot_id": "BCROWD",
                "text": f"{words['p']} deployed {words['s']}-1.{number}.0 to staging",
            }
            messages.append(told | (bot if channel == "ops-bots" else {"user": f"UCROWD{chance.randrange(40)}"}))
        yield f"slack_{channel}/{channel}/all.json", json.dumps(messages)


def _alerts(times: list[dt.datetime], chance: random.Random) -> Iterator[tuple[str, str]]:
    alerts = []
    for number, at in enumerate(times):
        service, end = chance.choice(SERVICES), at + dt.timedelta(seconds=chance.uniform(60, 1800))
        name = chance.choice(("DiskWillFill", "HighCpu", "QueueLength", "HighErrorRatio", "PodRestarts"))
        alerts.append(
            {
                "annotations": {"summary": f"{name} of {service}"},
                "fingerprint": f"{number:016x}",
                "receivers": [{"name": "mail"}],
                "startsAt": _iso(at),
                "endsAt": _iso(end),
                "updatedAt": _iso(end),
                "generatorURL": "http://p/",
                "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
                "labels": {
                    "alertname": name,
                    "service": service,
                    "instance": f"{service}-{number % 9}",
                    "severity": "warning",
                },
            }
        )
    yield "alerts.json", json.dumps(alerts, indent=1)


def _ci(times: list[dt.datetime], chance: random.Random) -> Iterator[tuple[str, str]]:
    runs = []
    for number, at in enumerate(times):
        service, end = chance.choice(SERVICES), at + dt.timedelta(seconds=chance.uniform(30, 900))
        runs.append(
            {
                "id": 9_000_000 + number,
                "name": chance.choice(("Tests", "Lint", "Build")),
                "head_branch": f"topic-{number % 50}",
                "head_sha": f"{chance.getrandbits(160):040x}",
                "path": ".github/workflows/ci.yml",
                "display_title": f"{service}: work on things",
                "run_number": number,
                "event": "pull_request",
                "status": "completed",
                "conclusion": chance.choice(("success", "success", "failure")),
                "workflow_id": 7,
                "run_attempt": 1,
                "html_url": f"https://github.com/shop/{service}/actions/runs/{number}",
                "created_at": _iso(at),
                "updated_at": _iso(end),
                "run_started_at": _iso(at),
                "actor": {"login": chance.choice(PEOPLE)},
                "repository": {"name": service, "full_name": f"shop/{service}"},
            }
        )
    yield "workflow_runs.json", json.dumps({"total_count": len(runs), "workflow_runs": runs}, indent=1)


def _tickets(times: list[dt.datetime], chance: random.Random) -> Iterator[tuple[str, str]]:
    issues = []
    for number, at in enumerate(times):
        service, end = chance.choice(SERVICES), at + dt.timedelta(hours=chance.uniform(1, 48))
        issues.append(
            {
                "id": str(number),
                "key": f"WORK-{number}",
                "self": "https://jira.example/rest/api/3/issue/1",
                "fields": {
                    "summary": f"{chance.choice(('Colour of', 'Wording in', 'New page for'))} {service}",
                    "issuetype": {"name": "Task"},
                    "priority": {"name": "Low"},
                    "status": {"name": "Done", "statusCategory": {"key": "done"}},
                    "created": _iso(at),
                    "updated": _iso(end),
                    "resolutiondate": _iso(end),
                    "reporter": {"displayName": chance.choice(PEOPLE)},
                    "components": [{"name": service}],
                    "resolution": {"name": "Done"},
                },
            }
        )
    yield (
        "jira.json",
        json.dumps(
            {"expand": "schema", "startAt": 0, "maxResults": 9999, "total": len(issues), "issues": issues}, indent=1
        ),
    )


def _deployments(times: list[dt.datetime], chance: random.Random) -> Iterator[tuple[str, str]]:
    rows = []
    for number, at in enumerate(times):
        service = chance.choice(SERVICES)
        rows.append(
            {
                "url": f"https://api.github.com/repos/shop/{service}/deployments/{number}",
                "id": number,
                "sha": f"{chance.getrandbits(160):040x}",
                "ref": f"{service}-4.{number}.0",
                "task": "deploy",
                "payload": {"service": service, "version": f"{service}-4.{number}.0"},
                "original_environment": "production",
                "environment": "production",
                "description": f"release {service}-4.{number}.0",
                "creator": {"login": chance.choice(PEOPLE), "type": "User"},
                "created_at": _iso(at),
                "updated_at": _iso(at),
                "statuses_url": f"https://api.github.com/repos/shop/{service}/deployments/{number}/statuses",
                "repository_url": f"https://api.github.com/repos/shop/{service}",
                "transient_environment": False,
                "production_environment": True,
            }
        )
    yield "deployments.json", json.dumps(rows, indent=1)


def _iso(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


Writer = Callable[[list[dt.datetime], random.Random], Iterator[tuple[str, str]]]
WRITERS: dict[str, Writer] = {
    "changes": _changes,
    "chat": _chat,
    "alerts": _alerts,
    "ci": _ci,
    "tickets": _tickets,
    "deployments": _deployments,
}
