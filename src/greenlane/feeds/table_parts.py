"""A table written part by part, so that whoever stopped after one can go on with the next and ends with the same bytes.

`encode` may be called by several threads at once, `append` by one, part after part. A part's note holds all that is needed to
go on after it, or to end the file.

    with open_parts("parquet", Path("draft"), schema, {}) as parts:
        parts.append(parts.encode(batch))
        parts.finish()
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from greenlane.feeds import parquet_footer
from greenlane.feeds.tables import csv_cell, csv_header

FORMATS: Final = ("csv", "parquet", "arrow")
Note = dict[str, Any]
_CHUNK: Final = 1 << 20
_DELICATE: Final = "[,\"\\r\\n]|^'*[=+\\-@\\t\\r]"


class Parts(Protocol):
    """A table that is being written."""

    def encode(self, batch: Any) -> Any:
        """A part, ready to be appended."""

    def append(self, encoded: Any) -> Note:
        """Append a part to the file."""

    def finish(self) -> str:
        """End the file and close it; returns its SHA-256."""

    def close(self) -> None:
        """Close the file as it is."""


def open_parts(kind: str, draft: Path, schema: Any, metadata: Mapping[str, str], done: Sequence[Note] = ()) -> Parts:
    """Begin a table, or go on after parts that are done. Raises OSError; ValueError if the file does not hold these parts."""
    kinds: dict[str, type[_CsvParts | _ParquetParts | _ArrowParts]]
    kinds = {"csv": _CsvParts, "parquet": _ParquetParts, "arrow": _ArrowParts}
    return kinds[kind](draft, schema, metadata, done)


def sound_parts(draft: Path, notes: Sequence[Note]) -> int:
    """How many of these parts a file holds whole, byte for byte."""
    digest, sound, at = hashlib.sha256(), 0, 0
    with suppress(OSError), draft.open("rb") as handle:
        for number, note in enumerate(notes, 1):
            while at < note["length"] and (piece := handle.read(min(_CHUNK, note["length"] - at))):
                digest.update(piece)
                at += len(piece)
            if at < note["length"]:
                break
            sound = number if digest.hexdigest() == note["sha256"] else sound
    return sound


class _File:
    """A file that knows its length and its digest."""

    def __init__(self, path: Path, keep: int) -> None:
        self.digest = hashlib.sha256()
        self.length = 0
        self.handle: IO[bytes] = path.open("r+b" if keep else "wb")
        while self.length < keep and (piece := self.handle.read(min(_CHUNK, keep - self.length))):
            self.digest.update(piece)
            self.length += len(piece)
        if self.length < keep:
            self.handle.close()
            raise ValueError("the file is shorter than its parts")
        self.handle.truncate(keep)

    def write(self, piece: Any) -> None:
        """Append some bytes."""
        self.handle.write(piece)
        self.digest.update(piece)
        self.length += memoryview(piece).nbytes

    def note(self) -> Note:
        """Where the file ends at present, and the digest up to there."""
        self.handle.flush()
        return {"length": self.length, "sha256": self.digest.hexdigest()}

    def end(self) -> str:
        """Close the file; its digest."""
        self.handle.close()
        return self.digest.hexdigest()


class _CsvParts:
    """CSV: a header and rows."""

    def __init__(self, draft: Path, schema: Any, _: Mapping[str, str], done: Sequence[Note]) -> None:
        self._file = _File(draft, done[-1]["length"] if done else 0)
        if not done:
            self._file.write(csv_header(schema.names).encode())

    def encode(self, batch: Any) -> bytes:
        return csv_of(batch)

    def append(self, encoded: bytes) -> Note:
        self._file.write(encoded)
        return self._file.note()

    def finish(self) -> str:
        return self._file.end()

    def close(self) -> None:
        self._file.handle.close()


def csv_of(batch: Any) -> bytes:
    """Rows of texts as CSV, as `tables.csv_lines` writes them."""
    cells = [_csv_column(column) for column in batch.columns]
    if not batch.num_rows:
        return b""
    if len(cells) == 1:  # a blank line would be no row
        cells = [pc.if_else(pc.equal(cells[0], ""), '""', cells[0])]
    rows = pc.binary_join_element_wise(*cells, pa.scalar(",", pa.large_string())) if len(cells) > 1 else cells[0]
    lines = pc.binary_join_element_wise(rows, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string()))
    _, offsets, data = lines.buffers()
    ends = memoryview(offsets).cast("q")
    return bytes(memoryview(data)[ends[lines.offset] : ends[lines.offset + len(lines)]])


def _csv_column(column: Any) -> Any:
    if pa.types.is_dictionary(column.type):
        distinct = _csv_column(column.dictionary)
        return pc.fill_null(distinct.take(column.indices), "")
    column = pc.fill_null(column.cast(pa.large_string()), "")
    delicate = pc.match_substring_regex(column, _DELICATE)
    if not pc.any(delicate).as_py():
        return column
    told = pa.array([csv_cell(text) for text in column.filter(delicate).to_pylist()], pa.large_string())
    return pc.replace_with_mask(column, delicate, told)


class _ParquetParts:
    """Parquet: one row group a part; the footer is put together from those of the parts."""

    def __init__(self, draft: Path, schema: Any, metadata: Mapping[str, str], done: Sequence[Note]) -> None:
        notes = {key.encode(): text.encode() for key, text in metadata.items()}
        kept = base64.b64encode(schema.with_metadata(notes).serialize().to_pybytes())
        self._metadata = {**notes, b"ARROW:schema": kept}
        self._schema = schema
        self._footers = [(base64.b64decode(note["footer"]), int(note["begins"])) for note in done]
        self._file = _File(draft, done[-1]["length"] if done else 0)
        if not done:
            self._file.write(parquet_footer.MAGIC)

    def encode(self, batch: Any) -> tuple[bytes, bytes]:
        sink = pa.BufferOutputStream()
        few = [one.name for one in batch.schema if pa.types.is_dictionary(one.type)]
        # Statistics of columns of few texts take as long as all the rest, and say little: most of the texts are in every part.
        many = [one.name for one in batch.schema if not pa.types.is_dictionary(one.type)]
        settings = {"compression": "zstd", "store_schema": False, "use_dictionary": few or False, "write_statistics": many or False}
        with pq.ParquetWriter(sink, batch.schema, **settings) as writer:
            if batch.num_rows:
                writer.write_batch(_writable(batch), row_group_size=batch.num_rows)
            # The schema that readers see is that of the whole: what is a dictionary here may be plain in the next part.
            writer.add_key_value_metadata(self._metadata)
        return parquet_footer.split(sink.getvalue().to_pybytes())

    def append(self, encoded: tuple[bytes, bytes]) -> Note:
        body, footer = encoded
        begins = self._file.length
        self._file.write(body)
        self._footers.append((footer, begins))
        return {**self._file.note(), "begins": begins, "footer": base64.b64encode(footer).decode()}

    def finish(self) -> str:
        if not self._footers:
            _, footer = self.encode(pa.RecordBatch.from_pylist([], schema=self._schema))
            self._footers.append((footer, self._file.length))
        self._file.write(parquet_footer.ending(parquet_footer.joined(self._footers)))
        return self._file.end()

    def close(self) -> None:
        self._file.handle.close()


def _writable(batch: Any) -> Any:
    """The batch with the dictionaries that hold a null, which Parquet cannot take, written out."""
    if not any(pa.types.is_dictionary(one.type) and one.dictionary.null_count for one in batch.columns):
        return batch
    columns = [
        pc.take(one.dictionary, one.indices).dictionary_encode().cast(one.type)
        if pa.types.is_dictionary(one.type) and one.dictionary.null_count
        else one
        for one in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


class _ArrowParts:
    """Arrow IPC: a batch a part; dictionaries grow from part to part.

    Its writer cannot be taken up again, so what is there is copied by a new one, which makes the same bytes of it.
    """

    def __init__(self, draft: Path, schema: Any, metadata: Mapping[str, str], done: Sequence[Note]) -> None:
        fields = [
            field.with_type(pa.dictionary(pa.int32(), field.type.value_type)) if pa.types.is_dictionary(field.type) else field
            for field in schema
        ]
        self._schema = pa.schema(fields, {key.encode(): text.encode() for key, text in metadata.items()})
        self._grown: dict[int, dict[Any, int]] = {}
        before = draft.with_name(f"{draft.name}.before")
        if not before.exists() and done:
            draft.replace(before)  # if we are stopped while copying, this is what is copied next time
        self._file = _File(draft, 0)
        options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
        self._writer = pa.ipc.new_file(pa.PythonFile(_Appending(self._file), mode="w"), self._schema, options=options)
        if done:
            self._copy(before, done)
            before.unlink()

    def _copy(self, before: Path, done: Sequence[Note]) -> None:
        with pa.OSFile(str(before)) as source:
            source.seek(8)  # what comes after the magic of a file is a stream
            stream = pa.ipc.open_stream(source)
            for note, batch in zip(done, stream, strict=False):
                if self.append(batch)["sha256"] != note["sha256"]:
                    raise ValueError("the parts do not come out the same")

    def encode(self, batch: Any) -> Any:
        columns = [
            column.dictionary_decode() if pa.types.is_dictionary(column.type) and not pa.types.is_dictionary(field.type) else column
            for column, field in zip(batch.columns, self._schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

    def append(self, encoded: Any) -> Note:
        columns = [self._grow(at, column) for at, column in enumerate(encoded.columns)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        return self._file.note()

    def _grow(self, at: int, column: Any) -> Any:
        """The column with the one dictionary that all parts share: what is new in it is added at the end."""
        if not pa.types.is_dictionary(column.type):
            return column
        known = self._grown.setdefault(at, {})
        places = [known.setdefault(text, len(known)) for text in column.dictionary.to_pylist()]
        moved = pa.array(places, pa.int32()).take(column.indices)
        return pa.DictionaryArray.from_arrays(moved, pa.array(known, column.type.value_type))

    def finish(self) -> str:
        self._writer.close()
        return self._file.end()

    def close(self) -> None:
        self._file.handle.close()


class _Appending:
    """The file as Arrow wants to see it."""

    closed = False

    def __init__(self, file: _File) -> None:
        self._file = file

    def write(self, piece: Any) -> int:
        view = memoryview(piece)
        self._file.write(view)
        return view.nbytes

    def tell(self) -> int:
        return self._file.length

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        self.closed = True
