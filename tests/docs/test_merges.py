"""No file of the repository holds what an unfinished merge leaves behind."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
FOLDERS = ("audit", "curate", "deid", "docs", "finetune", "schemas", "tests")


def test_no_file_holds_marks_of_a_conflict() -> None:
    files = [*ROOT.glob("*.*"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    texts = [path for path in files if path.suffix in {".py", ".md", ".toml", ".txt", ".tsv", ".j2", ".json"}]
    assert len(texts) > 100
    assert not [path for path in texts if LEFT.search(path.read_text(encoding="utf-8"))]
