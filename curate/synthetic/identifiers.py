"""Made-up Indian identifiers of the right form, with check digits that hold where the scheme is public.

The digits are drawn from the seed. No register is consulted, so a number may by chance equal one that was issued;
nothing in the demo connects it with whoever holds that.
"""

import random
import string
from typing import Final

_SECOND: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def verhoeff(digits: str) -> int:
    """Check sum over `digits`, from the right; 0 where the last one is the right check digit.

    Verhoeff, "Error Detecting Decimal Codes", 1969: digits, permuted by position, multiplied in the dihedral group D5.
    """
    total = 0
    for position, digit in enumerate(reversed(digits)):
        factor = int(digit)
        for _ in range(position % 8):
            factor = _SECOND[factor]
        total = _in_d5(total, factor)
    return total


def luhn(digits: str) -> int:
    """Sum modulo 10, every second digit from the right doubled; 0 where the check digit holds (ISO/IEC 7812-1)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10


def aadhaar(draw: random.Random) -> str:
    """Twelve digits, the first 2 to 9, the last one Verhoeff's; unspaced."""
    body = str(draw.randint(2, 9)) + _digits(draw, 10)
    return next(body + check for check in string.digits if verhoeff(body + check) == 0)


def abha_number(draw: random.Random) -> str:
    """Fourteen digits as 91-dddd-dddd-dddd, the last one Luhn's, as observed on published samples."""
    body = "91" + _digits(draw, 11)
    number = next(body + check for check in string.digits if luhn(body + check) == 0)
    return f"{number[:2]}-{number[2:6]}-{number[6:10]}-{number[10:]}"


def mobile(draw: random.Random) -> str:
    """Ten digits, the first 6 to 9 (National Numbering Plan)."""
    return str(draw.randint(6, 9)) + _digits(draw, 9)


def pan(draw: random.Random, family: str) -> str:
    """Permanent account number of a person: AAAPL9999A, the fifth letter that of the family name."""
    letters = "".join(draw.choices(string.ascii_uppercase, k=3))
    return f"{letters}P{family[0].upper()}{draw.randint(1, 9999):04d}{draw.choice(string.ascii_uppercase)}"


def policy(draw: random.Random) -> str:
    """An insurer's policy number; insurers share no form."""
    return f"{draw.choice(('STR', 'NIA', 'UII', 'HDF'))}/{draw.randint(20, 24)}/{_digits(draw, 8)}"


def registration(draw: random.Random, council: str) -> str:
    """A clinician's number in the register of a state council: KMC 61234."""
    return f"{council} {draw.randint(10_000, 99_999)}"


def device(draw: random.Random) -> str:
    """Serial number of an implant."""
    return f"{''.join(draw.choices(string.ascii_uppercase, k=2))}{_digits(draw, 7)}"


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choices(string.digits, k=count))


def _in_d5(left: int, right: int) -> int:
    """Multiplication in D5: 0-4 are rotations, 5-9 reflections."""
    if left < 5:
        return (left + right) % 5 if right < 5 else (left + right - 5) % 5 + 5
    return (left - 5 - right) % 5 + 5 if right < 5 else (left - right) % 5
