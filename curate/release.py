"""Release: from the parts of the last stage to a dataset folder that carries its own evidence.

    datasets/<name>/.<version>.building/    shards, card, Croissant metadata, and last the certificate
    audit log                               the entry `dataset.certified`
    datasets/<name>/<version>/              by one rename

A dataset of this run that is in its place already is left alone; one of another run is never overwritten.
"""

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from audit import log
from audit.canonical import sha256_of as digest_of
from audit.card import CARD, dataset_card
from audit.certificate import CERTIFICATE, Certificate, certify
from audit.croissant import CROISSANT, croissant
from audit.durable import replace, sync_folder
from audit.keys import CHECKPOINT
from audit.report import write_report
from curate.durable import write_json
from curate.run import FinishedStage, Run, summary
from curate.shards import write_shards
from curate.stages.deidentify import detectors
from schemas.certificate import DeidEvidence, Predicate, StageDigest
from schemas.failure import Failure
from schemas.log_entry import CERTIFIED, LogEntry


@dataclass(frozen=True)
class Release:
    """What a finished run leaves behind."""

    dataset: Path
    certificate_sha256: str
    report: Path
    checkpoint: Path
    predicate: Predicate


def standing(run: Run) -> Certificate | None:
    """The certificate of this run's dataset, where it is in its place; None where the place is free.

    Raises Failure where another run's dataset has the name and version, and Refusal where its certificate is damaged.
    """
    place = _place(run)
    if not place.exists():
        return None
    certificate = Certificate.open(place / CERTIFICATE, run.signer.verifier)
    if certificate.statement.predicate.run != run.plan.run:
        raise Failure(
            f"{place}: this version is taken by another run, with other sources, settings or code; "
            "raise dataset.version and run again"
        )
    return certificate


def release(run: Run, finished: Sequence[FinishedStage]) -> Release:
    """Build, certify, log and place the dataset, and write the run's report.

    Raises Failure where the dataset's version is taken by another run, or no row is left.
    """
    certificate = standing(run) or _build(run, finished)
    predicate = certificate.statement.predicate
    report = run.folder / "report.html"
    write_report(
        report,
        predicate=predicate,
        certificate_sha256=certificate.sha256,
        checkpoint=run.log.history().note,
        stages=[stage.record for stage in finished],
        measures=[stage.measure for stage in finished],
    )
    return Release(_place(run), certificate.sha256, report, run.log.audit_dir / CHECKPOINT, predicate)


def _place(run: Run) -> Path:
    settings = run.plan.config.dataset
    return run.plan.config.workspace / "datasets" / settings.name / settings.version


def _build(run: Run, finished: Sequence[FinishedStage]) -> Certificate:
    settings, place = run.plan.config.dataset, _place(run)
    building = place.with_name(f".{settings.version}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    splits = write_shards(finished[-1].parts, building / "shards", settings.shard_rows)
    if not splits:
        raise Failure("no row is left to certify: see dropped/ and quarantine/ of the run for the reasons")
    predicate = _predicate(run, finished, splits)
    write_json(building / CROISSANT, croissant(settings, predicate, building))
    replace(building / CARD, dataset_card(settings, predicate, [stage.record for stage in finished]).encode())
    certificate_sha256 = certify(building, predicate, run.signer)
    run.log.append_once([_entry(run, predicate, certificate_sha256)])
    building.rename(place)
    sync_folder(place.parent)
    return Certificate.open(place / CERTIFICATE, run.signer.verifier)


def _predicate(run: Run, finished: Sequence[FinishedStage], splits: dict[str, int]) -> Predicate:
    plan, settings = run.plan, run.plan.config.dataset
    licences = {source.terms.licence for source in plan.config.sources.values()}
    return Predicate(
        dataset=settings.name,
        version=settings.version,
        published=settings.published,
        run=plan.run,
        code_sha256=plan.code_sha256,
        config_sha256=plan.config_sha256,
        purpose=settings.purpose,
        licences=tuple(sorted(licences)),
        splits=splits,
        sources=summary(finished),
        stages=tuple(StageDigest(stage=stage.folder.name, record_sha256=digest_of(stage.record)) for stage in finished),
        evaluation_sources=plan.evaluation,
        decontamination=next((told for stage in finished if (told := stage.record.decontamination)), None),
        deid=_deid(run, finished) if plan.personal else None,
    )


def _deid(run: Run, finished: Sequence[FinishedStage]) -> DeidEvidence:
    policy = run.plan.config.deid
    records = {stage.record.stage: stage.record for stage in finished}
    held = (records[name].sources.values() for name in ("deidentify", "verify"))
    prefix = "replaced_"
    return DeidEvidence(
        policy_sha256=digest_of(policy),
        detectors=detectors(policy),
        replaced={
            name.removeprefix(prefix): number
            for name, number in records["deidentify"].counts.items()
            if name.startswith(prefix)
        },
        residual_quarantined=sum(Counter(source.quarantined).total() for sources in held for source in sources),
    )


def _entry(run: Run, predicate: Predicate, certificate_sha256: str) -> LogEntry:
    return LogEntry(
        event=CERTIFIED,
        recorded_at=log.now(),
        component="curate.release",
        component_version=version("shodhan"),
        run=run.plan.run,
        subject_sha256=certificate_sha256,
        subject_name=f"certificate:{predicate.dataset}/{predicate.version}",
        counts={f"rows_{split}": rows for split, rows in predicate.splits.items()},
    )
