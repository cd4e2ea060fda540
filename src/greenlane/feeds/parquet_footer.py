"""One Parquet file of many: what each says of its row groups, moved to where they now stand; nothing is encoded again.

A Parquet file is its column chunks, one after the other, and a footer in Thrift's compact form that says at which byte each
begins. Put the chunks of several files into one, shift those numbers, list the row groups of all: that is the footer of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

MAGIC: Final = b"PAR1"
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_DEEP: Final = 16

# By the numbers that the Parquet format gives its fields.
_NUM_ROWS, _ROW_GROUPS = 3, 4
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _META_DATA, _OFFSET_INDEX, _COLUMN_INDEX = 2, 3, 4, 6
_DATA_PAGE, _INDEX_PAGE, _DICTIONARY_PAGE, _BLOOM_FILTER = 9, 10, 11, 14

Struct = list[list[Any]]  # [field, type, value], in the order written


def split(file: bytes) -> tuple[bytes, bytes]:
    """The column chunks of a Parquet file, and its footer."""
    size = int.from_bytes(file[-8:-4], "little")
    if file[:4] != MAGIC or file[-4:] != MAGIC or size > len(file) - 12:
        raise ValueError("not a Parquet file")
    return file[4 : len(file) - 8 - size], file[len(file) - 8 - size : len(file) - 8]


def ending(footer: bytes) -> bytes:
    """What comes after the column chunks."""
    return footer + len(footer).to_bytes(4, "little") + MAGIC


def joined(parts: Iterable[tuple[bytes, int]]) -> bytes:
    """The footer of one file of all parts: of each its footer, and the byte of the whole at which its column chunks begin."""
    whole: Struct | None = None
    groups: list[Struct] = []
    rows = 0
    for footer, begins in parts:
        part = read(footer)
        if whole is None:
            whole = part
        rows += _value(part, _NUM_ROWS)
        for group in _value(part, _ROW_GROUPS)[1]:
            _move(group, begins - len(MAGIC), len(groups))
            groups.append(group)
    if whole is None:
        raise ValueError("a Parquet file of no part")
    for entry in whole:
        if entry[0] == _NUM_ROWS:
            entry[2] = rows
        elif entry[0] == _ROW_GROUPS:
            entry[2] = (_STRUCT, groups)
    return written(whole)


def _move(group: Struct, by: int, ordinal: int) -> None:
    for entry in group:
        if entry[0] == _GROUP_OFFSET:
            entry[2] += by
        elif entry[0] == _ORDINAL:
            entry[2] = ordinal
        elif entry[0] == _COLUMNS:
            for chunk in entry[2][1]:
                _shift(chunk, (_OFFSET_INDEX, _COLUMN_INDEX), by)
                for field in chunk:
                    if field[0] == _CHUNK_OFFSET and field[2]:  # 0 where the writer gives none
                        field[2] += by
                _shift(_value(chunk, _META_DATA), (_DATA_PAGE, _INDEX_PAGE, _DICTIONARY_PAGE, _BLOOM_FILTER), by)


def _shift(struct: Struct, fields: tuple[int, ...], by: int) -> None:
    for entry in struct:
        if entry[0] in fields:
            entry[2] += by


def _value(struct: Struct, field: int) -> Any:
    return next(value for number, _, value in struct if number == field)


# ----------------------------------------------------------------------------------------------------------------------
# Thrift's compact form


def read(raw: bytes) -> Struct:
    """A struct. Raises ValueError for bytes that are none."""
    try:
        struct, at = _read_struct(raw, 0, 0)
    except IndexError as error:
        raise ValueError("a struct that is cut off") from error
    if at != len(raw):
        raise ValueError("bytes after a struct")
    return struct


def written(struct: Struct) -> bytes:
    """The bytes of a struct."""
    out = bytearray()
    _write_struct(out, struct)
    return bytes(out)


def _read_struct(raw: bytes, at: int, deep: int) -> tuple[Struct, int]:
    if deep > _DEEP:
        raise ValueError("structs too deep in one another")
    found: Struct = []
    field = 0
    while head := raw[at]:
        at += 1
        kind = head & 15
        if head >> 4:
            field += head >> 4
        else:
            number, at = _read_number(raw, at)
            field = _signed(number)
        if kind in (_TRUE, _FALSE):
            found.append([field, kind, None])
        else:
            value, at = _read_value(raw, at, kind, deep)
            found.append([field, kind, value])
    return found, at + 1


def _read_value(raw: bytes, at: int, kind: int, deep: int) -> tuple[Any, int]:
    if kind in (_I16, _I32, _I64):
        number, at = _read_number(raw, at)
        return _signed(number), at
    if kind == _BINARY:
        size, at = _read_number(raw, at)
        if at + size > len(raw):
            raise IndexError
        return raw[at : at + size], at + size
    if kind == _STRUCT:
        return _read_struct(raw, at, deep + 1)
    if kind in (_LIST, _SET):
        head, at = raw[at], at + 1
        size, of = head >> 4, head & 15
        if size == 15:
            size, at = _read_number(raw, at)
        values = []
        for _ in range(size):
            value, at = _read_value(raw, at, of, deep + 1)
            values.append(value)
        return (of, values), at
    if kind in (_TRUE, _FALSE, _BYTE):  # in a list
        return raw[at], at + 1
    if kind == _DOUBLE:
        return raw[at : at + 8], at + 8
    raise ValueError(f"a field of type {kind}")


def _read_number(raw: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        one = raw[at]
        at += 1
        number |= (one & 127) << shift
        if one < 128:
            return number, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def _signed(number: int) -> int:
    return number >> 1 ^ -(number & 1)


def _write_struct(out: bytearray, struct: Struct) -> None:
    before = 0
    for field, kind, value in struct:
        if 0 < field - before <= 15:
            out.append((field - before) << 4 | kind)
        else:
            out.append(kind)
            _write_number(out, field << 1 ^ field >> 15)
        before = field
        if kind not in (_TRUE, _FALSE):
            _write_value(out, kind, value)
    out.append(0)


def _write_value(out: bytearray, kind: int, value: Any) -> None:
    if kind in (_I16, _I32, _I64):
        _write_number(out, value << 1 ^ value >> 63)
    elif kind == _BINARY:
        _write_number(out, len(value))
        out += value
    elif kind == _STRUCT:
        _write_struct(out, value)
    elif kind in (_LIST, _SET):
        of, values = value
        if len(values) < 15:
            out.append(len(values) << 4 | of)
        else:
            out.append(15 << 4 | of)
            _write_number(out, len(values))
        for one in values:
            _write_value(out, of, one)
    elif kind == _DOUBLE:
        out += value
    else:
        out.append(value)


def _write_number(out: bytearray, number: int) -> None:
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
