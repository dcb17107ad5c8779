import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.measure import Gold, score, wilson
from schemas.labels import Label
from schemas.span import Span


def test_hidden_leaked_and_over():
    gold = Gold("n", "Ram met Sita there", (Span(0, 3, Label.PERSON), Span(8, 12, Label.PERSON)))
    scores = score([gold], [[Span(0, 3, Label.LOCATION), Span(4, 7, Label.PERSON)]])
    cell = scores.cells["all", "all"]
    assert (cell.hidden, cell.spans) == (1, 2)
    assert scores.confusion == {("PERSON", "LOCATION"): 1}
    assert [leak.text for leak in scores.leaks] == ["Sita"]
    assert scores.over("plain") == pytest.approx(3 / 8)
    assert "Sita" not in str(scores.as_json())
    assert scores.as_json()["leaks"] == [
        {"id": "n", "tag": "plain", "label": "PERSON", "start": 8, "end": 12, "length": 4}
    ]
    assert scores.as_json(1)["leaks"][0]["text"] == "Sita"


def test_a_native_case_ending_is_forgiven():
    gold = Gold("n", "रफिकुलपुरको", (Span(0, len("रफिकुलपुरको"), Label.PERSON),))
    assert score([gold], [[Span(0, 9, Label.PERSON)]]).cells["all", "all"].hidden == 1


def test_wilson():
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(0, 0) == (0.0, 1.0)


OFFICIAL = Path(__file__).resolve().parents[2].parent / "shared" / "gold" / "score.py"
LABELS = [Label.PERSON, Label.DATE, Label.LOCATION]


@st.composite
def notes_and_spans(draw):
    """Notes of letters, digits, case endings and marks, gold spans that do not overlap, predicted spans anyhow."""
    notes, found = [], []
    for number in range(draw(st.integers(1, 5))):
        text = draw(st.text(st.sampled_from("ab1 ,रफिকூ।"), min_size=1, max_size=40))
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
        gold = [Span(a, b, draw(st.sampled_from(LABELS))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
        tag = draw(st.sampled_from(["plain", "adversarial"]))
        notes.append(Gold(f"n{number}", text, tuple(gold), tag, draw(st.sampled_from(["en", "hi"]))))
        places = st.tuples(st.integers(0, 40), st.integers(1, 12), st.sampled_from(LABELS))
        found.append([Span(a, a + n, label) for a, n, label in draw(st.lists(places, max_size=4))])
    return notes, found


def official(notes, found, folder):
    """What the corpus's own scorer counts of the same."""
    gold, predicted, totals = folder / "gold.jsonl", folder / "found.jsonl", folder / "totals.json"
    gold.write_text(
        "".join(
            json.dumps({
                "id": n.id, "text": n.text, "tag": n.tag, "language_mix": n.language_mix,
                "spans": [{"start": s.start, "end": s.end, "label": s.label, "text": ""} for s in n.spans],
            }) + "\n" for n in notes
        )
    )  # fmt: skip
    predicted.write_text(
        "".join(
            json.dumps({"id": n.id, "spans": [{"start": s.start, "end": s.end, "label": s.label} for s in spans]})
            + "\n"
            for n, spans in zip(notes, found, strict=True)
        )
    )
    command = [sys.executable, str(OFFICIAL), str(gold), "--predictions", str(predicted), "--json", str(totals)]
    subprocess.run(command, check=True, capture_output=True)
    return json.loads(totals.read_text())


@pytest.mark.skipif(not OFFICIAL.exists(), reason="../shared/gold/score.py is not there to agree with")
@settings(max_examples=25, deadline=None)
@given(drawn=notes_and_spans())
def test_the_counting_agrees_with_the_gold_corpus(tmp_path_factory, drawn):
    notes, found = drawn
    ours, theirs = score(notes, found), official(notes, found, tmp_path_factory.mktemp("score"))
    for (kind, name), cell in ours.cells.items():
        assert cell.recall == pytest.approx(theirs["recall"][f"{kind}/{name}"])
        assert cell.covered / max(1, cell.characters) == pytest.approx(theirs["char_recall"][f"{kind}/{name}"])
    assert {tag: ours.over(tag) for tag in ours.outside} == pytest.approx(theirs["over"])
