"""The schedule's CSV export into our table: notation, shortest codes, what is not read, floors, and what would change."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from greenlane.errors import FileError
from greenlane.feeds import tariffs
from greenlane.feeds.drafts import read_draft, write_draft
from greenlane.law.rates import Rate
from tests.decide.real import real_base

HEADER = '"HTS Number","Indent","Description","Unit of Quantity","General Rate of Duty","Special Rate of Duty"\n'


def row(number: str, rate: str) -> str:
    return f'"{number}","2","Goods","","{rate}",""\n'


def whole(*rows: str) -> str:
    """A schedule long enough to be one, with further rows."""
    filling = [row(f"{10 + n // 1000:02d}{n // 100 % 10}0.{n % 100:02d}.00", "2.1%") for n in range(12_000)]
    return HEADER + "".join([*filling, *rows])


def sheet(folder: Path, text: str, name: str = "hts.csv") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode("utf-8-sig"))
    return path


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("Free", "0"),
        ("2.1%", "2.1"),
        ("16.50%", "16.5"),
        ("4.4¢/kg", "4.4 c/kg"),
        ("3.2¢/ liter", "3.2 c/l"),
        ("$1.035/kg + 8.5%", "1.035 usd/kg + 8.5"),
        ("1.5¢ each + 3%", "1.5 c/no + 3"),
        ("12¢/doz. + 5.5%", "12 c/doz + 5.5"),
        ("89.6¢/1000", "89.6 c/thousand"),
        ("8.4¢/bbl", "8.4 c/bbl"),
        ("22.9¢/kg +14.9%", "22.9 c/kg + 14.9"),
        ("4.4¢/liter + 3¢/kg", "4.4 c/l + 3 c/kg"),
    ],
)
def test_plain_rates_are_written_in_our_notation(printed: str, written: str) -> None:
    assert tariffs.notation_of(printed) == written
    assert Rate.parse(written).read


@pytest.mark.parametrize(
    "printed",
    [
        "The rate applicable to the natural juice in heading 2009",
        "See additional U.S. note 3",
        "3.2¢/kg on drained weight",
        "31.4¢/pf. liter",
        "40¢ each + 6% on the case",
        "3.9¢/kg less 0.02¢/kg for each degree under 100 degrees",
        "2% + 3%",
        "4.4/kg",
        "$4.4¢/kg",
    ],
)
def test_rates_in_words_are_not_guessed(printed: str) -> None:
    assert tariffs.notation_of(printed) is None


def test_a_code_stands_at_the_digits_at_which_its_rate_is_printed(tmp_path: Path) -> None:
    found = tariffs.read_us_hts(
        sheet(
            tmp_path,
            whole(row("9101.11.00.10", "3%"), row("9101.11.00.20", "4%"), row("9102.11.00.00", "5%"), row("9902.11.00", "Free")),
        )
    )
    assert found.rates["9101110010"] == "3"
    assert found.rates["9101110020"] == "4"
    assert found.rates["91021100"] == "5"
    assert "99021100" not in found.rates


def test_what_is_not_read_is_kept_with_its_words(tmp_path: Path) -> None:
    found = tariffs.read_us_hts(sheet(tmp_path, whole(row("9101.11.00", "See note 3")), "hts.csv.gz"))
    assert found.rates["91011100"] == "unread"
    assert found.unread == (tariffs.InWords("91011100", "See note 3"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEADER + row("9101.11.00", "3%"), "GL0121"),
        ('"HTS Number","General"\n', "GL0122"),
        (whole(row("9101-11", "3%")), "GL0121"),
        (whole(row("9101.11.00", "3%"), row("9101.11.00", "4%")), "GL0121"),
        (whole(*(row(f"91{n // 100:02d}.{n % 100:02d}.00", "in words") for n in range(700))), "GL0121"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(FileError) as caught:
        tariffs.read_us_hts(sheet(tmp_path, text))
    assert caught.value.code == code


def test_a_damaged_or_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv.gz").write_bytes(b"not gzip")
    for name in ("x.csv.gz", "absent.csv"):
        with pytest.raises(FileError):
            tariffs.read_us_hts(tmp_path / name)


def test_a_draft_says_what_would_change(tmp_path: Path) -> None:
    source = sheet(tmp_path, whole(row("9101.11.00", "3%"), row("9101.12.00", "See note 3")))
    rules = tmp_path / "rules"
    now = rules / tariffs.TARGET
    now.parent.mkdir(parents=True)
    found = tariffs.read_us_hts(source)
    now.write_text(found.table().replace("91011100,3\n", "91011100,2.5\n") + "97011100,4\n")
    draft = tariffs.propose(found, rules, real_base())
    assert [(one.key, one.before, one.after) for one in draft.changes] == [("91011100", "2.5", "3"), ("97011100", "4", "")]
    assert draft.files == {tariffs.TARGET: found.table()}
    assert [one.text for one in draft.unread] == ["91011200: See note 3"]
    write_draft(tmp_path / "draft", draft)
    assert read_draft(tmp_path / "draft").changes == draft.changes
    now.write_text(found.table())
    assert tariffs.propose(found, rules, real_base()).files == {}
