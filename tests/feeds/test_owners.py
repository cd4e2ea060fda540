"""Tables of holdings: every form of a share, every way to be wrong, the same rows from every format."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from greenlane.errors import FileError
from greenlane.feeds.owners import read_owners
from greenlane.feeds.tables import write_table
from greenlane.screen.holdings import FULL, Range

COLUMNS = ("owner", "owned", "share", "from", "until", "known_since", "source")
SHARES = {
    "60": (60, 60),
    "60%": (60, 60),
    "0.5%": (0.5, 0.5),
    "33.333333 %": (33.333333, 33.333333),
    "25-50%": (25, 50),
    "25 % – 50 %": (25, 50),
    ">=50%": (50, 100),
    ">50%": (50.000001, 100),
    "<25%": (0, 24.999999),
    "<=25%": (0, 25),
    "unknown": (0, 100),
    "0": (0, 0),
}
WRONG = ("half", "101", "-5", "50-25%", "0.6", "1", "60,5", ">100%", "<0%", "1e1", "33.3333333%", "25-", "5-10-20")


def table(tmp_path: Path, *rows: str, header: str = ",".join(COLUMNS)) -> Path:
    path = tmp_path / "owners.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("text", SHARES)
def test_shares_read(text: str) -> None:
    low, high = SHARES[text]
    assert Range.read(text) == Range(round(low * 1_000_000), round(high * 1_000_000))


@pytest.mark.parametrize("text", WRONG)
def test_shares_that_do_not_read(text: str, tmp_path: Path) -> None:
    found = read_owners(table(tmp_path, f'Example Parent,Example Sub,"{text}",,,,'))
    assert not found.edges
    ((problem,),) = [one.problems for one in found.rejects]
    assert problem.code == "GL0105"
    assert problem.at is not None
    assert (problem.at.line, problem.at.column) == (2, "share")
    assert problem.hint


def test_a_row_with_everything(tmp_path: Path) -> None:
    (edge,) = read_owners(table(tmp_path, "Example Parent,Example Sub,25-50%,2024-01-01,2025-01-01,2024-03-01,register")).edges
    assert (edge.owner, edge.owned, edge.source) == ("Example Parent", "Example Sub", "register")
    assert (edge.start, edge.end, edge.known_since) == (date(2024, 1, 1), date(2025, 1, 1), date(2024, 3, 1))
    assert edge.at is not None
    assert edge.at.line == 2


def test_control_is_no_share(tmp_path: Path) -> None:
    (edge,) = read_owners(table(tmp_path, "Example Parent,Example Sub,Control,,,,")).edges
    assert edge.control
    assert edge.share == Range(0, FULL)


def test_every_problem_of_a_row_is_told_and_the_good_rows_are_taken(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "Example Parent,,60%,2024-13-01,,yesterday,",
        "Example Parent,Example Parent,60%,,,,",
        "Example Parent,Example Sub,60%,2025-01-01,2025-01-01,,",
        "Example Parent,Example Sub,,,,,",
        f"Example Parent,{'x' * 501},60%,,,,",
        "Example Parent,Example Sub,60%,,,,",
    )
    found = read_owners(path)
    assert len(found.edges) == 1
    codes = [[(one.code, one.at.column) for one in row.problems if one.at] for row in found.rejects]
    assert codes == [
        [("GL0101", "owned"), ("GL0102", "from"), ("GL0102", "known_since")],
        [("GL0119", "owned")],
        [("GL0118", "until")],
        [("GL0101", "share")],
        [("GL0111", "owned")],
    ]
    assert all(one.hint for row in found.rejects for one in row.problems)


@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet"])
def test_all_formats_say_the_same(format: str, tmp_path: Path) -> None:
    rows = [
        {"owner": "Example Parent", "owned": "Example Sub", "share": "60", "from": "2024-01-01", "source": "a"},
        {"owner": "示例控股", "owned": "Example Sub", "share": "25-40%", "until": "2025-01-01"},
    ]
    path = tmp_path / f"owners.{format}"
    write_table(path, COLUMNS, ({name: row.get(name, "") for name in COLUMNS} for row in rows), format=format, numbers={"share"})
    found = read_owners(path)
    assert [(one.owner, str(one.share), one.start, one.end) for one in found.edges] == [
        ("Example Parent", "60 %", date(2024, 1, 1), None),
        ("示例控股", "25 to 40 %", None, date(2025, 1, 1)),
    ]


def test_a_compulsory_column_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_owners(table(tmp_path, "a,b", header="owner,owned"))
    assert caught.value.code == "GL0101"
