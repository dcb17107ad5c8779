"""The compiled scan of plain XML records: where the wanted elements stand, and proof that the record is well-formed.

A record is *plain* if it is well-formed XML 1.0 in UTF-8 and holds no comment, CDATA, processing instruction, DOCTYPE,
namespace or entity of its own, nor what a parser would have to rewrite (carriage returns; blanks but spaces, and `>`,
in attributes). Nearly every record of PubMed is plain. Of the others nothing is said, not even that they are broken:
they go to the parser (`xml_records`), which defines what any record means. So all that is new here is speed.

Compiled by numba at first use in a process and never kept on disk (see `curate/word_kernel.py`).
"""

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

DEEPEST: Final = 64
"""Deeper nesting is not plain."""
MOST_ATTRIBUTES: Final = 16

RECORD, WANTED, START, END, ATTRIBUTES, ATTRIBUTES_END, KIND = range(7)
"""Columns of `places`: number of the record and of the wanted path, the content `[START, END)` and the attributes of
the element, and what the content holds: `TEXT` and no more, or `REFERENCES` (`&lt;`), or `TAGS`, or both."""
TEXT, REFERENCES, TAGS = 0, 1, 2
SINGLE, SILENT = 1, 2
"""Roles of a path; may be added."""

LESS, GREATER, SLASH, AMPERSAND, EQUALS, QUOTE, APOSTROPHE, SPACE, BRACKET = b"<>/&=\"' ]"

_8: Final = np.uint64(8)
_LT, _GT, _AMP, _QUOT, _APOS = (
    np.uint64(int.from_bytes(name)) for name in (b"lt;", b"gt;", b"amp;", b"quot;", b"apos;")
)

_INK: Final = 1
_NAME_START: Final = 2
_NAME: Final = 4
_BLANK: Final = 8


def _classes() -> npt.NDArray[np.uint8]:
    """What each ASCII byte may be: a letter of text without meaning for the scan, part of a name, a blank."""
    classes = np.zeros(256, dtype=np.uint8)
    classes[0x20:0x80] |= _INK
    classes[[0x09, 0x0A]] |= _INK
    for byte in b"<&>":
        classes[byte] &= ~_INK & 0xFF
    for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_":
        classes[byte] |= _NAME_START | _NAME
    for byte in b"0123456789-.":
        classes[byte] |= _NAME
    for byte in b" \t\n":
        classes[byte] |= _BLANK
    return classes


CLASSES: Final = _classes()


