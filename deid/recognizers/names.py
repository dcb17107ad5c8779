"""Persons: by title, form label, relation, role, honorific, signature, spelling out, gazetteer; then every other mention.

Evidence comes first from what stands beside a name, for that works in any script and for names no list holds. A word
that is only in a list counts alone when it is written as a name is and is no ordinary word too.
"""

from functools import cache

import regex

from deid.gazetteers import ambiguous, is_name, name_sounds, names, place_starts, places, sound, words
from deid.lexicon import Cue, rows
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.tokens import Token, key, script
from schemas.labels import Label

_EPONYM = regex.compile(
    r"[ \-]*(?:sign|disease|syndrome|test|spine|fracture|triangle|score|classification|criteria|palsy|lymphoma|thyroiditis|"
    r"phenomenon|ulcer|ring|bodies|body|stain|reagent|maneuver|manoeuvre|procedure|technique|position|regimen|method|grade|stage|line|"
    r"lactate|type|law|index|tube|catheter|rule|scale|scotoma|chart|control|incision|hernia|oesophagus|esophagus|neg|negative|positive|"
    r"\+|diverticulum|nystagmus|cells|duct|node|canal|staging|patch|repair|operation|forceps|retractor|drain|pouch|exercises?)\b",
    regex.IGNORECASE,
)
_SAYS_BEFORE = (
    ("main",), ("mai",), ("mein",), ("mera", "naam"), ("naan",), ("nan",), ("en", "peru"), ("ente", "peru"), ("nan", "hesru"), ("mu",), ("my", "name", "is"),
    ("i", "am"), ("this", "is"), ("amar", "naam"), ("ami",), ("na", "peru"), ("मेरा", "नाम"), ("मैं",), ("मी",), ("என்", "பேரு"), ("நான்",), ("naam",),
    ("माझे", "नाव"), ("আমি",), ("আমার", "নাম"), ("મારું", "નામ"), ("ਮੇਰਾ", "ਨਾਮ"), ("ମୋ", "ନାଁ"), ("മു",), ("നാൻ",), ("ഞാൻ",), ("ನಾನು",), ("నేను",), ("నా", "పేరు"), ("mo", "naa"),
)  # fmt: skip
_SAYS: dict[str, list[tuple[str, ...]]] = {}
for _pattern in _SAYS_BEFORE:
    _SAYS.setdefault(_pattern[0], []).append(_pattern)
_PARTICLES = frozenset("bin binti ibn al ul ur e de da von van mohd md sk mst smt kr ku abdul syed d o bi bibi bai devi lal kumar kumari singh kaur begum khatun ben bhai".split())
_INITIALS = regex.compile(
    r"(?<![\p{L}\d.])(?:[A-Z]\.[ ]?){1,3}([A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})?)(?![\p{L}\d])|(?<![\p{L}\d])([A-Z][a-z]{3,})(?: [A-Z]\.?){1,2}(?=[ ]?(?:[,/\n()|:]|$))"
)
_NATIVE_GAP = 2  # blanks that end a native name: forms are laid out with them
_MOST = 5  # words of one name
_SPELT = regex.compile(r"(?<![\p{L}\p{M}])\p{L}\p{M}*(?: {1,2}\p{L}\p{M}*){3,24}(?![\p{L}\p{M}])")
_CASE_ENDING = 5  # letters that may follow a name's stem


@cache
def _never() -> frozenset[str]:
    return lexicon_words("not_names.tsv")


