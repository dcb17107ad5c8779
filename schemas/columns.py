"""The column policy: what each column of a table holds, and so what becomes of it when the table is de-identified."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from schemas.labels import Label
from schemas.policy import DeidPolicy, Operator

CellOperator = Operator | Literal["token"]
"""What stands in an identifier's cell: as in a text, or `token`: 20 keyed letters and digits, the same for equal
values of one `kind` in every table."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Age(_Model):
    """Years of age: at every level ages from `top` on are one."""

    kind: Literal["age"] = "age"
    bands: tuple[Annotated[int, Field(ge=2, le=100)], ...] = (5, 10, 20)
    """Width in years of each level above single years; each a multiple of the one before."""
    top: int = Field(default=90, ge=1, le=90)

    @model_validator(mode="after")
    def _nested(self) -> Self:
        if any(wide % narrow or wide <= narrow for narrow, wide in zip(self.bands, self.bands[1:], strict=False)):
            raise ValueError("each band must be a multiple of the one before, or groups would cross")
        return self


class PinCode(_Model):
    """Postal code of India: six digits, three (sorting district), two (postal circle)."""

    kind: Literal["pin"] = "pin"


class Day(_Model):
    """A date, first moved by its subject's days: day, month, year."""

    kind: Literal["date"] = "date"
    form: str = Field(default="%Y-%m-%d", min_length=2)


class Icd(_Model):
    """A diagnosis of ICD-9-CM or ICD-10: code, category, chapter."""

    kind: Literal["icd"] = "icd"
    version: Literal["9", "10"] = "10"
    version_column: str | None = None
    """The column that says 9 or 10 of each row; it wins over `version`."""


class Prefix(_Model):
    """A code of which the first characters say most: whole, then so many characters."""

    kind: Literal["prefix"] = "prefix"
    lengths: tuple[Annotated[int, Field(ge=1)], ...] = (3,)

    @model_validator(mode="after")
    def _falling(self) -> Self:
        if list(self.lengths) != sorted(set(self.lengths), reverse=True):
            raise ValueError("lengths must fall, such as [4, 2]")
        return self


class Parts(_Model):
    """A value whose first part is the wider group: `ASIAN - CHINESE`, then `ASIAN`."""

    kind: Literal["parts"] = "parts"
    separator: str = Field(default=" - ", min_length=1)


class Category(_Model):
    """One of a closed list, such as sex: the value, or nothing."""

    kind: Literal["category"] = "category"


class Listed(_Model):
    """A ladder of one's own, such as place, district, state."""

    kind: Literal["table"] = "table"
    path: str = Field(min_length=1)
    """A CSV file with a header, relative to the policy: the value, then one column for each wider level."""


