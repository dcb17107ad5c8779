import multiprocessing
import os
import signal

import pytest

from deid.tagger.features import word
from deid.tagger.notebook import notebook
from deid.tagger.synthesis import pools
from schemas.failure import Failure

pytest.importorskip("torch", reason="PyTorch is not installed: the extra `finetune`")

from deid.tagger import training
from deid.tagger.training import Corpus, prepare

NOTES = notebook()[:80]
POOLS = pools(NOTES)


def numbers(corpus: Corpus) -> list[object]:
    """All that it holds, as lists."""
    examples = [[[array.tolist() for array in vars(each).values()] for each in made] for made in corpus.examples]
    return [examples, *([array.tolist() for array in arrays] for arrays in (corpus.letters, corpus.signs))]


def test_same_numbers_at_any_number_of_workers_and_after_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = numbers(prepare(NOTES, POOLS, 2, 1))
    assert numbers(prepare(NOTES, POOLS, 2, 2)) == alone
    seen = 0

    def killing(*text: str) -> object:
        """The features of a word; meanwhile a worker is killed, twice."""
        nonlocal seen
        seen += 1
        if seen in (10, 400):
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        return word(*text)

    monkeypatch.setattr(training, "word", killing)
    assert numbers(prepare(NOTES, POOLS, 2, 2)) == alone
    assert seen > 400


def test_workers_that_are_always_killed_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_work", _die)
    with pytest.raises(Failure, match="killed 3 times"):
        prepare(NOTES, POOLS, 1, 2)


def _die(batch: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
