"""Which reader reads which files: the readers by their name in `shodhan.yaml`, and the files that a source names."""

import glob
import importlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

from curate.sources.record import Broken, Document
from schemas.config import ReaderName, Source
from schemas.failure import Failure

Unit: TypeAlias = tuple[Path, ...]
"""Files that are read together: one, but for the tables of MIMIC-IV."""

_JSON, _CSV = r".*\.(json|jsonl|ndjson)", r".*\.csv"


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: its module (imported when it first reads), the names of its files in a folder, how they are grouped."""

    module: str
    names: str
    """Regular expression over the file's name in lower case, without `.gz` or `.xz`."""
    by_folder: bool = False

    def accepts(self, path: Path) -> bool:
        """Whether a file found in a folder is one of this reader's. Hidden files never are."""
        name = path.name.lower().removesuffix(".gz").removesuffix(".xz")
        return not name.startswith(".") and re.fullmatch(self.names, name) is not None

    def units(self, files: list[Path]) -> list[Unit]:
        """The files as units, in order."""
        if not self.by_folder:
            return [(path,) for path in files]
        return [tuple(unit) for _, unit in groupby(sorted(files, key=lambda path: (path.parent, path.name)), _folder)]

    def read(self, unit: Unit, source: Source) -> Iterator[Document | Broken]:
        """The records of a unit, streamed. Raises Failure where the unit as a whole cannot be read."""
        module = importlib.import_module(f"curate.sources.{self.module}")
        records: Iterator[Document | Broken] = module.read(unit, source)
        return records


def _folder(path: Path) -> Path:
    return path.parent


READERS: Final[dict[ReaderName, Reader]] = {
    "pubmed": Reader("pubmed", r".*\.xml"),
    "jats": Reader("jats", r".*\.(nxml|xml)"),
    "medmcqa": Reader("medmcqa", _JSON),
    "medqa": Reader("medqa", _JSON),
    "pubmedqa": Reader("pubmedqa", r".*\.json"),
    "mimic-hosp": Reader(
        "mimic_hosp",
        r"(admissions|patients|diagnoses_icd|d_icd_diagnoses|procedures_icd|d_icd_procedures|services|prescriptions"
        r"|microbiologyevents|labevents|d_labitems)\.csv",
        by_folder=True,
    ),
    "mimic-note": Reader("mimic_note", r"(discharge|radiology)(?!.*_detail)[^.]*\.csv"),
    "aci-bench": Reader("aci_bench", r"(?!.*_metadata)" + _CSV),
    "fhir": Reader("fhir", _JSON),
    "table": Reader("table", r".*\.(parquet|pq|csv|tsv|tab|json|jsonl|ndjson)"),
}


def find_files(source: Source, root: Path) -> list[Path]:
    """The files of a source, sorted, each once: `source.paths` are files, folders or globs, relative to `root`.

    In folders and behind globs only the reader's own files count (`Reader.accepts`); a file that is named is taken as
    it is. Raises Failure naming the path where one matches nothing.
    """
    reader = READERS[source.reader]
    files: dict[Path, Path] = {}
    for pattern in source.paths:
        path = root / pattern
        if path.is_file():
            found = [path]
        else:
            places = [path] if path.is_dir() else [Path(name) for name in glob.glob(str(path), recursive=True)]
            found = [file for place in places for file in _walk(place) if reader.accepts(file)]
        if not found:
            raise Failure(
                f"{pattern}: no file for reader `{source.reader}` under {root}; correct `paths` of the source"
                " or put the files there"
            )
        for file in found:
            files.setdefault(file.resolve(), file)
    return sorted(files.values(), key=lambda file: file.as_posix())


def _walk(place: Path) -> Iterator[Path]:
    """The file itself, or every file under the folder; links to folders are not followed, so there are no circles."""
    if place.is_file():
        yield place
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            yield Path(folder, name)
