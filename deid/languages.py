"""Which languages and scripts a text mixes, as a whole ("en", "hi(Deva)+en", "en+hi(Latn)") and token by token.

By the script of each word first; words in Latin letters by small words that give their language away. The language with
more words stands first. Cheap enough for every document of a corpus.
"""

import re
from collections import Counter
from functools import cache

from deid.gazetteers import words
from deid.lexicon import rows
from deid.tokens import SCRIPTS, Token, script

_LANGUAGE = {
    "Deva": "hi", "Beng": "bn", "Guru": "pa", "Gujr": "gu", "Orya": "or",
    "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml",
    "Arab": "ur", "Olck": "sat", "Mtei": "mni",
}  # fmt: skip
_MARATHI = re.compile(
    r"(?<![\u0900-\u097f])(?:आहे|आणि|नाही|होते|केले|रुग्ण|यांना|यांचे|यांनी|मध्ये|पासून|असे|किंवा"
    r"|वर्षे|दिवस|चालू|तपासणी|ला|ळ)(?![\u0900-\u097f])|ळ"
)
_HINDI = re.compile(r"(?<![\u0900-\u097f])(?:है|हैं|और|का|की|के|को|में|से|नहीं|पर|था|थी|ने|भी|कर)(?![\u0900-\u097f])")
_ASSAMESE = re.compile("[ৰৱ]")
_WORD = re.compile(r"[a-zA-ZÀ-ž]{2,}")
_NATIVE = re.compile(r"[^\u0000-\u024f\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\uff00-\uffef]+")
_EUROPEAN = ("fr", "de", "es", "it", "pt", "nl", "pl")
_ENOUGH = 4_000  # characters looked at for languages in Latin letters: the start of a text tells
_SHARE = 0.04  # of the words: what counts as part of the mix


@cache
def _function_words() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for language, word in rows("function_words.tsv"):
        table.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in table.items()}


def language_mix(text: str) -> str:
    """Languages of a text in the notation of BCP 47 language and ISO 15924 script; "und" where nothing tells."""
    native = Counter[str]() if text.isascii() else _scripts(text)
    latin = _latin(text[:_ENOUGH])
    counts: dict[str, float] = {
        f"{_of(name, text)}({name})": float(n) for name, n in native.items() if name in _LANGUAGE
    }
    counts.update(latin)
    whole = sum(counts.values())
    if not whole:
        return (
            "und"
            if any(name not in _LANGUAGE for name in native) or not text.strip()
            else "en"
            if _WORD.search(text)
            else "und"
        )
    ranked = sorted(counts, key=lambda k: (-counts[k], k))
    kept = [name for name in ranked if counts[name] >= max(_SHARE * whole, 1)][:2] or ranked[:1]
    return "+".join(kept)


def token_languages(tokens: list[Token], text: str) -> list[str]:
    """The language of each token of a text: "en", "hi(Latn)", "ta(Taml)"; "" for numbers, marks and breaks.

    A native word has the language of its script. A word in Latin letters is English when English has it, else of the
    language that the text mixes in in Latin letters; what either could be goes with the word before it on its line.
    """
    native: dict[str, str] = {}
    mixed = next((name for name in language_mix(text).split("+") if name.endswith("(Latn)")), None)
    small = _function_words()
    found, before = [], "en"
    for token in tokens:
        tag = ""
        if token.kind == "break":
            before = "en"
        elif token.kind == "word":
            written = script(token.text)
            if written != "Latn":
                if written not in native:
                    native[written] = f"{_of(written, text)}({written})" if written in _LANGUAGE else "und"
                tag = native[written]
            elif mixed is None:
                tag = "en"
            else:
                own, english = mixed[:2] in small.get(token.key, ()), token.key in words()
                tag = before if own == english else mixed if own else "en"
                before = tag
        found.append(tag)
    return found


def _scripts(text: str) -> Counter[str]:
    """Words in each script but Latin; a run of letters of one block is a word."""
    found: Counter[str] = Counter()
    for match in _NATIVE.finditer(text):
        run = match.group()
        code = ord(run[0])
        for low, high, name in SCRIPTS:
            if low <= code <= high:
                found[name] += max(1, len(run.split()))
                break
        else:
            found["Zyyy"] += 1
    return found


def _of(name: str, text: str) -> str:
    """The language of a script; Devanagari is Marathi where Marathi's words outnumber Hindi's, Bengali Assamese by
    its letters.
    """
    if name == "Deva" and len(_MARATHI.findall(text)) > len(_HINDI.findall(text)):
        return "mr"
    if name == "Beng" and len(_ASSAMESE.findall(text)) > 2:
        return "as"
    return _LANGUAGE[name]


def _latin(text: str) -> dict[str, float]:
    """Words of each language in Latin letters. English is every word that no small word gives to another language."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if not words:
        return {}
    table = _function_words()
    votes: Counter[str] = Counter()
    for word in words:
        for language in table.get(word, ()):
            votes[language] += 1
    english = votes.pop("en", 0)
    europe = {language: votes.pop(language, 0) for language in _EUROPEAN}
    best = max(europe, key=lambda k: (europe[k], k))
    if (
        europe[best] > 2 * english
        and europe[best] >= max(2, 0.15 * len(words))
        and europe[best] > max(votes.values(), default=0)
    ):
        return {best: float(len(words))}
    for language, count in votes.most_common(1):
        distinct = len({word for word in words if language in table.get(word, ())})
        if count >= 0.07 * len(words) and distinct >= 3 and count > 0.3 * english:
            own = min(float(len(words)), count * (3.2 if count > english else 2.2))
            name = "hi" if language == "ur" and votes["hi"] > 3 * count else language
            return {f"{name}(Latn)": own, "en": max(len(words) - own, 0.08 * len(words))}
    return {"en": float(len(words))}
