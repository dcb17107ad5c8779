import importlib.resources

import numpy as np
import yaml
from safetensors.numpy import load_file, save_file

from curate.configuration import load
from curate.plan import plan
from curate.synthetic.demo import write_demo
from curate.workspace import create_keys


def test_other_weights_under_the_same_name_are_another_run(tmp_path):
    path = write_demo(tmp_path / "demo", 3)
    create_keys(path)
    weights = tmp_path / "weights.safetensors"
    shipped = importlib.resources.files("deid.tagger") / "name_model.safetensors"
    weights.write_bytes(shipped.read_bytes())
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["deid"] = {**settings.get("deid", {}), "name_model": str(weights)}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    first = plan(load(path), path.parent).run
    assert plan(load(path), path.parent).run == first
    changed = load_file(weights)
    changed["leave.bias"] = changed["leave.bias"] + np.float16(1)
    save_file(changed, weights)
    assert plan(load(path), path.parent).run != first
