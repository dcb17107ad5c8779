"""Known numbers and codes in a note: in any script, with any separators, in words, masked, with one slip."""

import re
from collections.abc import Iterable, Iterator

from deid.known.streams import BREAK, Stream, digits, looks, lower
from deid.note import Hit, Note
from deid.shadow import shadow
from schemas.labels import Label

ERRORS_FROM = 8  # characters of a value in which one wrong or two neighbours swapped are forgiven
_LOST_FROM = 10  # and one lost or one too many
_FREE_FROM = 5  # digits that are an identifier without a label beside them
_NUMBER_IN_CODE = 6  # digits of a code that give it away without its letters
_HANDLES = (Label.EMAIL_ADDRESS, Label.IN_UPI_ID, Label.IN_ABHA_ADDRESS, Label.URL)
_MASK = re.compile(r"[xX*•#●×]{2,}")
_MASKED = re.compile(r"[\dxX*•#●×]+(?:[ \-./]{1,3}[\dxX*•#●×]+){0,6}")
_WIDEST = 24  # characters of a masked number on either side of its mask
_ENDING = re.compile(
    r"(?:\bend(?:ing|s)(?: (?:in|with))?|\blast (?:four|4)(?: digits?)?|अंतिम|आखिरी|आख़िरी|शेवटचे|শেষ|கடைசி|చివరి|ಕೊನೆಯ|"
    r"അവസാന|છેલ્લા|ਆਖਰੀ|ଶେଷ|آخری)[^\d\n]{0,20}(\d{4})(?!\d)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[;|\n]")
_PLACEHOLDER = re.compile(r"(\d)\1*|0?1234567890?|9876543210")


class Numbers:
    """The numbers and codes of one patient."""

    def __init__(self, identifiers: Iterable[tuple[Label, str]]) -> None:
        self.figures: dict[str, Label] = {}
        self.codes: dict[str, Label] = {}
        self._words: set[str] = set()  # codes of letters alone
        for label, cell in identifiers:
            for value in _SEPARATORS.split(shadow(cell).text):
                self._add(label, value.strip())

    def _add(self, label: Label, value: str) -> None:
        bare = re.sub(r"[\W_]", "", value)
        if label in _HANDLES:
            local, _, domain = lower(value).partition("@")
            self._code(value, label)
            for said in (local, local.replace(".", "dot")):
                self._code(f"{said}at{domain}", label)
                self._code(f"{said}at{domain.replace('.', 'dot')}", label)
            if any(c.isdigit() for c in local) and len(local) > _NUMBER_IN_CODE:
                self._code(local, label)
        elif bare.isdecimal():
            if label is Label.PHONE_NUMBER:
                self._phone(value, label)
            else:
                self._figure(bare, label)
        elif any(c.isdigit() for c in bare):
            if label is Label.PHONE_NUMBER:
                self._phone(value, label)  # "98450 61237 (son)"
            else:
                self._code(value, label)
                runs = re.findall(r"\d+", value)
                for run in (*runs, "".join(runs)):
                    if len(run) >= _NUMBER_IN_CODE:
                        self._figure(run, label)
        elif len(bare) >= _FREE_FROM:
            self._code(value, label)

    def _phone(self, value: str, label: Label) -> None:
        """Each number of a cell; also without the country's code, the trunk zero, a landline's area."""
        for piece in re.split(r"[/,]|[A-Za-z]+", value):
            bare = re.sub(r"\D", "", piece)
            if len(bare) >= _FREE_FROM:
                self._figure(bare, label)
                self._figure(re.sub(r"^(?:0{0,2}91|0)(?=\d{10}$)", "", bare), label)
            area = re.fullmatch(r"\s*\(?0\d{2,4}\)?[ \-]+([\d \-]+)", piece)
            if area and len(re.sub(r"\D", "", area[1])) >= _NUMBER_IN_CODE:
                self._figure(re.sub(r"\D", "", area[1]), label)

    def _figure(self, value: str, label: Label) -> None:
        if value and not _PLACEHOLDER.fullmatch(value):
            self.figures.setdefault(value, label)

    def _code(self, value: str, label: Label) -> None:
        code = looks(value)
        if len(code) >= _FREE_FROM:
            self.codes.setdefault(code, label)
            if not any(map(str.isdigit, value)):
                self._words.add(code)

    def find(self, note: Note, spelt_out: Stream, errors: bool = True) -> Iterator[Hit]:
        """Every known number and code; `errors`: those with a slip, too."""
        if self.figures:
            stream = digits(note)
            for value, label in self.figures.items():
                if len(value) < _FREE_FROM:
                    yield from _labelled(note, value, label)
                    continue
                for first, last, exact in occurrences(stream.text, value, errors):
                    span = _whole(note.s, stream, first, last, exact)
                    if span:
                        yield Hit(*span, label, 1.0, "number" if exact else "number with a slip")
            yield from self._masked(note)
        for value, label in self.codes.items():
            for first, last, exact in occurrences(spelt_out.text, value, errors):
                start, end = spelt_out.starts[first], spelt_out.ends[last - 1]
                figured = any(map(str.isdigit, note.s[start:end]))  # else a word: "soil" for "5011"
                if _apart(note.s, start, end) and (figured or value in self._words):
                    yield Hit(start, end, label, 1.0, "code" if exact else "code with a slip")

    def _masked(self, note: Note) -> Iterator[Hit]:
        """Numbers of which only the ends are shown: "XXXX XXXX 2346", "98******37", "ending in 2346"."""
        long = [(value, label) for value, label in self.figures.items() if len(value) >= ERRORS_FROM]
        done = 0
        for mask in _MASK.finditer(note.s) if long else ():
            if mask.start() < done:
                continue
            first = max(0, mask.start() - _WIDEST)
            for match in _MASKED.finditer(note.s[first : mask.end() + _WIDEST]):
                start, end = first + match.start(), first + match.end()
                if not start <= mask.start() < end:
                    continue
                done = end
                text = match.group()
                head, tail = re.match(r"\d*", text), re.search(r"\d*$", text.replace(" ", ""))
                shown = (head.group() if head else "", tail.group() if tail else "")
                for value, label in long:
                    if len(shown[0] + shown[1]) >= 4 and value.startswith(shown[0]) and value.endswith(shown[1]):
                        yield Hit(start, end, label, 1.0, "masked number")
                        break
        for match in _ENDING.finditer(note.s) if long else ():
            for value, label in long:
                if value.endswith(match[1]):
                    yield Hit(match.start(1), match.end(1), label, 1.0, "last digits")
                    break