_PERSON_CASE = tuple(
    key(x)
    for x in "இடம் ிடம் விடம் க்கு ுக்கு னின் யின் ின் వికి కి కు గారు ನಿಗೆ ಗೆ ನ ವರು ന്റെ യുടെ ക്ക് ന് കുട്ടി কে ের র ଙ୍କ ଙ୍କୁ କୁ ને નું ની ਨੂੰ भाई बेन ભાઈ બેન ಮ್ಮ ప్ప అమ్మ మ్మ ప్ప ಪ್ಪ മ്മ அம்மாள் மாள் ராஜ் குமார்".split()
)
_POSTPOSITION = frozenset("ने को का की के से पर द्वारा ने नी ना नो थी ਨੇ ਨੂੰ ਦਾ ਦੀ ਦੇ ਨਾਲ यांना यांनी यांचे यांचा यांची तो తో ഒപ്പം कडे ला જી जी ਜੀ".split())
_LATIN_POSTPOSITION = frozenset("ko ne ka ki ke ji se nu ku ge er ra re ki bol naam".split())
_VERB = tuple(
    "ார் ாள் ார்கள் ாங்க ேன் ுது ும் ந்தது ிறது ట్టు ారు ాడు ింది ాము ాను ದರು ತ್ತಾರೆ ದೆ ತ್ತಿದೆ ುന്നു ച്ചു ട്ടു ണ്ട് ണം യിരുന്നു ത്തി েছেন েছে লেন ছিল ছেন িল ିଲେ ିଲା ୁଛି ିବେ ता ती ते ना आ रहा रही होत होते આવ્યા ્યું ્યો શે ਦਾ ਦੀ ਦੇ".split()
)


def _heard(word: str) -> bool:
    """A name by spelling or, when it is long enough to be told by it, by sound."""
    return is_name(word) or (len(word) > 4 and len(sound(word)) > 3 and sound(word) in name_sounds())


def _verbal(word: str) -> bool:
    """Ends like a verb of its language; rough, and only asked where nothing else says that a word is a name."""
    return len(word) > 3 and word.endswith(_VERB)


_AGE_SEX = regex.compile(
    r"(?<![\d./])(?:[,|(/][ ]{0,3}|[ ]{2,8})\d{1,3}[ ]?(?:/[ ]?[MFmf]\b|[MF]\b|[Yy](?:rs?|ears?)?[ /]|yrs?\b|years?\b|/पु|/स्त्री|/ಪು|/পুং| सं|[ ]?(?:साल|वर्ष|वर्षे|વર્ષ|ਸਾਲ|বছর|ବର୍ଷ|வயது|சம்|సం|ఏళ్ల|ವರ್ಷ|വയസ്സ|സ്ത്രീ))"
)
_CARET = regex.compile(r"(?<![\p{L}\d^])[A-Z][A-Za-z.]{1,30}(?:\^[A-Z][A-Za-z.]{0,30}){1,3}(?![A-Za-z])")
_RELATIONS = frozenset("mother father wife husband son daughter brother sister patient pt male female".split())


@cache
def _glue() -> frozenset[str]:
    """Keys of native cue words of three letters and more that a name is written on to."""
    kinds = ("title", "field", "role", "relation")
    return frozenset(key(phrase) for kind, phrase in rows("people.tsv") if kind in kinds and len(phrase) > 2 and not phrase.isascii() and " " not in phrase)


def _names_in(text: str) -> int:
    """How much of a native word from its start is one name or two; a case ending may follow. 0 when none is."""
    for end in range(len(text), max(3, len(text) - _CASE_ENDING), -1):
        if end < len(text) and not text[end].isalpha() and text[end] not in "ा":
            continue
        stem = text[:end]
        if len(stem) > 3 and is_name(stem):
            return end
        for cut in range(3, end - 2):
            if stem[cut].isalpha() and is_name(stem[:cut]) and is_name(stem[cut:]):
                return end
    return 0


