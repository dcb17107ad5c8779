"""A patient table beside the notes: where it is, which column joins it to them, and what its columns hold."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schemas.labels import Label


def _searchable(label: Label) -> Label:
    if label is Label.AGE_OVER_89:
        raise ValueError("an age cannot be searched for; map the birth date as DATE")
    return label


class PatientTable(BaseModel):
    """Identifiers that are known of each patient; they are searched in the notes of that patient, and only there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(min_length=1)
    """The table, relative to the file that says so: Parquet, Arrow (Feather), CSV, TSV or JSON lines."""
    key: str = Field(min_length=1)
    """The column with the patient's number as the notes have it (`subject`). Several rows may be of one patient."""
    columns: dict[str, Annotated[Label, AfterValidator(_searchable)]] = Field(min_length=1)
    """Column to label, such as `{name: PERSON, phone: PHONE_NUMBER, birth_date: DATE}`. Other columns are not read."""
