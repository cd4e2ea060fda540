"""A draft folder read back is the draft that was written; what is no draft folder is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane.errors import DraftError
from greenlane.feeds.drafts import read_draft, write_draft
from greenlane.feeds.rule_files import read_node
from greenlane.law.draft import BaseMark, Change, Draft, Evidence, FillIn, MadeFrom, Unread
from greenlane.law.node import Node
from greenlane.law.rule_text import Value, rule_text

MADE = MadeFrom(name="notice.txt", sha256="a" * 64, address="https://example.com/1")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
WORDS = ANY_TEXT.map(lambda text: " ".join(text.split()) or "x").map(lambda text: text.strip() or "x")


def small(**more: object) -> Draft:
    files = {"cn/cn-example-001/measure.yaml": "id: cn-example-001\n"}
    return Draft(**{"kind": "instrument", "made_from": MADE, "files": files, **more})  # type: ignore[arg-type]


def test_a_folder_holds_the_draft(tmp_path: Path) -> None:
    draft = small(
        base=BaseMark(version="2026.10.10", sha256="b" * 64),
        fill_in=(FillIn(file="cn/cn-example-001/measure.yaml", key="in_force", why="no day was found"),),
        unread=(Unread(start=3, end=9, text="1C9O5.a", why="a faulty code: `O` for `0`"),),
        read=(Evidence(what="control", value="cn:1C905.a.4", spans=((0, 7), (9, 10)), marked="composed"),),
        changes=(Change(table="cn/table.csv", key="a", before="1", after=""),),
        source="一、\n1C905.a",
    )
    write_draft(tmp_path / "draft", draft)
    assert read_draft(tmp_path / "draft") == draft
    assert not list(tmp_path.glob(".*"))
    first = {path.name: path.read_bytes() for path in (tmp_path / "draft").rglob("*") if path.is_file()}
    write_draft(tmp_path / "again", draft)
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "again").rglob("*") if path.is_file()}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DraftError) as found:
        write_draft(tmp_path, small())
    assert found.value.code == "GL0402"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "path",
    [
        "../x.yaml",
        "/etc/x.yaml",
        "cn/../x.yaml",
        "cn/a/b/c.yaml",
        "eu/a/measure.yaml",
        "cn/a/measure.sh",
        ".hidden.yaml",
        "VERSION",
    ],
)
def test_a_draft_stays_inside_the_rule_base(path: str) -> None:
    with pytest.raises(ValueError, match="is not the path"):
        small(files={path: ""})


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("draft: 2\n", "is not one of 1"),
        ("draft: 1\nkind: poem\nmade_from: {name: a, sha256: %s}\nfiles: []\n" % ("a" * 64), "is not a kind"),
        ("draft: 1\nkind: act\nmade_from: {name: a, sha256: b}\nfiles: []\n", "sha256"),
        ("draft: 1\nkind: act\nmade_from: {name: a, sha256: b}\nfiles: [../a.yaml]\n", "is not the path"),
        ("draft: 1\nkind: act\nmade_from: {name: a, sha256: b}\nfiles: [cn/groups.yaml]\n", "cannot be read"),
        ("draft: 1\nkind: act\nlegs: 4\n", "is not a key"),
        ("draft: [\n", "not YAML"),
    ],
)
def test_what_does_not_read_is_refused(tmp_path: Path, head: str, says: str) -> None:
    (tmp_path / "draft.yaml").write_text(head, encoding="utf-8")
    with pytest.raises(DraftError, match=says) as found:
        read_draft(tmp_path)
    assert found.value.code == "GL0401"
    assert found.value.at is not None


def test_a_file_that_a_person_adds_is_part_of_the_draft(tmp_path: Path) -> None:
    write_draft(tmp_path / "draft", small())
    home = tmp_path / "draft" / "files" / "cn"
    (home / "cn-example-001" / "cases.yaml").write_text("x", encoding="utf-8")
    assert read_draft(tmp_path / "draft").files["cn/cn-example-001/cases.yaml"] == "x"
    (home / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DraftError, match=r"cn/notes\.txt"):
        read_draft(tmp_path / "draft")


def test_no_folder_is_no_draft(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match="no such folder"):
        read_draft(tmp_path / "nothing")


def plain(node: Node) -> Value:
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, list):
        return [plain(one) for one in node.value]
    return {key: plain(one) for key, one in node.value.items()}


VALUES = st.recursive(
    ANY_TEXT, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4), max_leaves=20
)


@settings(max_examples=200, deadline=None)
@given(value=st.dictionaries(ANY_TEXT, VALUES, min_size=1, max_size=4))
def test_what_is_written_reads_back(value: dict[str, Value]) -> None:
    if "<<" not in repr(value):
        assert plain(read_node(rule_text(value, fold=False), file="x.yaml")) == value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(WORDS, min_size=4, max_size=4), raw=ANY_TEXT)
def test_any_words_survive(tmp_path_factory: pytest.TempPathFactory, texts: list[str], raw: str) -> None:
    folder = tmp_path_factory.mktemp("drafts") / "draft"
    draft = small(
        fill_in=(FillIn(file=texts[0], key=texts[1], why=texts[2]),),
        unread=(Unread(start=0, end=len(raw), text=raw, why=texts[3]),),
        changes=(Change(table=texts[0], key=raw, before=raw, after=raw),),
    )
    write_draft(folder, draft)
    assert read_draft(folder) == draft
