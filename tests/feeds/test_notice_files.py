"""A notice's bytes become its text by what they declare; nothing about them is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlane.errors import DraftError
from greenlane.feeds import notices
from greenlane.feeds.notices import read_notice_file, text_of_markup

WORDS = "商务部公告2025年第61号"


def page(charset: str) -> str:
    head = f'<head><meta charset="{charset}"><style>p {{ x }}</style></head>'
    return f"<html>{head}<body><p>{WORDS}</p><script>1C905.a</script></body></html>"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.txt", WORDS.encode()),
        ("a.md", WORDS.encode("utf-8-sig")),
        ("a.txt", WORDS.encode("utf-16")),
        ("a.html", page("gbk").encode("gbk")),
        ("a.htm", page("GB2312").encode("gb18030")),
        ("a.html", page("utf-8").encode()),
        ("a.xml", f'<?xml version="1.0" encoding="gb18030"?><RULE><P>{WORDS}</P></RULE>'.encode("gb18030")),
    ],
)
def test_a_declared_encoding_is_read(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    found = read_notice_file(tmp_path / name)
    assert found.text.strip() == WORDS
    assert len(found.sha256) == 64


def test_an_encoding_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(WORDS.encode("gbk"))
    assert read_notice_file(tmp_path / "a.txt", encoding="gb18030").text == WORDS


@pytest.mark.parametrize(
    ("name", "raw", "encoding", "says"),
    [
        ("a.txt", WORDS.encode("gbk"), None, "does not read as utf-8"),
        ("a.txt", WORDS.encode(), "klingon", "no known encoding"),
        ("a.html", b'<meta charset="klingon"><p>x', None, "declares the encoding"),
        ("a.pdf", b"%PDF", None, "no form of a notice"),
        ("a.txt", b"  \n", None, "no text"),
        ("a.txt", b"a\x00b", None, "null signs"),
        ("a.txt", "x".encode("utf-16") + b"\x00", None, "does not read"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, raw: bytes, encoding: str | None, says: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(DraftError, match=says) as found:
        read_notice_file(tmp_path / name, encoding=encoding)
    assert found.value.code == "GL0403"
    assert found.value.at is not None


def test_a_missing_or_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DraftError, match="cannot be read"):
        read_notice_file(tmp_path / "none.txt")
    monkeypatch.setattr(notices, "BYTES_MAX", 3)
    (tmp_path / "a.txt").write_bytes(b"four")
    with pytest.raises(DraftError, match="4 bytes"):
        read_notice_file(tmp_path / "a.txt")


def test_rows_of_tables_become_lines_with_bars() -> None:
    text = text_of_markup("<p>a</p><table><tr><th>x<td>y</tr><tr><td>1<br>2</td><td>3 &amp; 4</td></tr></table><p>b")
    assert [line for line in text.splitlines() if line] == ["a", "x | y", "1 2 | 3 & 4", "b"]


def test_line_ends_are_one() -> None:
    assert "\r" not in text_of_markup("<p>a</p>\r\n<p>b</p>")
