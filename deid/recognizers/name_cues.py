"""Names beside a cue: title, form label, relation, role, honorific, or a sentence that tells a name."""

from deid.gazetteers import is_name, names, places, words
from deid.lexicon import Cue
from deid.recognizers.name_reader import Reader
from deid.recognizers.name_words import NATIVE_GAP, PERSON_CASE, SAYS, heard, never, verbal
from deid.tokens import script


class Cues(Reader):
    """What stands before or behind a name."""

    def on_title(self, cue: Cue) -> None:
        """A title: a name follows."""
        at = self.skip(cue.last, ".^॰")
        if at < len(self.t) and self.t[at].text == "0" and self.tight(at):
            at += 1  # "डा०": a zero for the sign of abbreviation
        token = self.t[at] if at < len(self.t) else None
        if token is None or token.kind != "word" or token.start - self.t[cue.last - 1].end > 4:
            return
        if at in self.cue_at and any(c.kind == "title" for c in self.cue_at[at]):
            return
        if cue.phrase in ("fr", "sr") and not (token.text.isascii() and (token.upper or self.tight(at))):
            return
        if cue.phrase == "kumari" and cue.first and self.word(cue.first - 1, False) and self.t[cue.first - 1].upper:
            return
        last = self.extent(at, strong=True, native=2)
        if (
            last == at
            and token.text.isascii()
            and token.key not in never()
            and token.key not in words()
            and len(token.text) > 3
            and self.note.free(token.start, token.end)
            and at not in self.inside_label
        ):
            last = at + 1  # "dr thomasjacob": a title settles even a lower-case word that is none of English
        self.take(at, last, 0.9, f"title {cue.phrase}")
        self.series(last)

    def on_field(self, cue: Cue) -> None:
        """A label of a form: a name follows a colon, a gap or a line break."""
        at = self.skip(cue.last, ".:=-/>(*[\"|'")
        if at >= len(self.t) or self.t[at].kind == "break":
            if (
                at + 1 < len(self.t)
                and self.t[at].kind == "break"
                and at > cue.last - 1
                and self.alone(cue)
                and self.word(at + 1, True)
            ):
                at += 1
            else:
                return
        marked = (
            any(self.t[i].text in ":=->" for i in range(cue.last, at))
            or self.t[at].start - self.t[cue.last - 1].end >= 1
        )
        while at in self.cue_at and any(c.kind in ("title",) for c in self.cue_at[at]) and not self.word(at, True):
            at = self.skip(max(c.last for c in self.cue_at[at]), ".")
        if at >= len(self.t):
            return
        token = self.t[at]
        colon = any(self.t[i].text in ":=" for i in range(cue.last, min(at, len(self.t))))
        if (
            script(token.text) != "Latn"
            and token.kind == "word"
            and not colon
            and not is_name(token.text)
            and not self.clause(at)
        ) and not cue.phrase.endswith(("नाम", "नाव", "பெயர்", "பேரு", "పేరు", "ಹೆಸರು", "പേര്", "নাম", "ନାମ", "નામ", "ਨਾਮ")):
            return
        if not marked or (
            token.text.isupper()
            and 1 < len(token.text) <= 4
            and token.text.isascii()
            and not is_name(token.text)
            and not self.word(at + 1, False)
        ):
            return
        told = any(self.t[i].text == "=" for i in range(cue.last, at)) or (
            colon and cue.phrase.endswith(("name", "naam", "peru", "hesru", "per"))
        )
        last = self.extent(at, strong=True, native=3 if colon else 2)
        if last == at and told and self.unknown(at):
            last = at + 1
            while (
                last + 1 < len(self.t)
                and self.t[last].text in "_. "
                and self.tight(last + 1)
                and self.unknown(last + 1)
            ):
                last += 2
        self.take(at, last, 0.85, f"label {cue.phrase}")
        self.series(last)

    def alone(self, cue: Cue) -> bool:
        """The label is alone in its line, like "प्रार्थी" above a signature."""
        before = self.t[cue.first - 1].kind if cue.first else "break"
        return before == "break"

    def on_relation(self, cue: Cue) -> None:
        """A relative: a name may follow."""
        at = self.skip(cue.last, ".:(=-\"'")
        while at in self.cue_at and any(c.kind == "title" for c in self.cue_at[at]):
            at = self.skip(max(c.last for c in self.cue_at[at]), ".")
        if at >= len(self.t) or self.t[at].kind != "word":
            return
        token = self.t[at]
        sure = "/" in cue.phrase or cue.phrase in (
            "son of",
            "daughter of",
            "wife of",
            "spelt",
            "alias",
            "urf",
            "aka",
            "known as",
            "उर्फ",
            "पुत्र",
            "पिता",
            "पुत्री",
            "walad",
            "ভাৰ্যা",
        )
        if token.text.isascii():
            if not (token.upper or heard(token.text)) and not sure:
                return
            last = self.extent(at, strong=True, native=1)
        else:
            if not is_name(token.text) and (
                cue.phrase.isascii() or (not sure and (token.key in never() or verbal(token.key)))
            ):
                return
            last = self.extent(at, strong=True, native=max(self.reach(at), 2 if sure else 1))
        if sure and self.take(at, last, 0.8, f"relation {cue.phrase}"):
            self.before_relation(cue.first)
        self.take(at, last, 0.7, f"relation {cue.phrase}")
        if sure:
            self.series(last)

    def before_relation(self, end: int) -> None:
        """The words before "s/o", "க/பெ", "पुत्र", as far as the start of the line, a gap or a mark, are whose son
        it is.
        """
        at = end - 1
        if at >= 0 and self.t[at].text in "(,":
            at -= 1
        last = at + 1
        while at >= 0 and last - at <= 4 and (self.word(at, False) or self.t[at].text == "."):
            if at + 1 < last and self.t[at + 1].start - self.t[at].end >= NATIVE_GAP:
                break
            at -= 1
        bounded = at < 0 or self.t[at].kind != "word" or self.t[at + 1].start - self.t[at].end >= NATIVE_GAP
        if at + 1 < last and (bounded or is_name(self.t[at + 1].text)):
            self.take(at + 1, last, 0.65, "before a relation")

    def native_cue(self, at: int) -> bool:
        """A native word that an honorific, a bracket with a number, or the end of the clause follows is likely the
        name.
        """
        following = self.cue_at.get(at + 1, ())
        return bool(
            any(c.kind == "honorific" for c in following) or self.reach(at) or self.t[at].key.endswith(PERSON_CASE)
        )

    def on_role(self, cue: Cue) -> None:
        """Staff: a name may follow."""
        if (
            cue.phrase == "asha"
            and self.t[cue.first].text == "Asha"
            and cue.last < len(self.t)
            and is_name(self.t[cue.last].text)
            and self.t[cue.last].upper
        ):
            return  # a woman's name, not the health worker
        self.on_relation(cue)

    def on_honorific(self, cue: Cue) -> None:
        """A word of respect or kinship: a name stands before."""
        at = cue.first - 1
        while at >= 0 and self.t[at].text == "-":
            at -= 1
        if at < 0 or self.t[at].kind != "word" or self.t[cue.first].start - self.t[at].end > 1:
            return
        token = self.t[at]
        if any(c.kind in ("title", "relation", "role") for c in self.cue_at.get(at, ())) and not (
            token.upper and token.key in names() and token.key not in never()
        ):
            return
        latin = script(token.text) == "Latn"
        if not self.word(at, True):
            return
        if latin and not (token.upper or is_name(token.text)):
            return
        if (
            latin
            and cue.phrase in ("la", "di", "da", "sister", "brother", "mama", "anna", "amma", "dada", "sir")
            and not token.upper
        ):
            return
        if not latin and not is_name(token.text) and len(self.t[cue.first].text) < 3 and cue.phrase not in ("जी", "ਜੀ"):
            return
        first = at
        native = script(self.t[first - 1].text) if first else ""
        if (
            not latin
            and native == script(token.text)
            and self.word(first - 1, False)
            and not verbal(self.t[first - 1].key)
        ):
            beyond = self.t[first - 2] if first > 1 else None
            if (
                beyond is None
                or beyond.kind != "word"
                or script(beyond.text) == "Latn"
                or any(c.kind == "relation" for c in self.cue_at.get(first - 2, ()))
            ):
                first -= 1
        while (
            self.word(first - 1, False)
            and self.t[first].start - self.t[first - 1].end <= 1
            and (script(self.t[first - 1].text) == "Latn" or is_name(self.t[first - 1].text))
        ):
            first -= 1
        self.take(first, at + 1, 0.75, f"honorific {cue.phrase}")

    def says(self) -> None:
        """A sentence that tells a name."""
        for at, token in enumerate(self.t):
            for pattern in SAYS.get(token.key, ()):
                size = len(pattern)
                if at + size < len(self.t) and all(self.t[at + i].key == pattern[i] for i in range(1, size)):
                    first = self.skip(at + size, ":-")
                    if first < len(self.t) and (is_name(self.t[first].text) or (size > 1 and self.word(first, True))):
                        self.take(first, self.extent(first, strong=True, native=2), 0.75, "told")

    def series(self, last: int) -> None:
        """More names of a list: "Asst Kunal, Siddharth / Anaes …", "Mushtaq (मुश्ताक)"."""
        for _ in range(4):
            if last >= len(self.t) or self.t[last].text not in ",/&(":
                return
            at = last + 1
            if not self.word(at, False) and not (
                at < len(self.t) and self.t[last].text in "/(" and self.word(at, True)
            ):
                return
            token = self.t[at]
            bracket = self.t[last].text == "("
            end = self.extent(at, strong=self.t[last].text in "/(", native=2)
            if places().get(token.key, 0) >= 1 and not is_name(token.text):
                return
            closed = end < len(self.t) and self.t[end].text in ")-,"
            if bracket and not closed and not is_name(token.text):
                return
            if not bracket and not is_name(token.text) and not (token.upper and self.ends(end)):
                return
            if token.text.isupper() and len(token.text) <= 4 and not is_name(token.text):
                return
            self.take(at, end, 0.65, "list of names")
            last = end + (1 if bracket else 0)
