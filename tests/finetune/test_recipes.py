import pytest

from finetune.recipes import load_recipe, write_recipe
from schemas.failure import Failure
from schemas.recipe import Recipe


def test_the_commented_recipe_states_the_defaults(tmp_path):
    path = tmp_path / "recipe.yaml"
    write_recipe(path)
    written = load_recipe(path)
    plain = Recipe(name=written.name, dataset=written.dataset, model=written.model)
    assert written == plain


def test_a_recipe_is_never_overwritten(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("mine")
    with pytest.raises(Failure, match="never overwritten"):
        write_recipe(path)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: a\ndataset: d\nmodel: m\nstepz: 3", "stepz: unknown key"),
        ("name: a\ndataset: d\nmodel: m\nlora: {rnak: 3}", "lora.rnak: unknown key"),
        ("nmae: a\ndataset: d", "nmae: unknown key"),
        ("name: a\ndataset: d", "model: Field required"),
        ("name: a\ndataset: d\nmodel: m\nsteps: 0", "steps: "),
        ("name: A B\ndataset: d\nmodel: m", "name: "),
        ("- a\n- b", "mapping"),
        ("a: [", "not valid YAML near line"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(tmp_path, text, says):
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    with pytest.raises(Failure) as caught:
        load_recipe(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_recipe_says_how_to_write_one(tmp_path):
    with pytest.raises(Failure, match="finetune init"):
        load_recipe(tmp_path / "none.yaml")
