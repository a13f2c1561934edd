"""How much a change can do to production at all: a deployment or a flag everything, a test run or a lookup next to nothing."""

from __future__ import annotations

import re

from postmortem_timeline.correlate.leaves import leaves
from postmortem_timeline.correlate.records import Record

WHERE = ("environment", "environment_name", "env", "tier", "production_environment")
RUNS = ("branch", "state", "pipeline", "pipeline_id", "run_id", "job", "workflow")
ELSEWHERE = re.compile(
    r"\b(?:staging|stage|test(?:ing)?|qa|dev(?:elopment)?|preview|review|sandbox|uat|ci|canary-test|local|demo)\b", re.IGNORECASE
)
PRODUCTION = re.compile(r"\b(?:prod(?:uction)?|live)\b", re.IGNORECASE)
# "deploy-production" and "CreateDeployment" roll out, whatever else their run does.
ROLLS = re.compile(
    r"deploy|releas|roll(?:ed|ing|s)?[ _-]?(?:back|out)|promot|publish|migrat|\bapply|flag|config|upgrad|restart|revert|hotfix"
    r"|\bscale|failover|rotat|\bcutover",
    re.IGNORECASE,
)
CHECKS = re.compile(
    r"\b(?:tests?|testing|lint\w*|checks?|unit|e2e|integration|coverage|scan\w*|static|typecheck\w*|codeql|sonar\w*|verify"
    r"|validat\w+|benchmarks?|docs?|dependabot|renovate|format(?:ting)?|stale|labeler|build|ci|plan)\b",
    re.IGNORECASE,
)
# Calls of an audit log, written together: what they are begins the word, what they are of ends it.
CALL = re.compile(r"^(?:[\w.-]+[.:/])?([A-Z][a-z]+)((?:[A-Z]+[a-z0-9]*)*)(?=$|[:(]| in )")
LOOKS = frozenset(
    (
        "Get", "List", "Describe", "Head", "Lookup", "Search", "Query", "Select", "Scan", "Test", "Validate", "Check",
        "Preview", "Simulate", "Estimate", "Assume", "Login", "Logout", "Authenticate", "Generate", "Decrypt", "Encrypt",
        "Sign", "Verify", "Export", "Download", "Console", "View", "Read", "Poll", "Receive",
    )
)  # fmt: skip
MARGINAL = re.compile(r"(?:Tags?|LogStreams?|LogGroups?|Snapshots?|Backups?|Dashboards?|Reports?|Bookmarks?|DataKey\w*)$")
REFUSED = re.compile(r"access ?denied|unauthori[sz]ed|forbidden|not ?authori[sz]ed|throttl|validation", re.IGNORECASE)

Bearing = tuple[float, str]
FULL: Bearing = (1.0, "")


def bearing(record: Record) -> Bearing:
    """What share of its suspicion a change keeps, and why it is less than all.

    The words are those of any build system, cloud or audit log; where nothing tells, a change keeps all of it.
    """
    call = CALL.match(record.body)
    if call and (call.group(1) in LOOKS or MARGINAL.search(call.group(1) + call.group(2))):
        return 0.1, "such a call changes nothing that serves users"
    if call and record.action == "failed" and REFUSED.search(record.body):
        return 0.1, "the call was refused, so it changed nothing"
    if record.action in ("skipped", "queued", "planned"):
        return 0.2, f"it was only {record.action}"
    said = leaves(record, (*WHERE, *RUNS))
    where = " ".join(said[name] for name in WHERE if name in said)
    if ELSEWHERE.search(where) and not PRODUCTION.search(where):
        return 0.2, f"it is not of production but of {where}"
    name = record.body.partition(": ")[0]
    if any(run in said for run in RUNS) and CHECKS.search(name) and not ROLLS.search(name) and not PRODUCTION.search(where):
        return 0.2, "it is a build or test run, which rolls nothing out"
    return FULL
