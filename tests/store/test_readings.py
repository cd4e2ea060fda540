"""Kept names are believed only as they were kept: by this program, on these counts, to the byte, and by the user alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from greenlane.screen.kept_rows import COLUMNS, pack
from greenlane.screen.names import read_name
from greenlane.screen.rows import lay_out
from greenlane.store.readings import FOLDER, KEPT_MAX, Readings

TEXTS = ("example vexil trading", "示例贸易有限公司", "nobody known")


def columns(*texts: str) -> dict[str, np.ndarray]:
    found = pack(texts, lay_out([read_name(one) for one in texts], listed=frozenset(), twice=True))
    assert found is not None
    return found


def kept(home: Path, *batches: tuple[str, ...], after: str = "") -> str:
    with Readings(home).draft("key", after) as draft:
        assert draft is not None
        for texts in batches:
            draft.add(columns(*texts))
        return draft.keep()


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    digest = kept(tmp_path, TEXTS[:2], TEXTS[2:])
    found = Readings(tmp_path).get(digest, "key")
    assert found is not None
    assert found.find((*TEXTS[::-1], "another")).tolist() == [2, 1, 0, -1]
    assert found.rows(found.find(TEXTS[2:]), twice=False)[0].joined == ["nobodyknown"]
    assert kept(tmp_path, TEXTS[:2], TEXTS[2:]) == digest, "the same names are the same bytes"


def test_further_names_stand_behind_those_kept(tmp_path: Path) -> None:
    first = kept(tmp_path, TEXTS[:2])
    second = kept(tmp_path, TEXTS[2:], after=first)
    assert second == kept(tmp_path, TEXTS[:2], TEXTS[2:])
    assert kept(tmp_path, after=first) == first, "nothing new: the same is named again"


def test_a_word_that_comes_again_is_kept_once(tmp_path: Path) -> None:
    more = ("example nobody", "trading example")
    together = kept(tmp_path, TEXTS, more)
    assert together == kept(tmp_path, more, after=kept(tmp_path, TEXTS))
    found = Readings(tmp_path).get(together, "key")
    assert found is not None
    assert found.distinct_words == len(columns(*TEXTS)["text_bytes"])
    rows, _ = found.rows(found.find(more), twice=False)
    assert [rows.words[at] for at in rows.word] == ["example", "nobody", "trade", "example"]


def test_of_another_program_or_other_counts(tmp_path: Path) -> None:
    assert Readings(tmp_path).get(kept(tmp_path, TEXTS), "another key") is None


@pytest.mark.parametrize("name", [*COLUMNS, "manifest.json"])
def test_a_changed_byte(tmp_path: Path, name: str) -> None:
    digest = kept(tmp_path, TEXTS)
    path = tmp_path / FOLDER / digest[:32] / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    assert Readings(tmp_path).get(digest, "key") is None


def test_a_folder_put_in_anothers_place(tmp_path: Path) -> None:
    mine, other = kept(tmp_path, TEXTS), kept(tmp_path, TEXTS[:1])
    home = tmp_path / FOLDER
    (home / mine[:32]).rename(home / "away")
    (home / other[:32]).rename(home / mine[:32])
    assert Readings(tmp_path).get(mine, "key") is None


def test_a_folder_that_others_may_write(tmp_path: Path) -> None:
    digest = kept(tmp_path, TEXTS)
    (tmp_path / FOLDER / digest[:32]).chmod(0o777)
    assert Readings(tmp_path).get(digest, "key") is None


@pytest.mark.parametrize("digest", ["", "0" * 64, "../" * 20, "nobody"])
def test_a_digest_of_nothing(tmp_path: Path, digest: str) -> None:
    kept(tmp_path, TEXTS)
    assert Readings(tmp_path).get(digest, "key") is None


def test_only_a_few_are_kept_and_no_draft_stays(tmp_path: Path) -> None:
    digests = [kept(tmp_path, (f"example {number}",)) for number in range(KEPT_MAX + 2)]
    assert sorted(one.name for one in (tmp_path / FOLDER).iterdir()) == sorted(one[:32] for one in digests[2:])
    with Readings(tmp_path).draft("key") as draft:
        assert draft is not None
        draft.add(columns(*TEXTS))
    assert len(list((tmp_path / FOLDER).iterdir())) == KEPT_MAX, "who does not keep a draft leaves nothing"


def test_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way", encoding="utf-8")
    with Readings(tmp_path).draft("key") as draft:
        assert draft is None
