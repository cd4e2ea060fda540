from __future__ import annotations

import pytest

from greenlane.terms.places import CODES, read_place


def test_norway_and_the_territories_apart() -> None:
    assert {"NO", "HK", "MO", "TW", "CN", "US"} <= CODES
    assert all(len(code) == 2 and code.isupper() for code in CODES)


@pytest.mark.parametrize(("text", "code"), [("cn", "CN"), (" HK ", "HK"), ("No", "NO")])
def test_places_read(text: str, code: str) -> None:
    assert read_place(text) == code


@pytest.mark.parametrize(("text", "near"), [("UK", "GB"), ("PRC", "CN"), ("usa", "US"), ("EL", "GR")])
def test_the_code_that_was_meant_is_named(text: str, near: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean `{near}`"):
        read_place(text)


@pytest.mark.parametrize("text", ["", "China", "EU", "ZZ", "C", "CHN"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an ISO 3166-1"):
        read_place(text)
