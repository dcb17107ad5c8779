"""Names that their place gives away: cells of a table, beside an age, initials, signatures, spelt or written on."""

from deid.gazetteers import is_name, places, words
from deid.gazetteers.vocabulary import in_vocabulary
from deid.recognizers.name_reader import Reader
from deid.recognizers.name_words import (
    AGE_SEX,
    CARET,
    CHUNK,
    EPONYM,
    INITIALS,
    MAY_BE_INITIALS,
    NATIVE_GAP,
    RELATIONS,
    SPEAKER,
    SPELT,
    abbreviated,
    glue,
    heard,
    names_in,
    never,
    verbal,
    whole_name,
)
from deid.tokens import LONGEST, script
from schemas.labels import Label

_WRITTEN_ON = ("dr", "smt", "shri")  # titles


class Forms(Reader):
    """Where and how a name is written."""

    def spelt(self) -> None:
        """Names spelt letter by letter: "r a m e s h", "க னி மொ ழி"."""
        for match in SPELT.finditer(self.note.s):
            letters = match.group().split()
            if len(set(letters)) > 2 and sum(len(x) for x in letters) >= 4:
                self.note.claim(match.start(), match.end(), Label.PERSON, 0.6, "spelt out")

    def tables(self) -> None:
        """Cells that hold nothing but a name, in the lines under a header that has a column of names."""
        cells: list[tuple[int, int]] = []
        header = False
        at = 0
        while at < len(self.t):
            end = at
            while end < len(self.t) and self.t[end].kind != "break":
                end += 1
            cells = self.cells(at, end)
            if len(cells) >= 3:
                named = any(
                    cue.kind in ("field", "relation")
                    for a, b in cells
                    for i in range(a, min(b, a + 3))
                    for cue in self.cue_at.get(i, ())
                )
                numbered = self.t[at].kind == "number"
                if header and numbered:
                    for first, last in cells:
                        self.cell(first, last)
                header = header or (named and not numbered)
            elif end == at:
                header = False
            at = end + 1

    def cells(self, at: int, end: int) -> list[tuple[int, int]]:
        """Ranges of tokens between gaps of two blanks or bars."""
        cells, first = [], at
        for i in range(at, end):
            if self.t[i].text in "|\t":
                cells.append((first, i))
                first = i + 1
            elif i > first and self.t[i].start - self.t[i - 1].end >= NATIVE_GAP:
                cells.append((first, i))
                first = i
        return [*cells, (first, end)] if first < end else cells

    def speakers(self) -> None:
        """Who writes in a chat, between the time and the colon: "[9:41 pm] Mukku: …". Not "Agent:", nor "Recep:"."""
        for match in SPEAKER.finditer(self.note.s):
            first, last = self.note.token_range(*match.span(1))
            said = [i for i in range(first, last) if self.t[i].text != "."]
            if said and len(said) <= 4 and all(self.word(i, False) and not abbreviated(self.t[i].text) for i in said):
                self.take(first, last, 0.65, "writes in a chat")

    def cell(self, first: int, last: int) -> None:
        """Claim a cell that holds nothing but a name; a number before it is the row\'s."""
        while first < last and (self.t[first].kind == "number" or self.t[first].text in "."):
            first += 1
        size = last - first
        named = all(self.word(i, False) or self.t[i].text == "." for i in range(first, last))
        if 1 <= size <= 4 and named and any(len(self.t[i].text) > 2 and not self.shouts(i) for i in range(first, last)):
            self.take(first, last, 0.65, "cell of a table")

    def initials(self) -> None:
        """Initials and a capitalised word that is none of English: "R. Bhatnagar", "Harini V"."""
        for match in INITIALS.finditer(self.note.s) if MAY_BE_INITIALS.search(self.note.s) else ():
            word = match[1] or match[2]
            if word.casefold() in words() or word.casefold() in never() or not self.note.free(*match.span()):
                continue
            known = is_name(word) or match[1]
            if known and not EPONYM.match(self.note.s, match.end()):
                self.note.claim(match.start(), match.end(), Label.PERSON, 0.6, "initials")

    def beside_age(self) -> None:
        """The words before an age and sex: "கனிமொழி, 24 வயது", "Rohinton Daruwala | 54/M"."""
        for match in AGE_SEX.finditer(self.note.s):
            first, last = self.note.token_range(max(0, match.start() - 60), match.start() + 1)
            at = last - 1
            while at >= first and (self.t[at].kind == "mark" or self.t[at].start >= match.start()):
                if self.t[at].text in ".;।":
                    break
                at -= 1
            end = at + 1
            while (
                at >= first
                and self.t[at].kind != "break"
                and end - at <= 5
                and (self.word(at, False) or self.t[at].text == ".")
                and (self.t[at + 1].start - self.t[at].end <= 1 or at + 1 >= end)
            ):
                at -= 1
            run = range(at + 1, end)
            bounded = (
                at < 0
                or self.t[at].kind in ("break", "mark", "number")
                or self.t[at + 1].start - self.t[at].end >= NATIVE_GAP
            )
            if not 1 <= len(run) <= 5 or not (bounded or any(is_name(self.t[i].text) for i in run)):
                continue
            if any(verbal(self.t[i].key) or self.shouts(i) or i in self.inside_org for i in run) or all(
                len(self.t[i].text) < 3 for i in run
            ):
                continue
            if all(self.t[i].key in RELATIONS for i in run):
                continue
            self.take(at + 1, end, 0.6, "before an age")

    def caret(self) -> None:
        """Names of HL7 and DICOM: "KURUVILLA^SHAJI"."""
        for match in CARET.finditer(self.note.s) if "^" in self.note.s else ():
            if any(is_name(part) and part.casefold() not in words() for part in match.group().split("^")):
                self.note.claim(match.start(), match.end(), Label.PERSON, 0.7, "caret")

    def glued(self) -> None:
        """Names written on to their cue: "पतिअनिलगौतमने", "சிஸ்டர்மேரி", "drthomasjacob"."""
        for token in self.t:
            if token.kind == "word" and 5 < len(token.text) <= LONGEST and self.note.free(token.start, token.end):
                latin = script(token.text) == "Latn"
                head = next((x for x in _WRITTEN_ON if token.key.startswith(x)), "") if latin else ""
                if (latin and not head) or whole_name(token.text):  # Shrikant is no Mr Kant
                    continue
                if latin:
                    if token.key not in words() and names_in(token.text[len(head) :]) == len(token.text) - len(head):
                        self.note.claim(
                            token.start + len(head), token.end, Label.PERSON, 0.6, "written on to its title"
                        )
                elif token.text == token.key and not in_vocabulary(token.key):
                    self._unglue(token.text, token.start)

    def _unglue(self, text: str, start: int) -> None:
        """A native word that begins with a cue: what follows is a name, up to the next cue in the word."""
        for cut in range(min(len(text) - 3, 14), 2, -1):
            kind = glue().get(text[:cut])
            if kind is None or not text[cut].isalpha():
                continue
            rest = text[cut:]
            for at in range(3, len(rest) - 5):
                if any(rest[at : at + size] in glue() for size in range(4, 8)) and rest[at].isalpha():
                    self._unglue(rest[at:], start + cut + at)
                    rest = rest[:at]
                    break
            end = names_in(rest) or (len(rest) if kind == "title" and cut > 3 and len(rest) > 3 else 0)
            if end:
                self.note.claim(start + cut, start + cut + end, Label.PERSON, 0.6, "written on to its cue")
            return

    def file_names(self) -> None:
        """Names inside file names and keys: "consent_subramanian.pdf", "IMG_KRISHNAPPA_OP77310.png"."""
        for match in CHUNK.finditer(self.note.s):
            for index in range(*self.note.token_range(match.start(), match.end())):
                token = self.t[index]
                if (
                    token.kind == "word"
                    and len(token.text) > 3
                    and token.key not in words()
                    and heard(token.text)
                    and self.note.free(token.start, token.end)
                ):
                    self.note.claim(token.start, token.end, Label.PERSON, 0.55, "in a file name")

    def signature(self) -> None:
        """The last lines of a note, when one holds nothing but a name."""
        lines: list[list[int]] = [[]]
        for index, token in enumerate(self.t):
            if token.kind == "break":
                lines.append([])
            elif token.kind != "mark" or token.text not in ".-,–":
                lines[-1].append(index)
        full = [line for line in lines if line]
        for line in full[-2:]:
            if (
                1 <= len(line) <= 4
                and len(full) > 3
                and all(self.word(i, False) for i in line)
                and line[-1] - line[0] < 7
            ) and all(
                self.t[i].key not in words() and self.t[i].key not in places() and not self.shouts(i) for i in line
            ):
                self.take(line[0], line[-1] + 1, 0.6, "signature")

    def dashed(self) -> None:
        """A line that begins with a dash and a name, before a comma, a bracket or an office: "– R. Vasanthi SN,
        emp …".
        """
        for index, token in enumerate(self.t):
            opening = index == 0 or self.t[index - 1].kind == "break"
            if opening and token.text == "-" and self.word(index + 1, False):
                end = self.extent(index + 1, strong=False, native=3)
                if end < len(self.t) and (
                    self.t[end].text in ",("
                    or self.t[end].kind == "break"
                    or (self.t[end].text.isupper() and len(self.t[end].text) <= 4)
                ):
                    self.take(index + 1, end, 0.6, "signature behind a dash")
