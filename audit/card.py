"""The dataset card: README.md of a dataset folder, as the Hugging Face hub reads it.

Its YAML head tells `datasets` which shards are which split, so the folder loads as it lies.
"""

import re
from collections.abc import Sequence
from typing import Final

import jinja2

from schemas.certificate import Predicate
from schemas.config import Dataset
from schemas.stage_record import StageRecord

CARD: Final = "README.md"
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|])")


def dataset_card(dataset: Dataset, predicate: Predicate, stages: Sequence[StageRecord]) -> str:
    """The card's Markdown: what came in, what left and why, the evidence of de-identification, licences, how to verify.

    Equal input gives equal bytes. Made before the certificate, which then covers it.
    """
    environment = jinja2.Environment(  # Markdown, not HTML: `plain` takes the meaning out of markup
        loader=jinja2.PackageLoader("audit", ""),
        autoescape=False,  # noqa: S701
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"plain": _plain, "thousands": "{:,}".format}
    return environment.get_template("card.j2.md").render(dataset=dataset, predicate=predicate, reasons=_reasons(stages))


def _reasons(stages: Sequence[StageRecord]) -> list[tuple[str, str, int]]:
    """(stage, reason, rows) of all that was dropped or quarantined, in the order of the stages."""
    rows = []
    for record in stages:
        for verb in ("dropped", "quarantined"):
            totals: dict[str, int] = {}
            for count in record.sources.values():
                for reason, number in getattr(count, verb).items():
                    totals[reason] = totals.get(reason, 0) + number
            rows += [(record.stage, f"{verb}: {reason}", totals[reason]) for reason in sorted(totals)]
    return rows


def _plain(text: object) -> str:
    """`text` on one line, its Markdown characters escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))
