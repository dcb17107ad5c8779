"""Croissant metadata (mlcommons.org/croissant/1.1, with the Responsible AI extension 1.0) of a dataset folder.

Every shard is a FileObject with its digest; a split is a FileSet of its shards and a RecordSet over them, so that the
folder loads with `mlcroissant` as it lies. Made before the certificate, which then covers it.
"""

from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from audit.certificate import file_sha256
from schemas.certificate import Predicate
from schemas.config import Dataset
from schemas.document import SHARD

CROISSANT: Final = "croissant.json"
PARQUET: Final = "application/x-parquet"
_CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_SPLITS: Final = {
    "train": "cr:TrainingSplit",
    "heldout": "cr:ValidationSplit",
    "evaluation": "cr:TestSplit",
}


def croissant(dataset: Dataset, predicate: Predicate, dataset_dir: Path) -> dict[str, Any]:
    """The JSON-LD of `dataset_dir`, whose shards lie in shards/<split>-<number>.parquet.

    States nothing that the configuration, the predicate and the shards do not: no wall clock, no host, no path above
    the folder.
    """
    shards = sorted((dataset_dir / "shards").glob("*.parquet"))
    splits = [split for split in predicate.splits if any(_split_of(shard) == split for shard in shards)]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": dataset.name,
        "description": dataset.description,
        "url": dataset.url,
        "license": sorted({dataset.licence, *predicate.licences}),
        "creator": {"@type": "sc:Organization", "name": dataset.creator},
        "publisher": {"@type": "sc:Organization", "name": dataset.creator},
        "datePublished": dataset.published.isoformat(),
        "version": dataset.version,
        "citeAs": _citation(dataset),
        "keywords": ["health", "medicine", "India", "de-identified" if predicate.deid else "literature"],
        **_responsible(predicate),
        "distribution": [*map(_file_object, shards), *map(_file_set, splits)],
        "recordSet": [_split_names(splits), *map(_record_set, splits)],
    }


def _split_of(shard: Path) -> str:
    return shard.stem.rpartition("-")[0]


def _citation(dataset: Dataset) -> str:
    return (
        f"@misc{{{dataset.name}, title = {{{dataset.name} {dataset.version}}}, author = {{{{{dataset.creator}}}}}, "
        f"year = {{{dataset.published.year}}}, url = {{{dataset.url}}}}}"
    )


def _file_object(shard: Path) -> dict[str, Any]:
    name = f"shards/{shard.name}"
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": shard.name,
        "contentUrl": name,
        "contentSize": f"{shard.stat().st_size} B",
        "encodingFormat": PARQUET,
        "sha256": file_sha256(shard),
    }


def _file_set(split: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{split}-files",
        "name": f"{split}-files",
        "description": f"The shards of the split {split}.",
        "encodingFormat": PARQUET,
        "includes": f"shards/{split}-?????.parquet",
    }


def _split_names(splits: list[str]) -> dict[str, Any]:
    """The splits themselves, as the specification wants them: a RecordSet of dataType cr:Split."""
    fields = [
        {"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"},
        {"@type": "cr:Field", "@id": "splits/url", "name": "url", "dataType": "sc:URL"},
    ]
    rows = [{"splits/name": split, "splits/url": _SPLITS.get(split, "cr:Split")} for split in splits]
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "The parts of the dataset: for training, held out from it, and for evaluation.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": fields,
        "data": rows,
    }


def _record_set(split: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "description": f"The rows of the split {split}: one document each, with the training example made of it.",
        "key": {"@id": f"{split}/doc_id"},
        "field": [field for column in SHARD for field in _fields(split, column)],
    }


def _fields(split: str, column: pa.Field) -> list[dict[str, Any]]:
    """One field a column; of a struct, one for each of its members."""
    if pa.types.is_struct(column.type):
        return [_field(split, column.name, f"{column.name}.{part.name}", part.type, part.name) for part in column.type]
    return [_field(split, column.name, column.name, column.type, None)]


def _field(split: str, column: str, name: str, kind: pa.DataType, member: str | None) -> dict[str, Any]:
    is_list = pa.types.is_list(kind)
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{split}/{name}",
        "name": name,
        "dataType": _data_type(kind.value_type if is_list else kind),
        "source": {"fileSet": {"@id": f"{split}-files"}, "extract": {"column": column}},
    }
    if member is not None:
        field["source"]["transform"] = {"jsonPath": member}
    if is_list:
        field |= {"isArray": True, "arrayShape": "-1"}
    return field


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Date" if pa.types.is_date(kind) else "sc:Text"


def _responsible(predicate: Predicate) -> dict[str, Any]:
    """The Responsible AI properties, as far as the evidence supports them; what was not measured is not stated."""
    stages = ", ".join(stage.stage for stage in predicate.stages)
    sources = ", ".join(sorted(predicate.sources))
    facts: dict[str, Any] = {
        "rai:dataCollection": f"Secondary use of existing records and literature: {sources}.",
        "rai:dataCollectionType": ["Secondary Data analysis"],
        "rai:dataPreprocessingProtocol": [f"Stages in order: {stages}."],
        "rai:dataUseCases": [
            f"Certified for the purpose `{predicate.purpose}` only; the terms of each row hold as well."
        ],
        "rai:dataReleaseMaintenancePlan": "A version never changes. One that is withdrawn is revoked in the audit log.",
    }
    if predicate.evaluation_sources:
        against = ", ".join(predicate.evaluation_sources)
        facts["rai:dataLimitations"] = [f"Training text that overlaps these evaluation sets was removed: {against}."]
    if predicate.deid:
        labels = ", ".join(f"{label} {count}" for label, count in sorted(predicate.deid.replaced.items()))
        facts["rai:personalSensitiveInformation"] = [
            f"Personal sources were de-identified. Spans replaced by label: {labels or 'none'}.",
            f"Documents held back because something was still found: {predicate.deid.residual_quarantined}.",
            "No detector finds everything: residual identifiers are possible. Re-identification must not be attempted.",
        ]
        facts["rai:machineAnnotationTools"] = list(predicate.deid.detectors)
    return facts
