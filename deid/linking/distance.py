"""How far apart two readings are: the cheapest way from one to the other, sound by sound.

An alignment with costs for what writers confuse (Wagner and Fischer 1974; neighbours swapped as in Damerau 1964).
Sounds that a script leaves open cost little where they may be equal. Up to `SAME` two readings are one sound, up to
`VARIANT` one name spelt in two ways.
"""

from functools import lru_cache
from itertools import product

from deid.linking.phonemes import OPEN
from deid.linking.reading import Reading

SAME, VARIANT, FAR = 0.25, 0.5, 9.0

_NEAR = {
    "ov": 0.25, "uv": 0.3, "ey": 0.25, "iy": 0.3, "ao": 0.4, "ei": 0.68, "ou": 0.68, "iu": 0.8, "ae": 0.7,
    "bv": 0.0, "fp": 0.3, "mn": 0.6, "dr": 0.6, "gk": 0.6, "dt": 0.6, "bp": 0.6, "cj": 0.7, "js": 0.7, "cs": 0.45,
    "jy": 0.6, "gh": 0.8, "hk": 0.8, "13": 1.5, "12": 1.5, "23": 1.5,
}  # fmt: skip
_LOST = {"a": 0.7, "i": 0.7, "u": 0.7, "e": 0.7, "o": 0.4, "y": 0.5, "v": 0.6, "h": 0.3}
_UNLIKELY = 0.1  # the less likely of what a script leaves open
_UNHEARD = 0.02  # a sound that a script leaves open, or does not write
_SELDOM = 0.3  # a last vowel of Bengali and Odia that is sounded
_MUTE = 0.4  # a last e of Latin letters that others leave out
_ROWS = "KSTP4567WIVZ"
_EXCHANGED = 1.0  # two neighbours that changed places
_SHORT = "iueoY"  # vowels that Urdu leaves out


def _plain(one: str, other: str) -> float:
    return 0.0 if one == other else _NEAR.get("".join(sorted(one + other)), 1.0)


def _tables() -> tuple[dict[str, float], dict[str, float]]:
    every = "kgcjtdnpbmyrlvshfaiueo123" + "".join(OPEN)
    may = {c: OPEN.get(c, c).replace(" ", "") for c in every}
    swap = {
        a + b: min(_plain(x, y) + _odds(a, x) + _odds(b, y) for x, y in product(may[a], may[b]))
        for a in every
        for b in every
    }
    lose = {
        c: _UNHEARD + _odds(c, " ") if " " in OPEN.get(c, "") else min(_LOST.get(x, 1.0) for x in may[c]) for c in every
    }
    swap |= {c + c: 0.0 for c in every}
    swap["&A"] = swap["A&"] = _SELDOM  # Mishra, in two spellings
    swap["&D"] = swap["D&"] = _LOST["a"]  # Amit, Amita
    lose["="] = _MUTE
    return swap, lose


def _odds(symbol: str, sound: str) -> float:
    """What it costs that an open sound is not what it likeliest is. Nothing for a row of stops, which tells nothing."""
    if symbol in _ROWS or OPEN.get(symbol, sound)[0] == sound:
        return 0.0
    return _SELDOM if symbol == "D" else _UNLIKELY


_SWAP, _LOSE = _tables()
_LOSE_TO = {"Taml": _LOSE | {"h": 0.1}, "Arab": _LOSE | dict.fromkeys(_SHORT, _UNHEARD)}


def between(one: Reading, other: Reading, most: float = FAR) -> float:
    """The distance of two readings; 0 is one sound. Symmetric. More than `most` may be any number above it."""
    if one.sounds == other.sounds:
        return 0.0
    if (other.sounds, other.script) < (one.sounds, one.script):
        one, other = other, one
    reach = _distance if most >= _EXCHANGED else _within
    return reach(one.sounds, other.sounds, one.script, other.script, most)


