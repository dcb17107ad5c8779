"""The one place that opens a source file: its bytes, unpacked, as far as they can be read.

Plain, gzip and xz files are told apart by their first bytes, so a wrong suffix does no harm. Memory is bounded by
`CHUNK`, whatever a compressed file expands to. Damage never raises: the stream ends early and says so in `damage`.
"""

import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from schemas.failure import Failure

CHUNK: Final = 1 << 18
"""Most bytes that are read or unpacked at once."""
MAX_RECORD: Final = 1 << 26
"""No record may be longer (64 MiB): a lost end mark must not make a whole file one record."""
BOM: Final = b"\xef\xbb\xbf"
_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ\0"
_XZ_MEMORY = 1 << 28  # a dictionary of `xz -9` needs 65 MiB; more than 256 MiB is an attack


class ByteStream:
    """The unpacked bytes of one file, in chunks. Iterate once.

    `damage` is None while all is well; when iteration has ended it may be `truncated_gzip`, `corrupt_gzip`,
    `truncated_xz` or `corrupt_xz` (keys of `record.REMEDIES`): everything that could be unpacked has been yielded.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        """Chunks of at most `CHUNK` bytes. Raises Failure where the file cannot be opened or read at all."""
        try:
            with self.path.open("rb") as file:
                start = file.read(len(_XZ))
                file.seek(0)
                suffix = self.path.suffix.lower()
                if start[:2] == _GZIP or (suffix == ".gz" and _GZIP.startswith(start)):
                    yield from self._gunzip(file)
                elif start == _XZ or (suffix == ".xz" and _XZ.startswith(start)):
                    yield from self._unxz(file)
                else:
                    while chunk := file.read(CHUNK):
                        yield chunk
        except OSError as error:
            raise Failure(
                f"{self.path.name} cannot be read: {error.strerror}; check the file and its permissions"
            ) from None

    def _gunzip(self, file: BinaryIO) -> Iterator[bytes]:
        """RFC 1952, any number of members, padding of zeros after the last one."""
        decoder = zlib.decompressobj(wbits=31)
        while raw := file.read(CHUNK):
            while raw:
                if decoder.eof:
                    raw = raw.lstrip(b"\0")
                    if not raw:
                        break
                    decoder = zlib.decompressobj(wbits=31)
                before = decoder.copy()
                try:
                    unpacked = decoder.decompress(raw, CHUNK)
                except zlib.error:
                    yield from _until_error(before, raw)
                    self.damage = "corrupt_gzip"
                    return
                if unpacked:
                    yield unpacked
                raw = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
        if rest := decoder.flush():
            yield rest
        if not decoder.eof:
            self.damage = "truncated_gzip"

    def _unxz(self, file: BinaryIO) -> Iterator[bytes]:
        decoder = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        while raw := file.read(CHUNK):
            while raw or not (decoder.needs_input or decoder.eof):
                if decoder.eof:
                    raw = raw.lstrip(b"\0")
                    if not raw:
                        break
                    decoder = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
                try:
                    unpacked = decoder.decompress(raw, CHUNK)
                except lzma.LZMAError:
                    self.damage = "corrupt_xz"
                    return
                if unpacked:
                    yield unpacked
                raw = decoder.unused_data if decoder.eof else b""
        if not decoder.eof:
            self.damage = "truncated_xz"


def _until_error(decoder: "zlib._Decompress", raw: bytes) -> Iterator[bytes]:
    """What `raw` still holds before the place where unpacking fails, found byte by byte."""
    try:
        for at in range(len(raw)):
            if unpacked := decoder.decompress(raw[at : at + 1]):
                yield unpacked
    except zlib.error:
        return


def lines(stream: ByteStream) -> Iterator[bytes | None]:
    """The lines of a stream without their ends (LF or CRLF) and without a byte-order mark.

    None stands for a line over `MAX_RECORD`. A last line that damage cut off is not yielded: it belongs to the damage.
    """
    tail = bytearray()
    first, skipping = True, False
    for chunk in stream:
        head, *more = chunk.split(b"\n")
        if not skipping:
            tail += head
            if len(tail) > MAX_RECORD:
                yield None
                tail.clear()
                skipping = True
        if not more:
            continue
        if not skipping:
            yield _line(bytes(tail), first=first)
        first, skipping = False, False
        for line in more[:-1]:
            yield _line(line, first=False)
        tail = bytearray(more[-1])
    if tail and stream.damage is None:
        yield _line(bytes(tail), first=first)


def _line(line: bytes, *, first: bool) -> bytes:
    if first:
        line = line.removeprefix(BOM)
    return line.removesuffix(b"\r")
