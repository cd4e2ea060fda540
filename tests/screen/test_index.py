from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from greenlane.feeds.model_files import read_model
from greenlane.screen.index import Index, standing
from greenlane.screen.match import Query, screen
from greenlane.terms.listed import Identifier
from tests.screen.screening_parties import DAY, LATER, PARTIES


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(PARTIES)


def test_building_again_gives_the_same_bytes(index: Index) -> None:
    again = Index.build(PARTIES).arrays()
    arrays = index.arrays()
    assert arrays.keys() == again.keys()
    for name, array in arrays.items():
        assert array.dtype == again[name].dtype
        assert array.tobytes() == again[name].tobytes(), name


def test_an_index_comes_back_from_its_arrays(index: Index) -> None:
    back = Index.from_arrays(index.arrays())
    assert {name: array.tobytes() for name, array in back.arrays().items()} == {
        name: array.tobytes() for name, array in index.arrays().items()
    }
    assert back.version == index.version


def test_arrays_mapped_from_files_answer_alike(index: Index, tmp_path: Path) -> None:
    for name, array in index.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    asked, model = [Query("Zarnitsa Exmaple Trading"), Query("北京寬達電子")], read_model()
    expected = screen(asked, index, model, threshold=0.0, on=DAY, known_by=DAY)
    for mode in ("c", "r"):
        mapped = {path.stem: np.load(path, mmap_mode=mode) for path in tmp_path.glob("*.npy")}
        assert screen(asked, Index.from_arrays(mapped), model, threshold=0.0, on=DAY, known_by=DAY) == expected


def test_another_format_is_refused(index: Index) -> None:
    arrays = index.arrays()
    arrays["text.version"] = np.frombuffer(b"999\nabc\n", dtype=np.uint8)
    with pytest.raises(ValueError, match="format 999"):
        Index.from_arrays(arrays)


def test_a_missing_array_is_refused(index: Index) -> None:
    arrays = index.arrays()
    del arrays["words.data"]
    with pytest.raises(ValueError, match=r"no array words\.data"):
        Index.from_arrays(arrays)


def test_the_version_changes_with_a_name() -> None:
    assert Index.build(PARTIES[:2]).version != Index.build(PARTIES[:1]).version


def test_a_number_finds_its_party_however_it_is_spaced(index: Index) -> None:
    assert index.identified_by(Identifier("passport", "ab123456")) == (index.parties["us-sdn:3"],)
    assert index.identified_by(Identifier("imo", "ab123456")) == ()


def test_a_party_stands_only_within_its_days_and_once_public(index: Index) -> None:
    quillon = index.parties["us-sdn:7"]

    def stands(on: object, known_by: object) -> bool:
        return bool(standing(index, on=on, known_by=known_by)[quillon])

    assert stands(DAY, DAY)
    assert not stands(LATER, LATER)
    assert not stands(DAY, DAY.replace(month=1, day=11))
    assert standing(index, on=DAY, known_by=DAY).all()


def test_an_index_behind_a_count_comes_back_and_keeps_what_was_counted(index: Index) -> None:
    later = Index.build(PARTIES[3:], after=Index.build(PARTIES[:5]))
    back = Index.from_arrays(later.arrays())
    assert {name: array.tobytes() for name, array in back.arrays().items()} == {
        name: array.tobytes() for name, array in later.arrays().items()
    }
    assert later.statistics == Index.build(PARTIES[:5]).version
    assert later.version == Index.build(PARTIES[3:]).version
    assert set(later.parties) == {one.id for one in PARTIES[3:]}
    assert later.identified_by(Identifier("passport", "ab123456")) == (), "its party is no longer listed"
