"""What `shodhan demo` starts from: a folder with the hospital, the shelf, the examinations, and two plans."""

import importlib.resources
from pathlib import Path

from curate.synthetic.hospital import write_hospital
from curate.synthetic.literature import write_literature
from curate.synthetic.questions import write_questions


def write_demo(folder: Path, seed: int) -> Path:
    """Write the demo's input into `folder` and give the path of its `shodhan.yaml`.

    `sources/` holds the data; `shodhan.yaml` and `recipe.yaml` say what becomes of it. The same seed gives the same
    bytes, apart from what the machine's zlib makes of the .gz files.
    """
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    write_hospital(sources, seed)
    write_literature(sources, seed)
    write_questions(sources, seed)
    for name in ("shodhan.yaml", "recipe.yaml"):
        text = (importlib.resources.files("curate.synthetic.tables") / f"{name}.txt").read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "shodhan.yaml"
