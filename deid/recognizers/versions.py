"""Numbers with dots that are the version of a program or a section of a text: neither addresses nor dates."""

import regex

_VERSION = regex.compile(
    r"(?<![^\W\d])(?:version|firmware|software|driver|ver|v|rev|release|build|fw|sw|hw|patch|app|upgrade|update|windows|android|ios"
    r"|template)[ .:]*$",
    regex.IGNORECASE,
)
_CLAUSE = regex.compile(
    r"(?:\b(?:clauses?|sections?|sec|paras?|paragraphs?|chapter|subsection|step|item|sop|annexure|annex|appendix|table|"
    r"figure|fig|rule|standard|objective element|heading|page)(?: nos?)?|§|धारा|खंड|अनुच्छेद|கட்டுரை|ধারা|"
    r"કલમ|సెక్షన్)[ .:]{0,3}$",
    regex.IGNORECASE,
)
_UPDATE = regex.compile(
    r"(?:firmware|software|driver|version|\bfw|upgrad|updat|patch|release|migrat|build)[^\n;]{0,40}$", regex.IGNORECASE
)
_HIGHEST_VERSION, _PRIVATE = 30, 10  # first parts of versions, and of the networks that most hospitals have


def numbered(s: str, start: int) -> bool:
    """Whether a word for a version or a section stands right before a place."""
    return bool(_VERSION.search(s, max(0, start - 14), start) or _CLAUSE.search(s, max(0, start - 20), start))


def is_version(s: str, start: int, first: int) -> bool:
    """Whether four numbers with dots, which begin with `first`, are the version of a program."""
    updated = first <= _HIGHEST_VERSION and first != _PRIVATE and _UPDATE.search(s, max(0, start - 60), start)
    return numbered(s, start) or bool(updated)