class Finder:
    """One pass over one note."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.t = note.tokens
        self.cue_at: dict[int, list[Cue]] = {}
        for cue in note.people:
            self.cue_at.setdefault(cue.first, []).append(cue)
        self.inside_label = {i for cue in note.labels if cue.kind != "veto" for i in range(cue.first, cue.last) if len(self.t[i].text) > 2}
        self.inside_org = {i for cue in note.places if cue.kind in ("org", "org_name") for i in range(cue.first, cue.last)}
        self.lower = sum(t.text[0].isupper() for t in self.t if t.kind == "word" and t.text.isascii()) * 12 < sum(
            t.kind == "word" and t.text.isascii() for t in self.t
        )

    def run(self) -> None:
        """Claim every name: cues, spelling out, lists, signatures, then other mentions of what is sure."""
        self.spelt()
        for cue in self.note.people:
            getattr(self, "_" + cue.kind)(cue)
        self._says()
        self._tables()
        self._beside_age()
        self._initials()
        self._caret()
        self._glued()
        self._lists()
        self._signature()
        self._dashed()
        self._mentions()

    # -- words that can be part of a name

    def _word(self, at: int, strong: bool) -> bool:
        """Whether token `at` can be part of a name; `strong`: a cue says that one stands here, case aside."""
        if not 0 <= at < len(self.t):
            return False
        token = self.t[at]
        initial = len(token.text) == 1 and token.text.isupper()
        if token.kind != "word" or token.key.endswith("'s") or (token.key in _never() and not initial) or not self.note.free(token.start, token.end) or at in self.inside_label:
            return False
        if script(token.text) != "Latn":
            return at not in self.cue_at and at not in self.inside_org and len(token.text) > 1
        if token.key in _PARTICLES and len(token.key) > 1:
            return True
        if any(cue.kind in ("title", "relation", "role", "field") for cue in self.cue_at.get(at, ())) and token.key not in names() and not (strong and token.upper):
            return False
        if token.text.isupper() and len(token.text) == 1:
            return True
        if token.upper:
            return token.key not in words() or token.key in names()
        return strong and token.key not in words() and len(token.text) > 2 and _heard(token.text)

    def _extent(self, first: int, strong: bool, native: int) -> int:
        """Index after the last token of a name that begins at `first`. `native`: words taken in other scripts unseen."""
        at, last, taken = first, first, 0
        while at < len(self.t) and taken < _MOST:
            token = self.t[at]
            gap = token.start - self.t[at - 1].end if at > first else 0
            if token.kind == "break" or gap >= (3 if at > first else 99):
                break
            if token.text in ".^_" and at > first and (len(self.t[at - 1].text) <= 3 or token.text in "^_" or (gap == 0 and self._tight(at + 1) and self._word(at + 1, strong))) and self.t[at - 1].kind == "word":
                last = at + 1 if len(self.t[at - 1].text) == 1 else last
                at += 1
                continue
            if not self._word(at, strong):
                if strong and taken and self._second(at):
                    at += 1
                    last = at
                break
            latin = script(token.text) == "Latn"
            if not latin:
                known = is_name(token.text)
                if gap >= _NATIVE_GAP or (taken >= native and not known and len(token.text) > 3):
                    break
            taken += 1
            at += 1
            last = at
        return last

    def _second(self, at: int) -> bool:
        """A lower-case word that no English has, after a name and before a mark or an end: "sunita prajapati .."."""
        token = self.t[at]
        return (
            token.kind == "word" and token.text.isascii() and token.text.islower() and len(token.text) > 3 and token.key not in words()
            and token.key not in _never() and at not in self.cue_at and self._ends(at + 1) and self.note.free(token.start, token.end)
        )  # fmt: skip

    def _tight(self, at: int) -> bool:
        """Nothing stands between the token and the one before."""
        return 0 < at < len(self.t) and self.t[at].start == self.t[at - 1].end

    def _take(self, first: int, last: int, score: float, why: str) -> bool:
        if last <= first:
            return False
        key = " ".join(self.t[i].key for i in range(first, last) if self.t[i].kind == "word")
        if len(key) < 2 or (places().get(key, 0) >= 2 and score < 0.8):
            return False
        return self.note.claim(self.t[first].start, self.t[last - 1].end, Label.PERSON, score, why)

    def _skip(self, at: int, marks: str) -> int:
        while at < len(self.t) and self.t[at].kind == "mark" and self.t[at].text in marks:
            at += 1
        return at

    # -- cues before a name

    def _title(self, cue: Cue) -> None:
        at = self._skip(cue.last, ".^॰")
        if at < len(self.t) and self.t[at].text == "0" and self._tight(at):
            at += 1  # "डा०": a zero for the sign of abbreviation
        token = self.t[at] if at < len(self.t) else None
        if token is None or token.kind != "word" or token.start - self.t[cue.last - 1].end > 4:
            return
        if at in self.cue_at and any(c.kind == "title" for c in self.cue_at[at]):
            return
        if len(cue.phrase) == 2 and cue.phrase in ("fr", "sr") and not (token.text.isascii() and token.upper):
            return
        if cue.phrase == "kumari" and cue.first and self._word(cue.first - 1, False) and self.t[cue.first - 1].upper:
            return
        last = self._extent(at, strong=True, native=2)
        if last == at and token.text.isascii() and token.key not in _never() and token.key not in words() and len(token.text) > 3 and self.note.free(token.start, token.end) and at not in self.inside_label:
            last = at + 1  # "dr thomasjacob": a title settles even a lower-case word that is none of English
        self._take(at, last, 0.9, f"title {cue.phrase}")
        self._series(last)

    def _field(self, cue: Cue) -> None:
        at = self._skip(cue.last, ".:=-/>(*[\"|'")
        if at >= len(self.t) or self.t[at].kind == "break":
            if at + 1 < len(self.t) and self.t[at].kind == "break" and at > cue.last - 1 and self._alone(cue) and self._word(at + 1, True):
                at += 1
            else:
                return
        marked = any(self.t[i].text in ":=->" for i in range(cue.last, at)) or self.t[at].start - self.t[cue.last - 1].end >= 1
        while at in self.cue_at and any(c.kind in ("title",) for c in self.cue_at[at]) and not self._word(at, True):
            at = self._skip(max(c.last for c in self.cue_at[at]), ".")
        if at >= len(self.t):
            return
        token = self.t[at]
        colon = any(self.t[i].text in ":=" for i in range(cue.last, min(at, len(self.t))))
        if script(token.text) != "Latn" and token.kind == "word" and not colon and not is_name(token.text) and not self._clause(at):
            if not cue.phrase.endswith(("नाम", "नाव", "பெயர்", "பேரு", "పేరు", "ಹೆಸರು", "പേര്", "নাম", "ନାମ", "નામ", "ਨਾਮ")):
                return
        if not marked or (token.text.isupper() and 1 < len(token.text) <= 4 and token.text.isascii() and not is_name(token.text) and not self._word(at + 1, False)):
            return
        last = self._extent(at, strong=True, native=3 if colon else 2)
        self._take(at, last, 0.85, f"label {cue.phrase}")
        self._series(last)

    def _alone(self, cue: Cue) -> bool:
        """The label is alone in its line, like "प्रार्थी" above a signature."""
        before = self.t[cue.first - 1].kind if cue.first else "break"
        return before == "break"

    def _ends(self, at: int) -> bool:
        return at >= len(self.t) or self.t[at].kind in ("break", "mark")

    def _relation(self, cue: Cue) -> None:
        at = self._skip(cue.last, ".:(=-\"'")
        while at in self.cue_at and any(c.kind == "title" for c in self.cue_at[at]):
            at = self._skip(max(c.last for c in self.cue_at[at]), ".")
        if at >= len(self.t) or self.t[at].kind != "word":
            return
        token = self.t[at]
        sure = "/" in cue.phrase or cue.phrase in ("son of", "daughter of", "wife of", "spelt", "alias", "urf", "aka", "known as", "उर्फ", "पुत्र", "पिता", "पुत्री", "walad", "ভাৰ্যা")
        if token.text.isascii():
            if not (token.upper or _heard(token.text)) and not sure:
                return
            last = self._extent(at, strong=True, native=1)
        else:
            if not is_name(token.text) and (cue.phrase.isascii() or not (sure or self._native_cue(at))):
                return
            last = self._extent(at, strong=True, native=max(self._reach(at), 2 if sure else 1))
        self._take(at, last, 0.8 if sure else 0.7, f"relation {cue.phrase}")
        if sure:
            self._series(last)

    def _native_cue(self, at: int) -> bool:
        """A native word that an honorific, a bracket with a number, or the end of the clause follows is likely the name."""
        following = self.cue_at.get(at + 1, ())
        if any(c.kind == "honorific" for c in following) or self._reach(at) or self.t[at].key.endswith(_PERSON_CASE):
            return True
        return False

    def _reach(self, at: int) -> int:
        """How many native words, at most three, stand before what follows a name: a verb, a postposition, an honorific, an end."""
        for count in range(4):
            token = self.t[at] if at < len(self.t) else None
            ends = token is None or token.kind != "word" or (count and token.start - self.t[at - 1].end >= _NATIVE_GAP)
            if ends or (count and (token.key in _POSTPOSITION or _verbal(token.key) or any(c.kind == "honorific" for c in self.cue_at.get(at, ())))):
                return count
            if token is None or token.key in _never() or (count == 0 and _verbal(token.key)):
                return 0
            at += 1
        return 0

    def _clause(self, at: int) -> bool:
        """At most three words, none of them a verb or a function word, and then a mark, a number or the end of the line."""
        for _ in range(3):
            token = self.t[at]
            if token.kind != "word" or token.key in _never() or _verbal(token.key):
                return False
            at += 1
            if self._ends(at) or self.t[at].kind == "number" or self.t[at].start - self.t[at - 1].end >= _NATIVE_GAP:
                return True
        return False

    def _role(self, cue: Cue) -> None:
        if cue.phrase == "asha" and self.t[cue.first].text == "Asha" and cue.last < len(self.t) and is_name(self.t[cue.last].text) and self.t[cue.last].upper:
            return  # a woman's name, not the health worker
        self._relation(cue)

    # -- cues after a name

    def _honorific(self, cue: Cue) -> None:
        at = cue.first - 1
        while at >= 0 and self.t[at].text == "-":
            at -= 1
        if at < 0 or self.t[at].kind != "word" or self.t[cue.first].start - self.t[at].end > 1:
            return
        token = self.t[at]
        if any(c.kind in ("title", "relation", "role") for c in self.cue_at.get(at, ())) and not (token.upper and token.key in names() and token.key not in _never()):
            return
        latin = script(token.text) == "Latn"
        if not self._word(at, True):
            return
        if latin and not (token.upper or is_name(token.text)):
            return
        if latin and cue.phrase in ("la", "di", "da", "sister", "brother", "mama", "anna", "amma", "dada", "sir") and not token.upper:
            return
        if not latin and not is_name(token.text) and len(self.t[cue.first].text) < 3 and cue.phrase not in ("जी", "ਜੀ"):
            return
        first = at
        while self._word(first - 1, False) and self.t[first].start - self.t[first - 1].end <= 1 and (script(self.t[first - 1].text) == "Latn" or is_name(self.t[first - 1].text)):
            first -= 1
        self._take(first, at + 1, 0.75, f"honorific {cue.phrase}")

    # -- what is told

    def _says(self) -> None:
        for at, token in enumerate(self.t):
            for pattern in _SAYS.get(token.key, ()):
                size = len(pattern)
                if at + size < len(self.t) and all(self.t[at + i].key == pattern[i] for i in range(1, size)):
                    first = self._skip(at + size, ":-")
                    if first < len(self.t) and (is_name(self.t[first].text) or (size > 1 and self._word(first, True))):
                        self._take(first, self._extent(first, strong=True, native=2), 0.75, "told")

    def _series(self, last: int) -> None:
        """More names of a list: "Asst Kunal, Siddharth / Anaes …", "Mushtaq (मुश्ताक)"."""
        for _ in range(4):
            if last >= len(self.t) or self.t[last].text not in ",/&(":
                return
            at = last + 1
            if not self._word(at, False) and not (at < len(self.t) and self.t[last].text in "/(" and self._word(at, True)):
                return
            token = self.t[at]
            bracket = self.t[last].text == "("
            end = self._extent(at, strong=self.t[last].text in "/(", native=2)
            if places().get(token.key, 0) >= 1 and not is_name(token.text):
                return
            closed = end < len(self.t) and self.t[end].text in ")-,"
            if bracket and not closed and not is_name(token.text):
                return
            if not bracket and not is_name(token.text) and not (token.upper and self._ends(end)):
                return
            if token.text.isupper() and len(token.text) <= 4 and not is_name(token.text):
                return
            self._take(at, end, 0.65, "list of names")
            last = end + (1 if bracket else 0)

    # -- tables and initials

    def _tables(self) -> None:
        """Cells that hold nothing but a name, in the lines under a header that has a column of names."""
        cells: list[tuple[int, int]] = []
        header = False
        at = 0
        while at < len(self.t):
            end = at
            while end < len(self.t) and self.t[end].kind != "break":
                end += 1
            cells = self._cells(at, end)
            if len(cells) >= 3:
                named = any(cue.kind in ("field", "relation") for a, b in cells for i in range(a, min(b, a + 3)) for cue in self.cue_at.get(i, ()))
                numbered = self.t[at].kind == "number"
                if header and numbered:
                    for first, last in cells:
                        self._cell(first, last)
                header = header or (named and not numbered)
            elif end == at:
                header = False
            at = end + 1

    def _cells(self, at: int, end: int) -> list[tuple[int, int]]:
        """Ranges of tokens between gaps of two blanks or bars."""
        cells, first = [], at
        for i in range(at, end):
            if self.t[i].text in "|\t":
                cells.append((first, i))
                first = i + 1
            elif i > first and self.t[i].start - self.t[i - 1].end >= _NATIVE_GAP:
                cells.append((first, i))
                first = i
        return [*cells, (first, end)] if first < end else cells

    def _cell(self, first: int, last: int) -> None:
        while first < last and (self.t[first].kind == "number" or self.t[first].text in "."):
            first += 1
        size = last - first
        if 1 <= size <= 4 and all(self._word(i, False) or self.t[i].text == "." for i in range(first, last)):
            if any(len(self.t[i].text) > 2 and not self._shouts(i) for i in range(first, last)):
                self._take(first, last, 0.65, "cell of a table")

    def _initials(self) -> None:
        """Initials and a capitalised word that is none of English: "R. Bhatnagar", "Harini V"."""
        for match in _INITIALS.finditer(self.note.s):
            word = match[1] or match[2]
            if word.casefold() in words() or word.casefold() in _never() or not self.note.free(*match.span()):
                continue
            known = is_name(word) or match[1]
            if known and not _EPONYM.match(self.note.s, match.end()):
                self.note.claim(match.start(), match.end(), Label.PERSON, 0.6, "initials")

    def _beside_age(self) -> None:
        """The words before an age and sex: "கனிமொழி, 24 வயது", "Rohinton Daruwala | 54/M"."""
        for match in _AGE_SEX.finditer(self.note.s):
            first, last = self.note.token_range(max(0, match.start() - 60), match.start() + 1)
            at = last - 1
            while at >= first and (self.t[at].kind == "mark" or self.t[at].start >= match.start()):
                if self.t[at].text in ".;।":
                    break
                at -= 1
            end = at + 1
            while at >= first and self.t[at].kind != "break" and end - at <= 5 and (self._word(at, False) or self.t[at].text == ".") and (
                self.t[at + 1].start - self.t[at].end <= 1 or at + 1 >= end
            ):
                at -= 1
            run = range(at + 1, end)
            bounded = at < 0 or self.t[at].kind in ("break", "mark", "number") or self.t[at + 1].start - self.t[at].end >= _NATIVE_GAP
            if not 1 <= len(run) <= 5 or not (bounded or any(is_name(self.t[i].text) for i in run)):
                continue
            if any(_verbal(self.t[i].key) or self._shouts(i) or i in self.inside_org for i in run) or all(len(self.t[i].text) < 3 for i in run):
                continue
            if all(self.t[i].key in _RELATIONS for i in run):
                continue
            self._take(at + 1, end, 0.6, "before an age")

    def _caret(self) -> None:
        """Names of HL7 and DICOM: "KURUVILLA^SHAJI"."""
        for match in _CARET.finditer(self.note.s):
            if any(is_name(part) and part.casefold() not in words() for part in match.group().split("^")):
                self.note.claim(match.start(), match.end(), Label.PERSON, 0.7, "caret")

    def _glued(self) -> None:
        """Native names written on to their cue: "पतिअनिलगौतमने", "சிஸ்டர்மேரி"."""
        for token in self.t:
            if token.kind != "word" or script(token.text) == "Latn" or len(token.text) < 6 or not self.note.free(token.start, token.end):
                continue
            for cut in range(min(len(token.text) - 3, 14), 2, -1):
                if token.text[cut].isalpha() and token.key[:cut] in _glue() and token.text[:cut] == token.key[:cut]:
                    end = _names_in(token.text[cut:])
                    if end:
                        self.note.claim(token.start + cut, token.start + cut + end, Label.PERSON, 0.6, "written on to its cue")
                    break

    # -- lists

    def _lists(self) -> None:
        at = 0
        while at < len(self.t):
            token = self.t[at]
            if token.kind != "word" or not self._word(at, False) or len(token.text) < 3:
                at += 1
                continue
            if script(token.text) != "Latn":
                at = self._native_pair(at)
                continue
            end = self._extent(at, strong=False, native=0)
            if end > at and self._credible(at, end):
                self._take(at, end, 0.6, "gazetteer")
            at = max(end, at + 1)

    def _credible(self, first: int, last: int) -> bool:
        """Whether a run of capitalised words is a person on the strength of the lists alone."""
        run = [self.t[i] for i in range(first, last) if self.t[i].kind == "word" and len(self.t[i].text) > 1]
        known = [token for token in run if token.key in names() and token.key not in words() and len(token.text) > 2]
        if not known and len(run) == 1 and self._by_sound(run[0], last):
            return not _EPONYM.match(self.note.s, self.t[last - 1].end)
        if not known or _EPONYM.match(self.note.s, self.t[last - 1].end) or any(i in self.inside_org for i in range(first, last)):
            return False
        if " ".join(token.key for token in run) in places() or any(cue.kind in ("org", "part") and cue.first == last for cue in self.note.places):
            return False
        if len(run) == 1 and run[0].key in lexicon_words("eponyms.txt"):
            return False
        plain = [t for t in known if sound(t.text) not in ambiguous() and places().get(t.key, 0) < 2 and t.key not in place_starts()]
        if len(run) > 1:
            return len(known) * 2 >= len(run) and bool(plain or len(known) > 1)
        token = run[0]
        if token.text.isupper() or not plain or len(token.text) < 4:
            return False
        kinds, count = names()[token.key]
        before = self.t[first - 1] if first else None
        sentence = before is None or before.kind == "break" or before.text in ".!?।"
        following = self.t[last].key if last < len(self.t) and self.t[last].kind == "word" else ""
        if following in _LATIN_POSTPOSITION or self._before_phone(self.t[last - 1].end):
            return True
        return count >= (3 if sentence else 2)

    def _by_sound(self, token: Token, last: int) -> bool:
        """A capitalised word of no English that sounds like a name, before a postposition or a telephone number; long ones anywhere."""
        heard = sound(token.text)
        if token.key in words() or token.text.isupper() or heard not in name_sounds() or heard in ambiguous():
            return False
        following = self.t[last].key if last < len(self.t) and self.t[last].kind == "word" else ""
        return following in _LATIN_POSTPOSITION or self._before_phone(token.end) or len(heard) > 5

    def _before_phone(self, end: int) -> bool:
        """A telephone number stands within a few characters after a place."""
        return any(hit.label is Label.PHONE_NUMBER and 0 <= hit.start - end <= 4 for hit in self.note.hits)

    def _native_pair(self, at: int) -> int:
        """Two native words in a row that both sound like names, the first no ordinary word."""
        token = self.t[at]
        if is_name(token.text) and self._word(at + 1, False) and self.t[at + 1].start - self.t[at].end == 1 and is_name(self.t[at + 1].text):
            tamil = script(token.text) == "Taml"
            bounded = at == 0 or self.t[at - 1].kind in ("break", "mark") or token.start - self.t[at - 1].end >= _NATIVE_GAP
            heard = [sound(self.t[i].text, tamil) for i in (at, at + 1)]
            if bounded and all(len(h) > 2 for h in heard) and not (heard[0] in ambiguous() and heard[1] in ambiguous()):
                end = self._extent(at, strong=False, native=2)
                if self._clause(at) and self._take(at, end, 0.55, "two names"):
                    return end
        return at + 1

    def spelt(self) -> None:
        """Names spelt letter by letter: "r a m e s h", "க னி மொ ழி"."""
        for match in _SPELT.finditer(self.note.s):
            letters = match.group().split()
            if len(set(letters)) > 2 and sum(len(x) for x in letters) >= 4:
                self.note.claim(match.start(), match.end(), Label.PERSON, 0.6, "spelt out")

    def _signature(self) -> None:
        """The last lines of a note, when one holds nothing but a name."""
        lines: list[list[int]] = [[]]
        for index, token in enumerate(self.t):
            if token.kind == "break":
                lines.append([])
            elif token.kind != "mark" or token.text not in ".-,–":
                lines[-1].append(index)
        full = [line for line in lines if line]
        for line in full[-2:]:
            if 1 <= len(line) <= 4 and len(full) > 3 and all(self._word(i, False) for i in line) and line[-1] - line[0] < 7:
                if all(self.t[i].key not in words() and self.t[i].key not in places() and not self._shouts(i) for i in line):
                    self._take(line[0], line[-1] + 1, 0.6, "signature")

    def _dashed(self) -> None:
        """A line that begins with a dash and a name, before a comma, a bracket or an office: "– R. Vasanthi SN, emp …"."""
        for index, token in enumerate(self.t):
            opening = index == 0 or self.t[index - 1].kind == "break"
            if opening and token.text == "-" and self._word(index + 1, False):
                end = self._extent(index + 1, strong=False, native=3)
                if end < len(self.t) and (self.t[end].text in ",(" or self.t[end].kind == "break" or (self.t[end].text.isupper() and len(self.t[end].text) <= 4)):
                    self._take(index + 1, end, 0.6, "signature behind a dash")

    def _shouts(self, at: int) -> bool:
        return self.t[at].text.isupper() and len(self.t[at].text) < 5 and not is_name(self.t[at].text) and len(self.t[at].text) > 1

    # -- other mentions

    def _mentions(self) -> None:
        """Every other mention of a word that is surely a name here, in any script, with any case ending."""
        sure: dict[str, bool] = {}
        heard: set[str] = set()
        for hit in self.note.hits:
            if hit.label is Label.PERSON and hit.score >= 0.6:
                for word in regex.findall(r"[\p{L}\p{M}']+", self.note.s[hit.start : hit.end]):
                    folded = word.casefold()
                    if len(word) >= 4 and folded not in words() and folded not in _never() and folded not in _PARTICLES:
                        common = sound(word) in ambiguous()
                        sure[folded] = sure.get(folded, True) and common
                        if not common and len(sound(word)) > 3:
                            heard.add(sound(word))
        if not sure:
            return
        stems: dict[str, list[str]] = {}
        for stem in sure:
            if not stem.isascii():
                stems.setdefault(stem[:3], []).append(stem)
        for index, token in enumerate(self.t):
            if token.kind != "word" or not self.note.free(token.start, token.end) or len(token.text) < 3:
                continue
            folded = token.text.casefold()
            latin = folded.isascii()
            if latin:
                known = (folded in sure and (not sure[folded] or (token.upper and not self.lower))) or (token.upper and sound(token.text) in heard and token.key not in words())
            else:
                known = folded in sure and not sure[folded]
                known = known or any(
                    folded.startswith(stem) and len(folded) - len(stem) <= _CASE_ENDING and not sure[stem] for stem in stems.get(folded[:3], ())
                )
                known = known or sound(token.text) in heard
            if known and index not in self.inside_org:
                self.note.claim(token.start, token.end, Label.PERSON, 0.6, "other mention")


def find(note: Note) -> None:
    """Claim every person's name in the note."""
    Finder(note).run()
