"""An officer keeps the lists: status, load, update, diff, with exit codes and words a script and a person can use."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any

import pytest
from click.testing import CliRunner, Result

from greenlane import wiring
from greenlane.cli.main import cli
from greenlane.errors import GreenlaneError
from greenlane.feeds import snapshots
from greenlane.law.rulebase import RuleBase
from greenlane.wiring import listkeeping

ON = ("--on", "2026-08-03")


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return wiring.load_rules()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: RuleBase) -> Path:
    monkeypatch.setattr(listkeeping, "load_rules", lambda _: base)  # read once for all commands
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREENLANE_LISTS", str(tmp_path / "shelf"))
    return tmp_path


def ask(*words: str) -> Result:
    return CliRunner().invoke(cli, ["lists", *words], standalone_mode=False)


def run(*words: str, code: int = 0) -> str:
    result = ask(*words)
    assert result.exception is None, result.exception
    assert result.return_value == code, result.output
    return result.stdout


def refused(*words: str) -> GreenlaneError:
    result = ask(*words)
    assert isinstance(result.exception, GreenlaneError), result.output
    return result.exception


def state_of(name: str, *words: str) -> dict[str, Any]:
    told = json.loads(ask("status", "--format", "json", *(words or ON)).stdout)
    return next(one for one in told if one["list"] == name)


def own(path: Path, *names: str, state: str = "2026-08-01", code: int = 0) -> str:
    path.write_text("id,name\n" + "".join(f"{number},{name}\n" for number, name in enumerate(names, 1)), encoding="utf-8")
    return run("load", str(path), "--list", "own", "--state", state, *ON, code=code)


def test_what_ships_is_usable_while_it_is_fresh_and_cannot_say_when_it_is_old() -> None:
    assert state_of("us-entity-list")["verdict"] == "usable"
    assert state_of("us-entity-list")["count"] > 3_000
    old = state_of("us-entity-list", "--on", "2026-11-22")
    assert (old["verdict"], old["age_days"]) == ("cannot_say", 114)
    assert state_of("us-sdn")["verdict"] == "cannot_say", "nothing ships of it"
    assert state_of("cn-afsl")["verdict"] == "cannot_say", "two designations of many are no list"
    assert ask("status", *ON).return_value == 1


def test_status_says_in_words_why_a_list_cannot_say() -> None:
    text = run("status", "--on", "2026-11-22", code=1)
    assert "us-entity-list       cannot_say" in text
    assert "114 days old, more than 14: load a newer edition" in text
    assert "us-sdn               cannot_say no edition" in text
    assert "reported, not official" in text
    assert "No export measure held here follows from it" in text


def test_a_loaded_list_is_kept_and_told_and_differs(home: Path) -> None:
    assert "kept: 2 entries of 2026-07-01" in own(home / "own.csv", "Example One", "Example Two", state="2026-07-01")
    assert "kept: 2 entries of 2026-08-01" in own(home / "own.csv", "Example One", "Example Two Ltd")
    assert "there already" in own(home / "own.csv", "Example One", "Example Two Ltd")
    assert (state_of("own")["verdict"], state_of("own")["count"]) == ("usable", 2)
    text = run("diff", "own@2026-07-01", "own", code=1)
    assert text == "renamed  own:2  Example Two -> Example Two Ltd\n"
    assert run("diff", "own", "own@2026-08-01") == ""
    rows = list(csv.DictReader(io.StringIO(run("diff", "own@2026-07-01", "own", "--format", "csv", code=1))))
    assert [(row["change"], row["before"], row["fields"]) for row in rows] == [("renamed", "Example Two", "name;names")]
    (one,) = json.loads(run("diff", "own@2026-07-01", "own", "--format", "json", code=1))
    assert (one["change"], one["id"], one["name"]) == ("renamed", "own:2", "Example Two Ltd")


def test_two_files_differ_without_being_kept(home: Path) -> None:
    (home / "a.csv").write_text("id,name\n1,Example\n", encoding="utf-8")
    (home / "b.csv").write_text("id,name\n1,Example\n2,Example Two\n", encoding="utf-8")
    assert run("diff", "a.csv", "b.csv", "--list", "own", code=1) == "added    own:2  Example Two\n"
    assert state_of("own")["verdict"] == "cannot_say"


def test_bad_rows_land_whole_in_a_file_and_the_list_clears_nobody(home: Path) -> None:
    path = home / "own.csv"
    path.write_text("id,name,colour\n1,Example,red\n2,,\n3,Example,blue,too many\n", encoding="utf-8")
    result = ask("load", str(path), "--list", "own", "--state", "2026-08-01", *ON)
    assert result.return_value == 1
    assert "finding[GL0614]: the column `colour`" in result.stderr
    assert "2 rows rejected" in result.stderr
    rows = list(csv.DictReader(io.StringIO((home / "own.csv.rejects.csv").read_text(encoding="utf-8"))))
    assert [(row["reject_row"], row["reject_code"]) for row in rows] == [("3", "GL0613"), ("4", "GL0113")]
    assert all(row["reject_hint"] for row in rows)
    assert "2 entries could not be read" in state_of("own")["why"]
    words = ("--accept-rejects", "--reason", "Both rows are blank at the source")
    run("load", str(path), "--list", "own", "--state", "2026-08-01", *ON, *words, code=1)
    assert state_of("own")["verdict"] == "usable"
    assert "Both rows are blank" in (home / "shelf" / "journal.jsonl").read_text(encoding="utf-8")


def test_half_a_list_is_refused_and_may_be_taken_with_a_reason(home: Path) -> None:
    path = home / "sdn.csv"
    path.write_text('36,"EXAMPLE",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n', encoding="utf-8")
    words = ("load", str(path), "--list", "us-sdn", "--state", "2026-08-01", *ON)
    problem = refused(*words)
    assert problem.code == "GL0605"
    assert "fewer than 15000" in problem.message
    assert refused(*words, "--accept-drop").code == "GL0304"
    run(*words, "--accept-drop", "--reason", "A sample for a drill", code=1)
    assert state_of("us-sdn")["count"] == 1


def test_a_file_nobody_can_date_or_name_is_refused(home: Path) -> None:
    (home / "own.csv").write_text("name\nExample\n", encoding="utf-8")
    assert refused("load", "own.csv", "--list", "own", *ON).code == "GL0611"
    assert refused("load", "own.csv", "--state", "2026-08-01", *ON).code == "GL0612"
    assert refused("load", "own.csv", "--list", "unheard-of", "--state", "2026-08-01", *ON).code == "GL0305"
    assert refused("load", "own.csv", "--list", "own", "--state", "1 August", *ON).code == "GL0304"
    assert refused("diff", "own@2026-08-01", "own").code == "GL0305"


# --- update -------------------------------------------------------------------------------------------------------------


class Answer(io.BytesIO):
    def __init__(self, raw: bytes, said: str) -> None:
        super().__init__(raw)
        self.headers = {"Content-Length": said}


UN = (
    '<CONSOLIDATED_LIST dateGenerated="2026-08-01T00:00:00Z"><ENTITIES>'
    + "".join(f"<ENTITY><DATAID>{at}</DATAID><FIRST_NAME>EXAMPLE {at}</FIRST_NAME></ENTITY>" for at in range(950))
    + "</ENTITIES></CONSOLIDATED_LIST>"
).encode()


def answering(monkeypatch: pytest.MonkeyPatch, raw: bytes, *, said: str | None = None) -> list[str]:
    asked: list[str] = []

    def opener(request: urllib.request.Request, _: float) -> IO[bytes]:
        asked.append(request.full_url)
        return Answer(raw, str(len(raw)) if said is None else said)

    monkeypatch.setattr(snapshots, "_open", opener)
    return asked


def test_a_list_is_fetched_from_its_official_address(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, UN)
    assert "un-sc                kept: 950 entries of 2026-08-01" in run("update", "un-sc", *ON)
    assert asked == ["https://scsanctions.un.org/resources/xml/en/consolidated.xml"]
    assert state_of("un-sc")["source"] == asked[0]
    assert state_of("un-sc")["verdict"] == "usable"


def test_lists_of_one_file_are_fetched_once_and_are_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    results = [{"source": "Unverified List (UVL) - BIS", "name": f"Example {at}", "alt_names": []} for at in range(200)]
    results += [{"source": "Capta List (CAP) - Treasury", "name": "Example Bank", "entity_number": "1"}]
    results += [{"source": "Denied Persons List (DPL) - BIS", "name": "Example nobody asked for"}]
    asked = answering(monkeypatch, json.dumps({"results": results}).encode())
    text = run("update", "us-uvl", "us-cap", *ON)
    assert len(asked) == 1
    assert [line.split()[0] for line in text.splitlines()] == ["us-cap", "us-uvl"]
    assert "of 2026-08-03" in text


@pytest.mark.parametrize(
    ("raw", "said", "code"), [(UN, "1000000000", "GL0608"), (UN[:-9], str(len(UN)), "GL0606"), (UN[:-9], None, "GL0602")]
)
def test_too_much_or_too_little_is_refused(monkeypatch: pytest.MonkeyPatch, raw: bytes, said: str | None, code: str) -> None:
    answering(monkeypatch, raw, said=said)
    assert refused("update", "un-sc", *ON).code == code
    assert state_of("un-sc")["verdict"] == "cannot_say"


def test_an_address_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def opener(request: urllib.request.Request, wait_s: float) -> IO[bytes]:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(snapshots, "_open", opener)
    assert refused("update", "un-sc", *ON).code == "GL0606"


def test_a_list_without_an_address_is_to_be_fetched_by_hand() -> None:
    problem = refused("update", "eu-consolidated", *ON)
    assert problem.code == "GL0305"
    assert "greenlane lists load" in problem.hint
