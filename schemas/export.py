"""The nouns as JSON Schema (draft 2020-12) and the tables as plain descriptions, for readers in other languages."""

from typing import Any, Final

import pyarrow as pa
from pydantic import BaseModel

from schemas.certificate import Statement
from schemas.columns import ColumnPolicy
from schemas.config import Config
from schemas.dedup_index import DedupIndex
from schemas.document import TABLES, VERSION
from schemas.extra import ArticleExtra, NoteExtra, QuestionExtra
from schemas.log_entry import LogEntry
from schemas.patients import PatientTable
from schemas.policy import DeidPolicy
from schemas.recipe import EvaluationRecord, Plan, Recipe, TrainingMeasure, TrainingRecord
from schemas.stage_record import StageMeasure, StageRecord
from schemas.table_report import TablesReport

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
BASE: Final = "https://shodhan.dev/schemas/v1"

ROOTS: Final[dict[str, type[BaseModel]]] = {
    "article-extra": ArticleExtra,
    "certificate": Statement,
    "column-policy": ColumnPolicy,
    "config": Config,
    "dedup-index": DedupIndex,
    "deid-policy": DeidPolicy,
    "evaluation-record": EvaluationRecord,
    "log-entry": LogEntry,
    "note-extra": NoteExtra,
    "patient-table": PatientTable,
    "question-extra": QuestionExtra,
    "recipe": Recipe,
    "stage-measure": StageMeasure,
    "stage-record": StageRecord,
    "tables-report": TablesReport,
    "training-plan": Plan,
    "training-measure": TrainingMeasure,
    "training-record": TrainingRecord,
}
"""Every file or record that stands by itself; the models they are made of come along in `$defs`."""


def exported() -> dict[str, dict[str, Any]]:
    """File name -> JSON: a JSON Schema for each of `ROOTS`, and `table-<name>.json` for each Arrow table."""
    models = {f"{name}.json": json_schema(name, model) for name, model in ROOTS.items()}
    return models | {f"table-{name}.json": table(name, schema) for name, schema in TABLES.items()}


def json_schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema of what a reader must accept."""
    return {"$schema": DIALECT, "$id": f"{BASE}/{name}.json", **model.model_json_schema(mode="validation")}


def table(name: str, schema: pa.Schema) -> dict[str, Any]:
    """Columns of a Parquet table: name, Arrow type, whether it may be null, and the parts of structs and lists."""
    return {"table": name, "schema_version": VERSION, "columns": [_column(field) for field in schema]}


def _column(field: pa.Field) -> dict[str, Any]:
    described: dict[str, Any] = {"name": field.name, "type": _type(field.type), "nullable": field.nullable}
    if pa.types.is_struct(field.type):
        described["fields"] = [_column(field.type.field(index)) for index in range(field.type.num_fields)]
    if pa.types.is_list(field.type):
        described["items"] = _column(field.type.value_field)
    return described


def _type(kind: pa.DataType) -> str:
    if pa.types.is_struct(kind):
        return "struct"
    return "list" if pa.types.is_list(kind) else str(kind)
