"""Label words, titles, months, number words: tables in many languages, and how phrases of them are found in tokens."""

from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import regex

from deid.shadow import shadow
from deid.tokens import Token, key, script, tokens

_SHORTEST_STEM = 3  # characters of a word without its case ending


class Cue(NamedTuple):
    """A phrase of a lexicon, found at tokens `[first, last)`."""

    kind: str
    first: int
    last: int
    phrase: str
    inflected: bool = False
    """Whether its last word has a case ending that the phrase has not."""


def rows(name: str) -> Iterator[tuple[str, str]]:
    """(first column, phrase) of a table. Lines that begin with # are comments."""
    for line in (files(__package__) / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            head, _, phrases = line.partition("\t")
            for phrase in (phrases or head).split("|"):
                yield head, phrase


@cache
def values(name: str) -> dict[str, str]:
    """Key of each word of a table of single words -> its first column."""
    return {key(shadow(phrase).text): head for head, phrase in rows(name)}


@cache
def words(name: str) -> frozenset[str]:
    """Keys of all the words of a table."""
    return frozenset(key(shadow(phrase).text) for _, phrase in rows(name))


@cache
def group(name: str) -> frozenset[str]:
    """A named set of words, as they are written in `groups.tsv`."""
    return frozenset(phrase for head, phrase in rows("groups.tsv") if head == name)


def one_of(phrases: Collection[str]) -> str:
    """A pattern of one of the phrases, the longest that there is. It branches at the first letter, which is several
    times as quick as an alternation of hundreds.
    """
    tails: dict[str, set[str]] = {}
    for phrase in phrases:
        if phrase:
            tails.setdefault(phrase[0], set()).add(phrase[1:])
    return "(?:" + "|".join(f"{regex.escape(head)}{_longest_first(tails[head])}" for head in sorted(tails)) + ")"


def _longest_first(phrases: set[str]) -> str:
    return "(?:" + "|".join(map(regex.escape, sorted(phrases, key=lambda phrase: (-len(phrase), phrase)))) + ")"


Phrases = list[tuple[tuple[str, ...], str, str]]
Trie = dict[str, dict[str, Phrases]]


@cache
def trie(name: str) -> Trie:
    """First key -> second key, or "" for phrases of one word -> (all keys, kind, phrase), longest first."""
    table: Trie = {}
    for kind, phrase in rows(name):
        keys = tuple(token.key for token in tokens(shadow(phrase).text) if token.text != ".")
        if keys:
            second = keys[1] if len(keys) > 1 else ""
            table.setdefault(keys[0], {}).setdefault(second, []).append((keys, kind, phrase))
    for seconds in table.values():
        for entries in seconds.values():
            entries.sort(key=lambda entry: -len(entry[0]))
    return table


def cues(found: list[Token], name: str, inflected: frozenset[str] = frozenset()) -> list[Cue]:
    """Every longest phrase of the table in the tokens, in order; full stops inside are skipped ("S/o." is "s/o").

    Phrases of equal length and different kind are all given. The last word of a phrase of an `inflected` kind may have
    a case ending in a script of India.
    """
    table = trie(name)
    result = list[Cue]()
    covered = 0  # a phrase inside a longer one is not a cue of its own
    starts = [i for i, t in enumerate(found) if t.key in table or (inflected and t.kind == "word" and t.key > "\x7f")]
    for index in starts:
        if index < covered:
            continue
        seconds, length = table.get(found[index].key), 0
        if seconds is None:
            covered = _inflected(found, index, table, inflected, result) or covered
            continue
        second = _second(found, index)
        written = seconds.get(second, ()) if second.isascii() or not inflected else _of_stems(seconds, second)
        for keys, kind, phrase in (*written, *seconds.get("", ())):
            if length and len(keys) < length:
                break
            at = _match(found, index, keys, kind in inflected)
            if at:
                length = len(keys)
                covered = at
                result.append(Cue(kind, index, at, phrase, at - 1 > index and found[at - 1].key != keys[-1]))
    return result


def _inflected(found: list[Token], index: int, table: Trie, kinds: frozenset[str], result: list[Cue]) -> int:
    """Add the phrase of one word that a word is with a case ending; the index after it, or 0."""
    for stem in stems(found[index].key):
        for keys, kind, phrase in table.get(stem, {}).get("", ()):
            if kind in kinds and len(keys) == 1:
                result.append(Cue(kind, index, index + 1, phrase, inflected=True))
                return index + 1
    return 0


def _of_stems(seconds: dict[str, Phrases], second: str) -> Phrases:
    """Phrases with this second word, or with what it may be without a case ending."""
    return seconds.get(second) or [each for stem in stems(second) for each in seconds.get(stem, ())]


def stems(word: str) -> Iterator[str]:
    """What a word in a script of India may be without a case ending, the longest ending first."""
    endings, longest = case_endings(script(word))
    for length in range(min(longest, len(word) - _SHORTEST_STEM), 0, -1):
        if word[-length:] in endings:
            yield word[:-length]


@cache
def case_endings(written: str) -> tuple[frozenset[str], int]:
    """Keys of the endings of a script, and the length of the longest."""
    found = frozenset(key(shadow(ending).text) for head, ending in rows("case_endings.tsv") if head == written)
    return found, max(map(len, found), default=0)


def _second(found: list[Token], index: int) -> str:
    """Key of the token after this one, full stops skipped; a line break at the end of the text."""
    at = index + 1
    while at < len(found) and found[at].text == ".":
        at += 1
    return found[at].key if at < len(found) else "\n"


def _match(found: list[Token], index: int, keys: tuple[str, ...], inflected: bool) -> int:
    """Index after the last token of the phrase, or 0."""
    at = index + 1
    for number, wanted in enumerate(keys[1:], start=2):
        while at < len(found) and found[at].text == ".":
            at += 1
        if at >= len(found):
            return 0
        said = found[at].key
        if said != wanted and not (inflected and number == len(keys) and not said.isascii() and wanted in stems(said)):
            return 0
        at += 1
    return at
