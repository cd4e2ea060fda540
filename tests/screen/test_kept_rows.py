"""Kept names: what is kept is what would be read, they are found by their text, and columns that do not fit are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.screen.kept_rows import COLUMNS, KeptRows, pack, without_as_written
from greenlane.screen.names import read_name
from greenlane.screen.rows import Rows, lay_out

LISTED = frozenset({"aservice", "vexil", "trading"})
TEXTS = (
    "example vexil tradng co ltd",
    "北京示例维克数字技术有限公司",
    "компания пример вексил",
    "شركة مثال للتجارة",
    "a.b.c. example 13",
    "",
    "example aservce limted",
    "示例" * 40,
)


def laid(texts: tuple[str, ...], *, twice: bool) -> Rows:
    return lay_out([read_name(one) for one in texts], listed=LISTED, twice=twice)


def told(rows: Rows) -> list[tuple[object, ...]]:
    """A row at a time, each with its words, whatever their numbers."""
    words = [
        [
            (rows.words[word], rows.sounds[word], rows.bones[word], kind)
            for word, kind in zip(rows.word[begin:end].tolist(), rows.kind[begin:end].tolist(), strict=True)
        ]
        for begin, end in zip(rows.start[:-1].tolist(), rows.start[1:].tolist(), strict=True)
    ]
    return list(
        zip(rows.owner.tolist(), rows.as_written.tolist(), rows.bridge.tolist(), rows.joined, words, strict=True),
    )


def packed(texts: tuple[str, ...]) -> dict[str, np.ndarray]:
    found = pack(texts, laid(texts, twice=True))
    assert found is not None
    return found


@given(st.permutations(range(len(TEXTS))), st.booleans())
def test_kept_is_as_read(order: list[int], twice: bool) -> None:
    kept = KeptRows(packed(TEXTS))
    texts = tuple(TEXTS[at] for at in order)
    places = kept.find(texts)
    assert places.tolist() == order
    assert told(kept.rows(places, twice=twice)[0]) == told(laid(texts, twice=twice))


@given(st.lists(st.text(max_size=30), max_size=8, unique=True))
def test_any_text_is_kept_as_read_or_not_at_all(texts: list[str]) -> None:
    found = pack(texts, laid(tuple(texts), twice=True))
    if found is not None:
        kept = KeptRows(found)
        assert told(kept.rows(kept.find(texts), twice=True)[0]) == told(laid(tuple(texts), twice=True))


def test_several_packs_one_behind_the_other() -> None:
    parts = [packed(TEXTS[:3]), packed(TEXTS[3:])]
    parts[1]["word"] = parts[1]["word"] + np.uint32(len(parts[0]["text_bytes"]))
    kept = KeptRows({name: np.concatenate([one[name] for one in parts]) for name in COLUMNS})
    assert told(kept.rows(kept.find(TEXTS), twice=True)[0]) == told(laid(TEXTS, twice=True))


def test_who_is_not_kept_is_not_found() -> None:
    kept = KeptRows(packed(TEXTS[:2]))
    assert kept.find(("nobody", TEXTS[1], "example vexil tradng co ltd.")).tolist() == [-1, 1, -1]
    assert KeptRows({name: np.zeros(0, dtype=kind) for name, kind in COLUMNS.items()}).find(("nobody",)).tolist() == [-1]


def test_as_written_rows_can_be_left_out() -> None:
    both = laid(TEXTS, twice=True)
    assert both.as_written.any()
    assert told(without_as_written(both)) == told(laid(TEXTS, twice=False))


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_columns_that_do_not_fit_are_refused(name: str) -> None:
    columns = packed(TEXTS)
    with pytest.raises(ValueError, match="do not fit"):
        KeptRows(columns | {name: columns[name][:-1]})
