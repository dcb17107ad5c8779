"""Plain XML records read without a tree: the wanted elements of many records at once, by the compiled `xml_kernel`.

Knows nothing of what the elements mean. A record that is not plain is left to the parser, which gives the same for
those that are: `tests/curate/sources/test_plain_xml.py` holds the two against each other.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from curate.sources import xml_kernel

_AFTER: Final = bytes(8)
"""The kernel may look so far beyond the last record."""

_TAG = re.compile(rb"<[^>]*>")
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#([0-9]+)|#x([0-9A-Fa-f]+));")
_ATTRIBUTE = re.compile(r"""([A-Za-z_][A-Za-z0-9_.-]*)[ \t\n]*=[ \t\n]*(?:"([^"]*)"|'([^']*)')""")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class Wanted:
    """The elements that are wanted, as a tree of paths; the first names the record.

    `text` paths are read up to their first child as `findtext` does, `mixed` ones whole, as `text_of` does. `single`
    ones hold others and stand once in their parent; `lists` hold others, too, and may be repeated.
    """

    def __init__(self, single: Sequence[str], lists: Sequence[str], text: Sequence[str], mixed: Sequence[str]) -> None:
        paths = sorted({*single, *lists, *text, *mixed}, key=lambda path: (path.count("/"), path))
        names = [path.rpartition("/")[2].encode() for path in paths]
        self.number: Final = {path: number for number, path in enumerate(paths)}
        """Of each path; parents come before their children."""
        self.names: Final = np.frombuffer(b"".join(names), np.uint8)
        self.edges: Final = np.cumsum([0, *map(len, names)])
        self.parents: Final = np.array([self.number.get(path.rpartition("/")[0], -1) for path in paths])
        silent = {*single, *lists}
        self.roles: Final = np.array(
            [(path in single) * xml_kernel.SINGLE + (path in silent) * xml_kernel.SILENT for path in paths], np.uint8
        )
        self.text: Final = np.array([path in text for path in paths])


class PlainRecord:
    """The wanted elements of one record. Paths are given by their number."""

    __slots__ = ("_batch", "_first")

    def __init__(self, batch: "_Batch", first: int) -> None:
        self._batch, self._first = batch, first

    def texts(self, path: int) -> list[str]:
        """All text of every element of that path, its tags dropped."""
        edges = self._batch.edges
        return self._batch.texts[edges[self._first + path] : edges[self._first + path + 1]]

    def first(self, path: int) -> str | None:
        """The text of the first element of that path, if there is one: what `findtext` gives."""
        at = self._batch.edges[self._first + path]
        return self._batch.texts[at] if at < self._batch.edges[self._first + path + 1] else None

    def attributes(self, path: int) -> list[dict[str, str]]:
        """The attributes of every element of that path."""
        batch = self._batch
        places = range(batch.edges[self._first + path], batch.edges[self._first + path + 1])
        return [_attributes(batch.data[batch.attributes[at] : batch.attributes_end[at]]) for at in places]


class _Batch(NamedTuple):
    """The elements of many records, by record and path: those of path `p` of record `r` stand from
    `edges[r * paths + p]` to the next edge."""

    data: bytes
    texts: list[str]
    attributes: list[int]
    attributes_end: list[int]
    edges: list[int]


def plain_records(pieces: Sequence[bytes], wanted: Wanted) -> Iterator[PlainRecord | None]:
    """Each of the records `pieces`, in order; None for one that is not plain."""
    data = b"".join((*pieces, _AFTER))
    starts = np.cumsum([0, *map(len, pieces)])
    plain = np.zeros(len(pieces), dtype=np.bool_)
    room = np.empty((len(data) // 4, xml_kernel.KIND + 1), dtype=np.int32)
    number = xml_kernel.scan(
        np.frombuffer(data, np.uint8), starts, xml_kernel.CLASSES, wanted.names, wanted.edges, wanted.parents,
        wanted.roles, plain, room,
    )  # fmt: skip
    record, path, start, end, attributes, attributes_end, kind = room[:number].T
    # What stands after a child is no part of `findtext`: left to the parser, as it hardly ever occurs.
    plain[record[wanted.text[path] & ((kind & xml_kernel.TAGS) > 0)]] = False
    place = record.astype(np.int64) * len(wanted.number) + path
    order = np.argsort(place, kind="stable")
    texts = [data[first:last].decode() for first, last in zip(start[order].tolist(), end[order].tolist(), strict=True)]
    for at in np.flatnonzero(kind[order]).tolist():
        texts[at] = _text(data[start[order[at]] : end[order[at]]])
    edges = np.searchsorted(place[order], np.arange(len(pieces) * len(wanted.number) + 1)).tolist()
    batch = _Batch(data, texts, attributes[order].tolist(), attributes_end[order].tolist(), edges)
    for at, is_plain in enumerate(plain.tolist()):
        yield PlainRecord(batch, at * len(wanted.number)) if is_plain else None


def _text(raw: bytes) -> str:
    """The text of an element of which the kernel has seen that it is well-formed."""
    return _resolved(_TAG.sub(b"", raw).decode())


def _resolved(text: str) -> str:
    return _REFERENCE.sub(_referred, text)


def _referred(reference: re.Match[str]) -> str:
    name, decimal, hexadecimal = reference.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


@lru_cache(4_096)
def _attributes(raw: bytes) -> dict[str, str]:
    return {
        name: _resolved(double or single) if "&" in (double or single) else double or single
        for name, double, single in _ATTRIBUTE.findall(raw.decode())
    }
