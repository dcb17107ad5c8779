"""An index on disk: the sketches of all documents that stayed, so that later files are compared without their text.

    INDEX/index.json                    written last, by one rename: what is not named there does not exist
    INDEX/<run>/part-NNNNN.arrow        sketches of the documents of that run that stayed
    INDEX/lock                          one process at a time

Who may write to it decides what counts as a duplicate. Who holds it learns ids, lengths and hashes of five-word runs:
enough to test whether a guessed sentence stands in a document, so guard it as the text.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from audit.canonical import sha256_of as digest_of
from curate.durable import sha256_of, write_json
from schemas.dedup_index import DedupIndex, IndexGeneration
from schemas.failure import Failure, Refusal


@dataclass(frozen=True)
class Index:
    """The generations that a run is compared with: those before its own."""

    folder: Path
    stored: DedupIndex
    inputs_sha256: str

    @classmethod
    def open(cls, folder: Path, definition: str, inputs_sha256: str) -> "Index":
        """Read `folder/index.json`, or begin one. Raises Failure where its sketches mean something else."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "index.json"
        if not path.exists():
            return cls(folder, DedupIndex(definition=definition), inputs_sha256)
        try:
            stored = DedupIndex.model_validate_json(path.read_bytes())
        except ValidationError:
            raise Failure(f"{path}: is no index of near duplicates, or one of another version") from None
        if stored.definition != definition:
            raise Failure(
                f"{folder}: was made with another threshold, shingle, number of permutations or version of Shodhan; "
                "make a new index from the kept files, or use the settings it was made with"
            )
        return cls(folder, stored, inputs_sha256)

    @property
    def before(self) -> tuple[IndexGeneration, ...]:
        """The generations before that of these inputs: running twice on the same files compares with the same."""
        generations = self.stored.generations
        mine = [number for number, each in enumerate(generations) if each.inputs_sha256 == self.inputs_sha256]
        return generations[: mine[0]] if mine else generations

    @property
    def added(self) -> bool:
        """Whether these inputs are in the index already."""
        return len(self.before) < len(self.stored.generations)

    @property
    def digest(self) -> str:
        """SHA-256 over what a run is compared with."""
        return digest_of({"generations": [each.model_dump(mode="json") for each in self.before]})

    def files(self) -> list[Path]:
        """The sketch files to compare with. Raises Refusal where one is not what `index.json` says."""
        found = []
        for generation in self.before:
            for name, digest in generation.files.items():
                path = self.folder / generation.run / name
                if not path.exists() or sha256_of(path) != digest:
                    raise Refusal(f"{path}: is not the file that index.json names; restore the index, or make it anew")
                found.append(path)
        return found

    def add(self, run: str, documents: int, files: dict[str, str]) -> None:
        """Name the files of a run, durably."""
        generation = IndexGeneration(run=run, inputs_sha256=self.inputs_sha256, documents=documents, files=files)
        stored = self.stored.model_copy(update={"generations": (*self.stored.generations, generation)})
        write_json(self.folder / "index.json", stored.model_dump(mode="json"))
