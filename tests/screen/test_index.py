from __future__ import annotations

import numpy as np
import pytest

from greenlane.screen.index import Index, standing
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
    quillon = np.flatnonzero(index.row_party == index.parties["us-sdn:7"])

    def stands(on: object, known_by: object) -> bool:
        return bool(standing(index, on=on, known_by=known_by).words[:, quillon].nnz)

    assert stands(DAY, DAY)
    assert not stands(LATER, LATER)
    assert not stands(DAY, DAY.replace(month=1, day=11))
    assert standing(index, on=DAY, known_by=DAY) is index