@lru_cache(maxsize=1 << 18)
def _within(one: str, other: str, script: str, second: str, most: float) -> float:
    """The distance where it is no more than `most`, else FAR. Only ways that cost no more are followed, so that of most
    pairs little is looked at; `most` is less than an exchange costs.
    """
    gain = losses(other, script)
    row = {0: 0.0}  # column -> cost, of those within reach
    for j, more in enumerate(gain):
        if row[j] + more > most:
            break
        row[j + 1] = row[j] + more
    for a, less in zip(one, losses(one, second), strict=True):
        here: dict[int, float] = {}
        last = max(row) + 1
        for j in range(min(row), len(other) + 1):
            if j > last and j - 1 not in here:
                break
            cost = row.get(j, FAR) + less
            if j:
                cost = min(row.get(j - 1, FAR) + _SWAP[a + other[j - 1]], cost, here.get(j - 1, FAR) + gain[j - 1])
            if cost <= most:
                here[j] = cost
        if not here:
            return FAR
        row = here
    return row.get(len(other), FAR)


@lru_cache(maxsize=1 << 18)
def _distance(one: str, other: str, script: str, second: str, most: float) -> float:
    first_loss = losses(one, second)
    second_loss = losses(other, script)
    before: list[float] = []
    row = [0.0]
    for loss in second_loss:
        row.append(row[-1] + loss)
    for i, a in enumerate(one):
        here = [row[0] + first_loss[i]]
        for j, b in enumerate(other):
            cost = min(row[j] + _SWAP[a + b], row[j + 1] + first_loss[i], here[j] + second_loss[j])
            if i and j and a == other[j - 1] and b == one[i - 1] and a != b:
                cost = min(cost, before[j - 1] + _EXCHANGED)
            here.append(cost)
        if min(here) > most and min(row) > most:
            return FAR
        before, row = row, here
    return row[-1]


def swap(one: str, other: str) -> float:
    """What it costs that one sound stands for another."""
    return _SWAP[one + other]


def steps(one: Reading, other: Reading) -> list[str]:
    """What is changed on the cheapest way from one reading to the other, and what it costs."""
    first, second = one.sounds, other.sounds
    if not first or not second:
        return []
    lose, gain = losses(first, other.script), losses(second, one.script)
    ways: list[list[tuple[float, tuple[str, ...]]]] = [[(0.0, ())]]
    for j, b in enumerate(second):
        cost, told = ways[0][-1]
        ways[0].append((cost + gain[j], (*told, f"{b} only in the second, {gain[j]:.2f}")))
    for i, a in enumerate(first):
        cost, told = ways[i][0]
        row = [(cost + lose[i], (*told, f"{a} only in the first, {lose[i]:.2f}"))]
        for j, b in enumerate(second):
            changed, swap = ways[i][j], _SWAP[a + b]
            ways_here = [
                (changed[0] + swap, changed[1] if a == b else (*changed[1], f"{a} for {b}, {swap:.2f}")),
                (ways[i][j + 1][0] + lose[i], (*ways[i][j + 1][1], f"{a} only in the first, {lose[i]:.2f}")),
                (row[j][0] + gain[j], (*row[j][1], f"{b} only in the second, {gain[j]:.2f}")),
            ]
            if i and j and a == second[j - 1] and b == first[i - 1] and a != b:
                crossed = ways[i - 1][j - 1]
                ways_here.append((crossed[0] + 1.0, (*crossed[1], f"{b}{a} exchanged, 1.00")))
            row.append(min(ways_here, key=lambda way: way[0]))
        ways.append(row)
    return list(ways[-1][-1][1])


def losses(sounds: str, facing: str) -> list[float]:
    """What each sound costs that the other word, in script `facing`, does not write."""
    table = _LOSE_TO.get(facing, _LOSE)
    found = [table[c] for c in sounds]
    if facing == "Arab" and found:  # the first and the last sound are written
        found[0], found[-1] = _LOSE[sounds[0]], _LOSE[sounds[-1]]
    return found
