import pandas as pd

from postmortem_timeline.correlate.claims import UNKNOWN, Claim, annotated, by_nesting, claim_frame, combine, shifts
from postmortem_timeline.digest.shift import Shift


def sources(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "zone", "nested_offset_s"])


SYSLOG = sources(("syslog", "assumed", None))


def test_what_nothing_speaks_for_stays_as_it_is():
    frame = combine(SYSLOG)
    assert frame[["zone_offset_seconds", "clock_offset_seconds", "confidence"]].iloc[0].tolist() == [0, 0, 0]
    assert shifts(frame) == {}


def test_a_weak_claim_is_reported_but_not_applied():
    frame = combine(SYSLOG, claim_frame([Claim("syslog", 3600.0, UNKNOWN, 0.4, "perhaps")]))
    assert frame.zone_offset_seconds.item() == 3600 and not frame.applied.item() and shifts(frame) == {}


def test_equal_stamps_inside_and_outside_prove_nothing():
    assert by_nesting(sources(("syslog", "assumed", 0.0), ("pod", "stated", 28800.0))).empty


def test_an_outer_stamp_without_zone_differs_from_the_inner():
    assert by_nesting(sources(("syslog", "assumed", 19800.4))).zone_offset_seconds.tolist() == [19800]


def test_people_know_better():
    said = annotated(SYSLOG, {"sys*": {"zone_offset_seconds": 7200.0}})
    frame = combine(SYSLOG, claim_frame([Claim("syslog", 3600.0, 5.0, 0.99, "pairs")]), said)
    assert shifts(frame) == {"syslog": Shift(7205 * 10**9)}


def test_the_claim_of_most_confidence_holds():
    weak, strong = Claim("syslog", 3600.0, UNKNOWN, 0.65, "nested"), Claim("syslog", 7200.0, UNKNOWN, 0.95, "windows")
    assert combine(SYSLOG, claim_frame([weak]), claim_frame([strong])).zone_offset_seconds.item() == 7200
