"""A user's own formats hold for one call, in its threads and processes, and never come from the evidence."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from postmortem_timeline import build_timeline, inspect, read, show
from postmortem_timeline.errors import FormatError, UsageError
from postmortem_timeline.executors import run_in_order
from postmortem_timeline.forking import run_forked
from postmortem_timeline.formats import registry
from postmortem_timeline.formats.own import own_formats

OWN = """\
name = "{name}"
group = "app"
kind = "log"
engine = "dissect"
{more}
[layouts]
line = '{{timestamp}} {{host}} {{level:level}} {{body}}'

[columns]
timestamp = {{ field = "timestamp", format = "%Y-%m-%d %T" }}
"""
LINES = "".join(f"2025-07-15 17:42:{n:02d} till-{n % 3} ERROR card declined\n" for n in range(30))


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "till.log").write_text(LINES, encoding="utf-8")
    return tmp_path / "exports"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write(tmp_path / "till.toml")


def write(path: Path, name: str = "till", more: str = "") -> Path:
    path.write_text(OWN.format(name=name, more=more), encoding="utf-8")
    return path


def formats_of(paths: Path, **options) -> set[str]:
    return set(read(paths, **options)["format"])


def test_a_format_in_the_evidence_is_never_read(evidence, own):
    inside = write(evidence / "till.toml")
    assert "till" not in formats_of(evidence)
    with pytest.raises(UsageError, match=r"till.toml lies in the evidence .*exports; keep formats beside it"):
        read(evidence, formats=inside)
    link = own.with_name("link.toml")
    link.symlink_to(inside)
    for given in (link, evidence, [own, inside]):
        with pytest.raises(UsageError, match="lies in the evidence"):
            inspect([evidence], formats=given)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name = ", "acme.toml: not valid TOML"),
        (OWN.format(name="x", more="engin = 'y'"), 'acme.toml: key: "engin" is not known; is "engine" meant?'),
        (OWN.format(name="x", more="names = 'y'"), "acme.toml: key names: is 'y'; give a list"),
        (OWN.format(name="slack", more=""), 'name "slack" is that of a format in code; choose another'),
    ],
    ids=["no TOML", "a word that is none", "a text for a list", "the name of code"],
)
def test_a_broken_one_is_named_with_its_part(evidence, tmp_path, content, message):
    (tmp_path / "acme.toml").write_text(content, encoding="utf-8")
    with pytest.raises(FormatError) as raised:
        read(evidence, formats=tmp_path / "acme.toml")
    assert message in str(raised.value)


def test_what_is_not_there_is_bad_usage(evidence, tmp_path):
    with pytest.raises(UsageError, match="no such file or folder of formats"):
        read(evidence, formats=tmp_path / "nowhere.toml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"holds no \.toml"):
        read(evidence, formats=tmp_path / "empty")


def test_two_of_one_name_are_refused(own):
    with pytest.raises(FormatError, match=r'name "till" is taken by till.toml; choose another'):
        own_formats([own, write(own.with_name("other.toml"))])


def test_it_holds_for_its_call_alone(evidence, own):
    before = formats_of(evidence)
    assert formats_of(evidence, formats=own) == {"till"} != before
    assert formats_of(evidence) == before
    with pytest.raises(UsageError):
        read(evidence, formats=[own, evidence])
    assert "till" not in {fmt.name for fmt in registry.declared()}


def test_each_verb_knows_it(evidence, own):
    assert inspect(evidence, formats=[own]).rows[0]["format"] == "till"
    assert show("till.log:3", evidence, formats=own, context=0)[0][2]
    timeline = build_timeline(evidence, formats=own)
    assert set(timeline.events()["format"]) == {"till"}
    assert list(timeline.ledger["format"]) == ["till"]


def test_one_named_like_a_bundled_one_stands_in_its_place(evidence, tmp_path):
    own = write(tmp_path / "own.toml", "nginx_error")
    with registry.using(own_formats(own)):
        assert [fmt.own for fmt in registry.declared() if fmt.name == "nginx_error"] == [True]
        assert registry.service_of("nginx_error") is None
    assert registry.service_of("nginx_error") is not None


def test_threads_and_processes_of_a_call_know_it_and_others_do_not(own):
    def known() -> bool:
        return any(fmt.name == "till" for fmt in registry.declared())

    beside: list[bool] = []
    with registry.using(own_formats(own)):
        other = threading.Thread(target=lambda: beside.append(known()))
        other.start()
        other.join()
        assert list(run_in_order([known] * 8, 4)) == [True] * 8
        assert list(run_forked([known] * 4, 2)) == [True] * 4
    assert beside == [False]
    assert not any(run_in_order([known] * 8, 4))


def test_of_files_with_other_names_it_takes_only_what_fits_better(evidence, tmp_path):
    """A layout as general as this one reads the lines of many products; its `names` hold it back."""
    line = "2025-07-15 17:42:03 [main] ERROR com.acme.Till - card declined\n"
    for name in ("till.log", "other.log"):
        (evidence / name).write_text(line * 9, encoding="utf-8")
    general = write(tmp_path / "general.toml", "till")
    assert formats_of(evidence, formats=general) == {"till"}
    named = write(tmp_path / "named.toml", "till", 'names = ["till*"]')
    frame = read(evidence, formats=named)
    found = dict(zip(frame["source"], frame["format"], strict=True))
    assert found["till.log"] == "till" != found["other.log"]


def test_it_goes_before_documents_in_code_that_fit_no_better(tmp_path):
    (tmp_path / "x").mkdir()
    sample = Path(registry.HERE / "exports" / "statuspage.sample.json").read_text(encoding="utf-8")
    (tmp_path / "x" / "status.json").write_text(sample, encoding="utf-8")
    assert formats_of(tmp_path / "x") == {"statuspage"}
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "ours"\ngroup = "status"\nkind = "status"\nengine = "jsonl"\n[document]\nrecords = "incidents"\n'
        '[match]\nrequired = ["created_at", "name"]\n[columns]\ntimestamp = { field = "created_at" }\n'
        'body = { field = "name" }\n',
        encoding="utf-8",
    )
    assert formats_of(tmp_path / "x", formats=own) == {"ours"}
