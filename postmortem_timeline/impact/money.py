"""Error budget and money: what the failed requests and minutes amount to."""

from __future__ import annotations

from typing import Any

from postmortem_timeline.impact.requests import Load

DAY = 86_400


def error_budget(
    seen: Load, rate: float, *, slo: float | None, days: float = 30.0, period_requests: int | None = None
) -> dict[str, Any] | None:
    """The share of the error budget that the windows spent; null without an SLO.

    by_requests      = failed / ((1 - SLO) x the period's requests), given or extrapolated from `rate`,
                       the requests per second of all the evidence
    by_time          = weighted downtime / ((1 - SLO) x period): a tenth failing spends a tenth
    by_time_as_full  = downtime / ((1 - SLO) x period): as if all had failed, which other tools assume
    (Google SRE workbook, chapter 2 and "Alerting on SLOs"; 30 days at 99.9% are 43.2 minutes.)
    """
    if slo is None:
        return None
    period, allowed = days * DAY, 1 - slo
    extrapolated = period_requests is None
    usual = rate * period if period_requests is None else float(period_requests)
    return {
        "slo": slo,
        "period_days": days,
        "period_requests": round(usual),
        "period_requests_basis": "extrapolated" if extrapolated else "stated",
        "by_requests": round(seen.failed / (allowed * usual), 6) if usual else None,
        "by_time": round(seen.weighted / (allowed * period), 6),
        "by_time_as_full": round(seen.downtime / (allowed * period), 6),
    }


def cost(
    seen: Load, *, revenue_per_minute: float | None = None, revenue_per_request: float | None = None
) -> dict[str, Any] | None:
    """Revenue not made; null without a rate.

    per request: failed x rate. Per minute: weighted minutes x rate, at most downtime x rate (all users lost).
    """
    if revenue_per_request is not None:
        amount = round(seen.failed * revenue_per_request, 2)
        return {
            "amount": amount,
            "at_most": amount,
            "basis": f"{seen.failed} failed requests x {revenue_per_request:g}",
        }
    if revenue_per_minute is None:
        return None
    minutes, most = seen.weighted / 60, seen.downtime / 60
    basis = f"{minutes:.1f} weighted minutes x {revenue_per_minute:g} (at most {most:.1f} minutes of downtime)"
    return {
        "amount": round(minutes * revenue_per_minute, 2),
        "at_most": round(most * revenue_per_minute, 2),
        "basis": basis,
    }