def occurrences(text: str, value: str, errors: bool) -> Iterator[tuple[int, int, bool]]:
    """Where a value stands in a stream, `[first, last)`, and whether exactly.

    One slip leaves one half of the value whole, so only where a half stands is the other compared.
    """
    size, half = len(value), len(value) // 2
    for at in _places(text, value):
        yield at, at + size, True
    if not errors or size < ERRORS_FROM:
        return
    head, tail = value[:half], value[half:]
    slips = (0, -1, 1) if size >= _LOST_FROM else (0,)
    for at in _places(text, head):
        for more in slips:
            end = at + size + more
            if text[at + half : end] == tail:
                break
            if end <= len(text) and one_slip(text[at + half : end], tail):
                yield at, end, False
                break
    for at in _places(text, tail):
        end = at + size - half
        for more in slips:
            start = at - half - more
            if text[max(0, start) : at] == head:
                break
            if start >= 0 and one_slip(text[start:at], head):
                yield start, end, False
                break
    swapped = head[:-1] + tail[0] + head[-1] + tail[1:]
    for at in _places(text, swapped) if swapped != value else ():
        yield at, at + size, False


def _places(text: str, value: str) -> Iterator[int]:
    at = text.find(value)
    while at >= 0:
        yield at
        at = text.find(value, at + 1)


def one_slip(seen: str, meant: str) -> bool:
    """Whether `seen` is `meant` with one character wrong, lost or too many, or two neighbours swapped."""
    if BREAK in seen or seen == meant:
        return False
    if len(seen) == len(meant):
        wrong = [i for i, (a, b) in enumerate(zip(seen, meant, strict=True)) if a != b]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return len(wrong) == 1 or (swapped and seen[wrong[0]] == meant[wrong[1]] and seen[wrong[1]] == meant[wrong[0]])
    longer, shorter = (seen, meant) if len(seen) > len(meant) else (meant, seen)
    return len(longer) == len(shorter) + 1 and any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def _whole(s: str, stream: Stream, first: int, last: int, exact: bool) -> tuple[int, int] | None:
    """The range of the shadow of a number, drawn out to the whole group of digits that it stands in.

    None where it is only a part of other numbers: a short one, or one with a slip, must begin and end where groups do;
    a short one must also be cut alike all through.
    """
    start, end = stream.starts[first], stream.ends[last - 1]
    left, right = start, end
    while left > max(0, start - _WIDEST) and s[left - 1].isdecimal():
        left -= 1
    while right < min(len(s), end + _WIDEST) and s[right].isdecimal():
        right += 1
    if _decimal(s, left, right):
        return None
    if last - first < ERRORS_FROM:
        gaps = [s[stream.ends[i] : stream.starts[i + 1]] for i in range(first, last - 1)]
        cuts = [gap for gap in gaps if gap]
        alike = len(set(cuts)) <= 1 and not (set("".join(cuts)) & set(",.\n"))
        whole = (left, right) == (start, end)
        return (start, end) if whole and alike and (len(cuts) <= 2 or len(cuts) == len(gaps)) else None
    if exact:
        return left, right
    prefix = s[left:start]
    return (left, right) if right == end and prefix in ("", "0", "91", "091", "0091") else None


def _decimal(s: str, start: int, end: int) -> bool:
    """Whether a number goes on behind a point or a comma, or before one."""
    return (end + 1 < len(s) and s[end] in ".," and s[end + 1].isdecimal()) or (
        start > 1 and s[start - 1] in ".," and s[start - 2].isdecimal()
    )


def _labelled(note: Note, value: str, label: Label) -> Iterator[Hit]:
    """A number of few digits, behind the label word of an identifier only."""
    for match in re.finditer(rf"(?<![\d.,]){value}(?![\d]|[.,]\d)", note.s):
        for cue in note.labels_before(match.start())[-1:]:
            between = note.s[max(note.tokens[cue.last - 1].end, match.start() - 17) : match.start()]
            if cue.kind != "veto" and len(between) <= 16 and not re.search(r"[\d\n]", between):
                yield Hit(*match.span(), label, 1.0, "number beside a label")


def _apart(s: str, start: int, end: int) -> bool:
    """Whether a code begins and ends where a word does, or letters where digits do."""
    return not (
        (start and s[start - 1].isalnum() and s[start - 1].isalpha() == s[start].isalpha())
        or (end < len(s) and s[end].isalnum() and s[end].isalpha() == s[end - 1].isalpha())
    )
