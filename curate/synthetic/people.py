"""Synthetic persons of four regions: a name in Latin and in native letters, an address, and numbers of many kinds."""

import dataclasses
import datetime
import random
from typing import Final

from curate.synthetic import identifiers
from curate.synthetic.table import rows

STREETS: Final = ("Gali No.", "House No.", "Flat", "Plot No.", "Ward No.", "Door No.")
_FIRST_BIRTH: Final = datetime.date(1934, 1, 1)
_SPREAD: Final = {"adult": (24, 82), "young": (19, 34), "old": (58, 91), "child": (3, 14)}


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """A name as written in Latin letters and in the region's own script."""

    given: str
    family: str
    given_native: str
    family_native: str

    @property
    def name(self) -> str:
        """Given and family name in Latin letters."""
        return f"{self.given} {self.family}"

    @property
    def native(self) -> str:
        """The same name in the region's script (Devanagari, Tamil, Bengali)."""
        return f"{self.given_native} {self.family_native}"


@dataclasses.dataclass(frozen=True, slots=True)
class Patient:
    """A patient with all that a registration desk would write down."""

    subject_id: int
    person: Person
    relative: Person
    relation: str  # "S/o", "W/o", "D/o"
    sex: str  # "M" or "F"
    birth_date: datetime.date
    phone: str
    relative_phone: str
    email: str
    aadhaar: str  # twelve digits, unspaced
    abha_number: str
    abha_address: str
    pan: str
    upi: str
    policy: str
    house: str
    locality: str
    locality_native: str
    district: str
    district_native: str
    state: str
    pin: str
    std: str
    plate: str
    council: str
    region: str

    @property
    def address(self) -> str:
        """House, locality and district on one line, without the PIN code."""
        return f"{self.house}, {self.locality}, {self.district}"

    @property
    def address_native(self) -> str:
        """Locality and district in the region's script."""
        return f"{self.locality_native}, {self.district_native}"

    def age(self, on: datetime.date) -> int:
        """Completed years on a day."""
        return on.year - self.birth_date.year - ((on.month, on.day) < (self.birth_date.month, self.birth_date.day))


def person(draw: random.Random, region: str, sex: str) -> Person:
    """A person of a region; `sex` is "M" or "F"."""
    given = draw.choice(_part(region, "male" if sex == "M" else "female"))
    family = draw.choice(_part(region, "family"))
    return Person(given["name"], family["name"], given["native"], family["native"])


def patient(draw: random.Random, subject_id: int, region: str, sex: str, ages: str, on: datetime.date) -> Patient:
    """A patient whose age on the day `on` lies in a band of `_SPREAD`."""
    place = draw.choice([row for row in rows("places") if row["region"] == region])
    locality, locality_native = draw.choice(place["localities"].split(";")).split(",")
    who = person(draw, region, sex)
    relation = "S/o" if sex == "M" else draw.choice(("W/o", "D/o")) if ages != "child" else "D/o"
    low, high = _SPREAD[ages]
    born = on - datetime.timedelta(days=draw.randint(low * 365, high * 365))
    handle = f"{who.given.lower()}.{who.family.lower()}{draw.randint(1, 99)}"
    given = person(draw, region, "M").given, person(draw, region, "M").given_native
    return Patient(
        subject_id=subject_id,
        person=who,
        relative=Person(given[0], who.family, given[1], who.family_native),
        relation=relation,
        sex=sex,
        birth_date=max(born, _FIRST_BIRTH),
        phone=identifiers.mobile(draw),
        relative_phone=identifiers.mobile(draw),
        email=f"{handle}@{draw.choice(('example.com', 'example.org', 'mail.example.in'))}",
        aadhaar=identifiers.aadhaar(draw),
        abha_number=identifiers.abha_number(draw),
        abha_address=f"{handle.replace('.', '')}@abdm",
        pan=identifiers.pan(draw, who.family),
        upi=f"{handle}@{draw.choice(('okaxis', 'ybl', 'oksbi', 'paytm'))}",
        policy=identifiers.policy(draw),
        house=f"{draw.choice(STREETS)} {draw.randint(1, 240)}",
        locality=locality,
        locality_native=locality_native,
        district=place["district"],
        district_native=place["district_native"],
        state=place["state"],
        pin=f"{place['pin']}{draw.randint(1, 40):02d}",
        std=place["std"],
        plate=f"{place['plate']} {draw.choice('ABCDEFGH')}{draw.choice('ABCDEFGH')} {draw.randint(1000, 9999)}",
        council=place["council"],
        region=region,
    )


def _part(region: str, part: str) -> list[dict[str, str]]:
    return [row for row in rows("names") if row["region"] == region and row["part"] == part]
