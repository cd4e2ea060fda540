"""Ten thousand malformed order lines and files: each is refused with a code, none ends the program.

Good lines among them are answered. Seeded, so that a failure can be looked at again: the name of the test has the seed.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from random import Random

import pytest

from greenlane.decide.line import COLUMNS, Line
from greenlane.errors import CODES, FileError
from greenlane.feeds.tables import Reject, read_lines, read_rows, write_rejects, write_table

GOOD = {
    "line_id": "L-04",
    "item": "SKU-88",
    "description": "sintered NdFeB segment",
    "codes": "hs:8505111000;eccn:EAR99;cn:1C905.a.4",
    "contains": "Nd:29%;Dy:3.1%",
    "attrs": "form=magnet",
    "quantity": "1200",
    "unit": "kg",
    "value": "96000",
    "currency": "USD",
    "origin": "CN",
    "ship_from": "CN",
    "ship_to": "DE",
    "end_use_country": "DE",
    "exporter": "Example Magnetics",
    "end_user": "Example Antriebe",
    "end_use": "civil",
    "activity": "export",
    "date": "2025-06-25",
    "us_content": "12%",
    "owner_share": "60",
}

# Each of these spoils a line, whatever else it says.
SPOILED = {
    "line_id": ("", " ", "\t"),
    "ship_from": ("", "XX", "C", "CHN", "中国", "cn\x00", "C N", "N0"),
    "ship_to": ("", "ZZ", "Germany", "49", "DE;US", "\U0001f1e9\U0001f1ea"),
    "codes": ("8505", "hs:", ":8505", "hs:85O5", "xx:1", "hs:8505111000,eccn:EAR99", "hs:1" * 30, "eccn:", "hs:-1"),
    "contains": (
        "Nd",
        "Nd:",
        "Nd:29%;Nd:3%",
        "Xx:1%",
        "Nd:101%",
        "Nd:60%;Dy:60%",
        "Nd:-1%",
        "Nd:1e3%",
        "nd:٣%",
        "Nd:NaN%",
    ),
    "attrs": ("form", "form=", "=x", "form=a;form=b", "Form=x", "fo rm=x"),
    "quantity": ("-1", "1,200", "1e3", "NaN", "Infinity", "12 kg", "0x10", "--1", "1.2.3"),
    "unit": ("furlongs per fortnight", "k" * 300, "kg;t"),
    "value": ("-0.01", "$5", "1_000", "5 USD", "½"),
    "currency": ("usd", "US", "DOLLAR", "€"),
    "origin": ("XX", "China", "c"),
    "end_use": ("Civil", "civil military", "civil,military", "1"),
    "activity": ("Export", "smuggle", "export;deliver"),
    "date": (
        "25.06.2025",
        "2025-6-25",
        "2025-02-30",
        "2025-06-25T10:00",
        "yesterday",
        "0000-00-00",
        "2025-06-25T25:00Z",
    ),
    "us_content": ("101%", "-1%", "a%", "1/2"),
    "owner_share": ("101", "-1", "most", "6O"),
    "description": ("x" * 4_001, "bell\x07", "nul\x00", "\x7f"),
}
JUNK = (
    "",
    "=1+1",
    "'",
    '"',
    '""',
    '"a',
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\x00",
    "\ufeff",
    "\u202e",
    "￾",
    "%s",
    "{}",
    "[1",
    "nan",
    "1e999999999",
)


def spoiled(random: Random, at: int) -> dict[str, str]:
    line = GOOD | {"line_id": f"L-{at}"}
    for column in random.sample(sorted(SPOILED), random.choice((1, 1, 1, 2, 5))):
        line[column] = random.choice(SPOILED[column])
    return line


def noise(random: Random) -> str:
    pool = (
        *JUNK,
        *(text for texts in SPOILED.values() for text in texts),
        chr(random.randrange(0x20, 0xD800)),
        *GOOD.values(),
    )
    return "".join(random.choice(pool) for _ in range(random.choice((0, 1, 1, 2, 6))))[:6_000]


def mutated(raw: bytes, random: Random) -> bytes:
    """Cut, doubled, turned over, filled with other bytes: what a broken transfer makes of a file."""
    data = bytearray(raw)
    for _ in range(random.choice((1, 2, 8))):
        at = random.randrange(len(data) + 1)
        to = min(len(data), at + random.choice((1, 2, 16, 400)))
        match random.randrange(6):
            case 0:
                del data[at:to]
            case 1:
                data[at:to] = random.randbytes(to - at)
            case 2:
                data[at:at] = data[at:to]
            case 3:
                data[at:at] = random.choice((b'"', b"\n", b"\r", b"\x00", b"\xff", b",", b";", b"{", b"\xef\xbb\xbf", b"\\u"))
            case 4:
                data = data[:at] if random.randrange(8) == 0 else data
            case _:
                data[at:to] = bytes(reversed(data[at:to]))
    return bytes(data)


def check(path: Path) -> tuple[int, list[Reject]]:
    """Read the file as far as it goes; return how many lines were answered, and the rejects, each looked at."""
    lines, rejects, refusal = 0, list[Reject](), None
    try:
        for one in read_lines(path):
            if isinstance(one, Line):
                lines += 1
                one.facts()
            else:
                rejects.append(one)
    except FileError as error:
        refusal = error
    if refusal is not None:
        assert refusal.code in CODES
        assert refusal.at is not None
        assert refusal.at.file == str(path)
    for reject in rejects:
        assert reject.problems
        assert any(reject.cells.values())
        for problem in reject.problems:
            assert problem.code in CODES
            assert problem.message
            assert problem.at is not None
            assert (problem.at.file, problem.at.line) == (str(path), reject.number)
            assert problem.at.column is None or problem.at.column in reject.cells or problem.code == "GL0101"
    out = path.with_name("rejects.csv")
    assert write_rejects(out, rejects) == len(rejects)
    back = list(read_rows(out, compulsory=()).rows)
    assert len(back) == len(rejects)
    for row, reject in zip(back, rejects, strict=True):
        assert [row.cells[name] for name in reject.cells if not name.startswith(("reject_", "before_"))] == [
            text for name, text in reject.cells.items() if not name.startswith(("reject_", "before_"))
        ]
    return lines, rejects


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_six_thousand_spoiled_lines_among_good_ones(tmp_path: Path, suffix: str, seed: int) -> None:
    random = Random(seed)
    lines = [spoiled(random, at) for at in range(100)]
    for at in range(10):
        lines.insert(random.randrange(len(lines)), GOOD | {"line_id": f"good-{at}"})
    path = tmp_path / f"orders.{suffix}"
    if suffix == "csv":
        write_table(path, COLUMNS, lines, format="csv")
    else:
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    answered, rejects = check(path)
    assert answered == 10
    assert len(rejects) == 100


@pytest.mark.parametrize("seed", range(25))
def test_a_thousand_lines_of_noise(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=random.choice(",;\t"))
    writer.writerow(COLUMNS)
    for _ in range(40):
        row = [noise(random) for _ in range(random.choice((1, 3, 24, 24, 24, 30)))]
        if random.randrange(2):
            writer.writerow(row)
        else:
            text.write(",".join(row) + "\n")  # with its quotes and breaks as they are
    path = tmp_path / "orders.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    check(path)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_two_thousand_five_hundred_damaged_text_files(tmp_path: Path, suffix: str, seed: int) -> None:
    random = Random(seed)
    lines = [GOOD | {"line_id": f"L-{at}", "description": 'ä "quoted", 钕\nsecond'} for at in range(3)]
    path = tmp_path / f"orders.{suffix}"
    write_table(path, COLUMNS, lines, format="csv")
    sound = path.read_bytes() if suffix == "csv" else "".join(json.dumps(line) + "\n" for line in lines).encode()
    for _ in range(250):
        path.write_bytes(mutated(sound, random))
        check(path)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_five_hundred_damaged_containers(tmp_path: Path, suffix: str, seed: int) -> None:
    random = Random(seed)
    path = tmp_path / f"orders.{suffix}"
    write_table(path, COLUMNS, [GOOD | {"line_id": f"L-{at}"} for at in range(3)], format=suffix)
    sound = path.read_bytes()
    for _ in range(50):
        path.write_bytes(mutated(sound, random))
        check(path)