@numba.njit(nogil=True)
def scan(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    classes: npt.NDArray[np.uint8],
    names: npt.NDArray[np.uint8],
    edges: npt.NDArray[np.int64],
    parents: npt.NDArray[np.int64],
    roles: npt.NDArray[np.uint8],
    plain: npt.NDArray[np.bool_],
    places: npt.NDArray[np.int32],
) -> int:
    """Scan the records `data[starts[i]:starts[i + 1]]`; gives how many rows of `places` it wrote.

    The wanted paths are a tree: path `w` is the element `names[edges[w]:edges[w + 1]]` within path `parents[w]` (-1:
    the record itself, which path 0 names); children come after parents. `plain[i]` says whether record `i` is; a second
    element of a path of role `SINGLE` makes it not, and one of role `SILENT` has no row. Rows stand in the order in
    which elements end. `places` needs room for a row per four bytes, `data` eight zeros after its end.
    """
    count = 0
    opened = np.empty(DEEPEST, dtype=np.int64)  # of each open element: where its name stands,
    ended = np.empty(DEEPEST, dtype=np.int64)
    wanted = np.empty(DEEPEST, dtype=np.int64)  # which path it is, or -1,
    before = np.empty((DEEPEST, 2), dtype=np.int64)  # tags and references before its content,
    place = np.empty((DEEPEST, 3), dtype=np.int64)  # where content and attributes begin, and where these end
    attribute = np.empty((MOST_ATTRIBUTES, 2), dtype=np.int64)
    seen = np.zeros(parents.size, dtype=np.bool_)
    for record in range(starts.size - 1):
        at = starts[record]
        end = starts[record + 1]
        first = count
        depth = 0
        tags = 0
        references = 0
        good = True
        done = False
        seen[:] = False
        while at < end:
            byte = data[at]
            if classes[byte] & _INK:
                if depth == 0:
                    good = False
                    break
                at += 1
                continue
            if byte == LESS:
                at += 1
                tags += 1
                closing = data[at] == SLASH
                if closing:
                    at += 1
                name = at
                if not classes[data[at]] & _NAME_START:
                    good = False
                    break
                while classes[data[at]] & _NAME:
                    at += 1
                name_end = at
                if closing:
                    while classes[data[at]] & _BLANK:
                        at += 1
                    depth -= 1
                    same = depth >= 0 and _same(data, name, name_end, data, opened[depth], ended[depth])
                    if not same or data[at] != GREATER:
                        good = False
                        break
                    at += 1
                    path = wanted[depth]
                    if path >= 0 and not roles[path] & SILENT:
                        kind = TAGS if tags - 1 > before[depth, 0] else TEXT
                        kind += REFERENCES if references > before[depth, 1] else TEXT
                        _write(places, count, record, path, place, depth, name - 2, kind)
                        count += 1
                    if depth == 0:
                        done = True
                        break
                    continue
                # A start tag: its attributes, its end, and whether it is wanted.
                attributes_at = at
                at = _attributes(data, at, end, classes, attribute)
                if at < 0:
                    good = False
                    break
                attributes_end = at
                empty = data[at] == SLASH
                if empty:
                    at += 1
                if data[at] != GREATER:
                    good = False
                    break
                at += 1
                path = numba.int64(-1)
                if depth == 0:
                    if _same(data, name, name_end, names, edges[0], edges[1]):
                        path = numba.int64(0)
                elif wanted[depth - 1] >= 0:
                    path = _child(data, name, name_end, names, edges, parents, wanted[depth - 1])
                if path >= 0 and roles[path] & SINGLE:
                    good = not seen[path]
                    seen[path] = True
                if not good or depth == opened.size or (depth == 0 and path < 0):
                    good = False
                    break
                place[depth, 0] = at
                place[depth, 1] = attributes_at
                place[depth, 2] = attributes_end
                if empty:
                    if path >= 0 and not roles[path] & SILENT:
                        _write(places, count, record, path, place, depth, at, 0)
                        count += 1
                    if depth == 0:
                        done = True
                        break
                    continue
                opened[depth] = name
                ended[depth] = name_end
                wanted[depth] = path
                before[depth, 0] = tags
                before[depth, 1] = references
                depth += 1
                continue
            if byte == AMPERSAND:
                step = _reference(data, at)
                references += 1
            elif byte == GREATER:  # it may not end ]]>
                step = 0 if data[at - 1] == BRACKET and data[at - 2] == BRACKET else 1
            else:
                step = _character(data, at)
            if step == 0 or depth == 0:
                good = False
                break
            at += step
        plain[record] = good and done and at == end
        if not plain[record]:
            count = first
    return count


@numba.njit(nogil=True)
def _attributes(
    data: npt.NDArray[np.uint8],
    at: int,
    end: int,
    classes: npt.NDArray[np.uint8],
    attribute: npt.NDArray[np.int64],
) -> int:
    """Where the attributes that begin at `data[at]` end (at `>` or `/`), or -1 where one of them is not plain."""
    number = 0
    while True:
        blank = at
        while classes[data[at]] & _BLANK:
            at += 1
        if data[at] == GREATER or data[at] == SLASH:
            return at
        if at == blank or not classes[data[at]] & _NAME_START or number == MOST_ATTRIBUTES:
            return -1
        attribute[number, 0] = at
        while classes[data[at]] & _NAME:
            at += 1
        attribute[number, 1] = at
        if _known(data, attribute, number) or _xml(data, attribute[number, 0], at):
            return -1
        number += 1
        while classes[data[at]] & _BLANK:
            at += 1
        if data[at] != EQUALS:
            return -1
        at += 1
        while classes[data[at]] & _BLANK:
            at += 1
        quote = data[at]
        if quote not in (QUOTE, APOSTROPHE):
            return -1
        at += 1
        while data[at] != quote:
            step = 1
            if not classes[data[at]] & _INK or data[at] < SPACE:
                step = _reference(data, at) if data[at] == AMPERSAND else _character(data, at)
            at += step
            if step == 0 or at >= end:
                return -1
        at += 1


