"""A workspace over all of ../shared/data, with a deletion planted: what the benchmarks of curation run on."""

import gzip
import sys
from pathlib import Path

from curate.workspace import create_keys

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

PLANTED = "399296"
"""A PMID that stands in the baseline file; a later update file, planted, orders its deletion."""

DELETION = f"""<?xml version="1.0" encoding="utf-8"?>
<PubmedArticleSet><DeleteCitation><PMID Version="1">{PLANTED}</PMID></DeleteCitation></PubmedArticleSet>
"""

CONFIG = """\
version: 1
sources:
  pubmed: {{reader: pubmed, paths: ["{data}/pubmed", planted], rank: 1, terms: {{licence: NLM}}}}
  jats: {{reader: jats, paths: ["{data}/jats"], terms: {{licence: CC BY}}}}
  medmcqa:
    reader: medmcqa
    paths: ["{data}/medmcqa/native_row_cop_from_1.jsonl", "{data}/medmcqa/native_rows_cop_from_0.jsonl"]
    terms: {{licence: MIT}}
  medmcqa-validation:
    reader: medmcqa
    paths: ["{data}/medmcqa/dev_with_ids.jsonl.gz", "{data}/medmcqa/validation.jsonl.gz"]
    role: evaluation
    terms: {{licence: MIT}}
  medmcqa-test:
    reader: medmcqa
    paths: ["{data}/medmcqa/test_unlabelled.jsonl.gz"]
    role: evaluation
    terms: {{licence: MIT}}
  medqa: {{reader: medqa, paths: ["{data}/medqa"], role: evaluation, terms: {{licence: MIT}}}}
  pubmedqa: {{reader: pubmedqa, paths: ["{data}/pubmedqa"], terms: {{licence: MIT}}}}
  mimic: {{reader: mimic-hosp, paths: ["{data}/mimic_iv_demo"], terms: {{licence: ODbL 1.0}}}}
  aci: {{reader: aci-bench, paths: ["{data}/aci_bench"], personal: true, terms: {{licence: CC BY 4.0}}}}
dataset: {{name: shared, version: 1.0.0, published: 2026-11-22}}
"""


def workspace(folder: Path) -> Path:
    """Write the configuration, the planted deletion and the keys; gives the path of shodhan.yaml."""
    if not SHARED.exists():
        sys.exit("skipped: ../shared is not there, and this benchmark reads its data")
    (folder / "planted").mkdir(parents=True, exist_ok=True)
    (folder / "planted" / "pubmed26n9999.xml.gz").write_bytes(gzip.compress(DELETION.encode(), mtime=0))
    config = folder / "shodhan.yaml"
    config.write_text(CONFIG.format(data=SHARED / "data"), encoding="utf-8")
    create_keys(config)
    return config
