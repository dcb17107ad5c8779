"""Rewriting rules in order, each tried only where a letter that it needs stands: most words need few of them."""

from typing import NamedTuple

import regex

_AROUND = regex.compile(r"\(\?<?[=!](?:[^()]|\((?:[^()])*\))*\)|\[[^]]*\]")
_LITERAL = regex.compile(r"(?:[\w~%*+!](?![?*]))+")


class Rule(NamedTuple):
    """What it makes of what; `needs` stands in whatever it changes."""

    needs: str
    pattern: "regex.Pattern[str]"
    into: str


def rules(*pairs: tuple[str, str]) -> tuple[Rule, ...]:
    """Rules from pattern and replacement."""
    return tuple(Rule(needs(pattern), regex.compile(pattern), into) for pattern, into in pairs)


def needs(pattern: str) -> str:
    """The longest string that a pattern cannot do without, as far as is easily seen; empty where none is."""
    plain = _AROUND.sub(" ", pattern)
    if "|" in plain or "(" in plain:
        return ""
    literals = _LITERAL.findall(plain.replace("\\+", "+").replace("\\*", "*").replace("^", " ").replace("$", " "))
    return max(literals, key=len, default="")


def rewrite(text: str, table: tuple[Rule, ...]) -> str:
    """Every rule in turn."""
    for needed, pattern, into in table:
        if needed in text:
            text = pattern.sub(into, text)
    return text


def traced(text: str, table: tuple[Rule, ...]) -> list[str]:
    """What each rule in turn makes of a text, where it makes something of it."""
    found = [text]
    for needed, pattern, into in table:
        after = pattern.sub(into, found[-1]) if needed in found[-1] else found[-1]
        if after != found[-1]:
            found.append(after)
    return found