@numba.njit(nogil=True)
def _write(
    places: npt.NDArray[np.int32],
    row: int,
    record: int,
    path: int,
    place: npt.NDArray[np.int64],
    depth: int,
    end: int,
    kind: int,
) -> None:
    places[row, 0] = record
    places[row, 1] = path
    places[row, 2] = place[depth, 0]
    places[row, 3] = end
    places[row, 4] = place[depth, 1]
    places[row, 5] = place[depth, 2]
    places[row, 6] = kind


@numba.njit(nogil=True)
def _same(a: npt.NDArray[np.uint8], first: int, last: int, b: npt.NDArray[np.uint8], begin: int, finish: int) -> bool:
    """Whether `a[first:last]` and `b[begin:finish]` are equal."""
    if last - first != finish - begin:
        return False
    for i in range(last - first):  # noqa: SIM110 - numba has no generators
        if a[first + i] != b[begin + i]:
            return False
    return True


@numba.njit(nogil=True)
def _child(
    data: npt.NDArray[np.uint8],
    name: int,
    name_end: int,
    names: npt.NDArray[np.uint8],
    edges: npt.NDArray[np.int64],
    parents: npt.NDArray[np.int64],
    parent: int,
) -> int:
    """The path of that name within `parent`, or -1."""
    for path in range(parent + 1, parents.size):
        if parents[path] == parent and _same(data, name, name_end, names, edges[path], edges[path + 1]):
            return path
    return -1


@numba.njit(nogil=True)
def _known(data: npt.NDArray[np.uint8], attribute: npt.NDArray[np.int64], number: int) -> bool:
    """Whether an attribute before the `number`-th has its name."""
    for i in range(number):
        if _same(data, attribute[i, 0], attribute[i, 1], data, attribute[number, 0], attribute[number, 1]):
            return True
    return False


@numba.njit(nogil=True)
def _xml(data: npt.NDArray[np.uint8], first: int, last: int) -> bool:
    """Whether a name begins with `xml`: it declares a namespace, or is XML's own."""
    return last - first >= 3 and data[first] == 120 and data[first + 1] == 109 and data[first + 2] == 108


@numba.njit(nogil=True)
def _reference(data: npt.NDArray[np.uint8], at: int) -> int:
    """How many bytes the reference at `data[at]`, an `&`, has; 0 where it is none that every XML parser knows."""
    if data[at + 1] != 35:  # no #
        known = numba.uint64(0)
        for i in range(1, 6):
            known = (known << _8) | numba.uint64(data[at + i])
            if data[at + i] == 59:
                return i + 1 if known in (_LT, _GT, _AMP, _QUOT, _APOS) else 0
        return 0
    at += 2
    length = 2
    base = 10
    if data[at] == 120:  # x
        base = 16
        at += 1
        length += 1
    code = 0
    digits = 0
    while digits < 8 and data[at] != 59:
        byte = numba.int64(data[at])
        digit = byte - 48
        if base == 16 and byte >= 65:
            digit = (byte | 32) - 87
            if digit < 10:
                return 0
        if digit < 0 or digit >= base:
            return 0
        code = code * base + digit
        digits += 1
        at += 1
    if digits == 0 or data[at] != 59:
        return 0
    legal = (
        (code >= 0x20 and code < 0xD800)
        or code in (0x09, 0x0A, 0x0D)
        or (code >= 0xE000 and code < 0xFFFE)
        or (code >= 0x10000 and code < 0x110000)
    )
    return length + digits + 1 if legal else 0


@numba.njit(nogil=True)
def _character(data: npt.NDArray[np.uint8], at: int) -> int:
    """How many bytes the character of two to four bytes at `data[at]` has; 0 where it is none of XML (or ASCII)."""
    lead = data[at]
    if lead < 0xC2 or lead > 0xF4:
        return 0
    second = data[at + 1]
    if second & 0xC0 != 0x80:
        return 0
    if lead < 0xE0:
        return 2
    third = data[at + 2]
    if third & 0xC0 != 0x80:
        return 0
    if lead < 0xF0:
        if (lead == 0xE0 and second < 0xA0) or (lead == 0xED and second >= 0xA0):
            return 0
        return 0 if lead == 0xEF and second == 0xBF and third >= 0xBE else 3
    if data[at + 3] & 0xC0 != 0x80 or (lead == 0xF0 and second < 0x90) or (lead == 0xF4 and second >= 0x90):
        return 0
    return 4