def _named(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


Ladder = Annotated[
    Age | PinCode | Day | Icd | Prefix | Parts | Category | Listed, Field(discriminator="kind"), BeforeValidator(_named)
]
"""How a quasi-identifier is made coarser, level by level; above the last level each is `*`."""


def _no_date(label: Label) -> Label:
    if label in (Label.DATE, Label.AGE_OVER_89):
        raise ValueError("is a role of its own: date, datetime, or quasi with the ladder age")
    return label


class Subject(_Model):
    """Whose row it is; a keyed token is written."""

    role: Literal["subject"]


class Identifier(_Model):
    """A name, number or address, replaced as the same value is in that subject's notes."""

    role: Literal["identifier"]
    label: Annotated[Label, AfterValidator(_no_date)]
    operator: CellOperator = "surrogate"
    kind: str | None = None
    """What a token's value is a number of; else the column's name. Columns of one kind share tokens."""
    search: bool = True
    """Whether the value is also searched in the texts of its row, in every script and spelling."""


class Date(_Model):
    """A day, moved by the subject's secret number of days."""

    role: Literal["date"]
    form: str = Field(default="%Y-%m-%d", min_length=2)
    """How text cells are written: %d, %m, %b or %B, %Y and what stands between; `any` as in notes."""


class DateTime(_Model):
    """A day with a time of day, which stays as it is."""

    role: Literal["datetime"]
    form: str = Field(default="%Y-%m-%d", min_length=2)
    """How the day is written; the time stands behind it."""


class Text(_Model):
    """Free text: identifiers are looked for and replaced."""

    role: Literal["text"]


class Quasi(_Model):
    """What singles a person out together with other columns."""

    role: Literal["quasi"]
    ladder: Ladder
    least: int = Field(default=0, ge=0)
    """The level to begin at; 0 is the value as it stands."""
    most: int | None = Field(default=None, ge=0)
    """The level not to go beyond; else up to `*`."""


class Sensitive(_Model):
    """What must differ enough within a group (l-diversity); kept as it is."""

    role: Literal["sensitive"]


class Keep(_Model):
    """Left as it is."""

    role: Literal["keep"]


class Drop(_Model):
    """Not written."""

    role: Literal["drop"]


def _short(value: Any) -> Any:
    return {"role": value} if isinstance(value, str) else value


Column = Annotated[
    Subject | Identifier | Date | DateTime | Text | Quasi | Sensitive | Keep | Drop,
    Field(discriminator="role"),
    BeforeValidator(_short),
]
"""What a column holds. A role without settings may stand alone: `gender: keep`."""


class Anonymity(_Model):
    """How many must be alike in the quasi-identifiers, and what is done where fewer are."""

    k: int = Field(ge=2)
    """Each combination of values must be of so many."""
    l: int = Field(default=1, ge=1)  # noqa: E741 - its name
    """So many different values of each sensitive column in each group (distinct l-diversity)."""
    count: Literal["subjects", "rows"] = "subjects"
    """What k counts. Where a subject has several rows, it counts once."""
    method: Literal["generalise", "suppress"] = "generalise"
    """`generalise`: all of a column goes up its ladder until few enough rows violate; these are suppressed. `suppress`:
    every violating row is left out at once."""
    suppress_at_most: float = Field(default=0.05, ge=0.0, le=1.0)
    """Share of rows that may be left out rather than going up further. At the top of all ladders more may be."""


class TablePolicy(_Model):
    """The columns of one table."""

    columns: dict[str, Column] = Field(min_length=1)
    anonymity: Anonymity | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        columns = self.columns.values()
        quasi = [column for column in columns if isinstance(column, Quasi)]
        subjects = sum(isinstance(column, Subject) for column in columns)
        dated = any(isinstance(column, Date | DateTime) for column in columns) or any(
            isinstance(column.ladder, Day) for column in quasi
        )
        if subjects > 1:
            raise ValueError("one column at most is the subject; another person's number is an identifier")
        if dated and not subjects:
            raise ValueError("dates are moved by the subject's days, and no column is the subject")
        if bool(quasi) != (self.anonymity is not None):
            raise ValueError("quasi columns and `anonymity` (k) need each other")
        if self.anonymity and self.anonymity.count == "subjects" and not subjects:
            raise ValueError("no column is the subject; set anonymity.count to rows")
        if self.anonymity and self.anonymity.l > 1 and not any(isinstance(c, Sensitive) for c in columns):
            raise ValueError("l-diversity needs a sensitive column")
        return self


class ColumnPolicy(_Model):
    """What becomes of a hospital's tables. A column that no table's policy names is an error."""

    tables: dict[str, TablePolicy] = Field(min_length=1)
    """By the table's name: its file's, in lower case, up to the first dot."""
    text: DeidPolicy = DeidPolicy()
    """How texts are treated; its `scope` holds for identifiers and dates, too."""
    unreadable: Literal["error", "blank", "suppress"] = "error"
    """A cell that is not what its column says, such as 31/02, or a date in a row without a subject: stop; write nothing
    in its place; or leave its row out."""
