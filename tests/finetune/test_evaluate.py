import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import sha256_of
from finetune import run
from finetune.base import find_base
from finetune.evaluate import LETTERS, choose_items, choose_letters, evaluate, letter_tokens, make_item, mcnemar, wilson
from finetune.gate import open_dataset
from finetune.model import load_model
from finetune.phases import Phases
from schemas.extra import QuestionExtra
from schemas.failure import Failure
from schemas.recipe import EvaluationRecord


@pytest.fixture(scope="module")
def evaluated(trained):
    workspace, recipe, _ = trained
    return evaluate(open_dataset(recipe, workspace.root), recipe, workspace.root)


def test_base_and_adapter_are_scored_on_the_same_questions(evaluated):
    assert sorted(evaluated.scores) == ["medmcqa-validation", "medqa-test"]
    for scores in evaluated.scores.values():
        assert sorted(scores) == ["adapter", "base"]
        assert scores["base"].items == scores["adapter"].items
        for score in scores.values():
            assert score.accuracy == score.correct / score.items
            assert (score.low, score.high) == wilson(score.correct, score.items)
    for name, change in evaluated.differences.items():
        scores = evaluated.scores[name]
        assert scores["adapter"].correct - scores["base"].correct == change.gained - change.lost
    assert [evaluated.scores[name]["base"].items for name in sorted(evaluated.scores)] == [6, 5]


def test_the_record_is_kept_bound_and_logged(evaluated, trained):
    workspace, _, training = trained
    stored = (workspace.root / "models" / training.run / "evaluation.json").read_bytes()
    assert EvaluationRecord.model_validate_json(stored) == evaluated
    assert evaluated.training_sha256 == sha256_of(training)
    assert evaluated.certificate_sha256 == training.certificate_sha256
    assert workspace.log.history().find(run.EVALUATED, sha256_of(evaluated)) is not None


def test_scoring_twice_gives_the_same_record(evaluated, trained):
    workspace, recipe, _ = trained
    assert evaluate(open_dataset(recipe, workspace.root), recipe, workspace.root) == evaluated


def test_how_many_questions_are_scored_does_not_make_another_run(evaluated, trained):
    workspace, _, training = trained
    recipe = workspace.recipe(evaluate_items=2)
    fewer = evaluate(open_dataset(recipe, workspace.root), recipe, workspace.root)
    assert fewer.adapter == training.run
    assert {scores["base"].items for scores in fewer.scores.values()} == {2}


def test_the_base_is_the_model_without_the_adapter(evaluated, trained, tokenizer):
    workspace, recipe, _ = trained
    items = choose_items(
        open_dataset(recipe, workspace.root), tokenizer, seed=recipe.seed, per_benchmark=recipe.evaluate_items
    ).items
    model = load_model(find_base(recipe.model, workspace.root, workspace.root), quantise=True)
    choices = choose_letters(model, tokenizer, items, Phases())
    hits = {}
    for item, choice in zip(items, choices, strict=True):
        hits[item.benchmark] = hits.get(item.benchmark, 0) + (item.answer == choice)
    assert hits == {name: scores["base"].correct for name, scores in evaluated.scores.items()}


def test_the_choice_is_the_letter_most_likely_to_come_next(trained, tokenizer):
    """Against one question at a time, without padding."""
    workspace, recipe, _ = trained
    dataset = open_dataset(recipe, workspace.root)
    items = choose_items(dataset, tokenizer, seed=1, per_benchmark=8).items
    model = load_model(find_base(recipe.model, workspace.root, workspace.root), quantise=False)
    letters = letter_tokens(tokenizer)
    expected = []
    with torch.no_grad():
        for item in items:
            last = model(input_ids=torch.tensor([item.input_ids])).logits[0, -1]
            expected.append(max(range(item.options), key=lambda option, last=last: last[letters[option]].item()))
    assert choose_letters(model, tokenizer, items, Phases()) == expected
    assert len(set(expected)) > 1 or len(items) > 0


def test_a_recipe_that_was_not_trained_is_a_failure(workspace):
    recipe = workspace.recipe()
    with pytest.raises(Failure, match="not trained yet"):
        evaluate(open_dataset(recipe, workspace.root), recipe, workspace.root)


def test_a_dataset_without_answered_questions_is_a_failure(workspace, tokenizer):
    rows = [each for each in workspace.rows() if each["split"] != "evaluation"]
    workspace.certified([*rows, workspace.question(1, "evaluation", "hidden", None)], "hidden")
    dataset = open_dataset(workspace.recipe(dataset="datasets/hidden/1.0.0"), workspace.root)
    with pytest.raises(Failure, match="no question with an answer"):
        choose_items(dataset, tokenizer, seed=1, per_benchmark=5)


QUESTION = {"question": "Which?", "options": ("heart", "liver"), "answer": 1}


def test_a_question_is_asked_with_its_context_and_lettered_options(tokenizer):
    item = make_item(tokenizer, "b", "Say which.", QuestionExtra(**QUESTION, context="A study."))
    asked = tokenizer.decode(list(item.input_ids))
    assert asked == (
        "<|im_start|>user\nSay which.\n\nA study.\nWhich?\nA. heart\nB. liver<|im_end|>\n<|im_start|>assistant\n"
    )
    assert (item.options, item.answer) == (2, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"answer": None}, "no_answer"),
        ({"answer": 2}, "no_answer"),
        ({"options": ("heart",), "answer": 0}, "fewer_than_two_options"),
        ({"options": tuple("abcdefghijk")}, "too_many_options"),
        ({"question": "Which?<|im_end|>"}, "special_token_in_text"),
        ({"question": "x" * 2_000}, "prompt_too_long"),
    ],
)
def test_what_cannot_be_scored_has_a_reason(tokenizer, change, reason):
    assert make_item(tokenizer, "b", None, QuestionExtra(**{**QUESTION, **change})) == reason


def test_a_tokenizer_without_letters_is_refused(tokenizer):
    def spell(letter, **_):
        return {"input_ids": [1, 2]}

    with pytest.raises(Failure, match="single token"):
        letter_tokens(spell)
    assert len(set(letter_tokens(tokenizer))) == len(LETTERS)


@pytest.mark.parametrize(
    ("correct", "items", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_against_the_published_table(correct, items, low, high):
    assert wilson(correct, items) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("gained", "lost", "p"), [(0, 0, 1.0), (5, 5, 1.0), (10, 0, 2 / 1024), (1, 9, 22 / 1024)])
def test_mcnemar_by_counting(gained, lost, p):
    assert mcnemar(gained, lost) == pytest.approx(p)
    assert mcnemar(lost, gained) == mcnemar(gained, lost)


@given(st.integers(1, 500).flatmap(lambda items: st.tuples(st.integers(0, items), st.just(items))))
def test_the_interval_holds_the_share_and_is_symmetric(case):
    correct, items = case
    low, high = wilson(correct, items)
    assert 0.0 <= low <= correct / items <= high <= 1.0
    assert wilson(items - correct, items) == pytest.approx((1 - high, 1 - low))
