"""The training libraries (torch, transformers, peft, trl, bitsandbytes): offline, quiet, or missing with the remedy."""

import importlib.util
import logging
import os
import warnings
from typing import Final

from schemas.failure import Missing

REQUIRED: Final = ("torch", "transformers", "peft", "trl", "bitsandbytes", "accelerate", "datasets", "safetensors")
INSTALL: Final = "pip install -c constraints.txt -e '.[finetune]'"
ENVIRONMENT: Final = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # a thread that waits sleeps: spinning starves its own siblings on a busy machine
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # cuBLAS repeats its sums in one order only with this set
}


def require() -> None:
    """Raise Missing, with the command that installs them, when one of the libraries is not installed. Imports none."""
    for name in REQUIRED:
        if importlib.util.find_spec(name) is None:
            raise Missing(f"fine-tuning needs {name}, which is not installed: {INSTALL}")


def prepare() -> None:
    """Make the libraries ready: no network, no telemetry, no chatter. Call it before the first import of any of them.

    Raises Missing as `require`.
    """
    require()
    os.environ.update(ENVIRONMENT)
    os.environ["CUDA_VISIBLE_DEVICES"] = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]  # trl trains on one
    _quiet()
    import torch
    from huggingface_hub import constants

    constants.HF_HUB_OFFLINE = True  # the environment is read at import, which another room may have done already
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(len(os.sched_getaffinity(0)))


def versions() -> dict[str, str]:
    """Version of each library that decides what training gives."""
    from importlib.metadata import version

    return {name: version(name) for name in ("accelerate", "bitsandbytes", "peft", "torch", "transformers", "trl")}


def _quiet() -> None:
    """Silence what is known and harmless: deprecations inside the libraries, and the CPU kernel that is not fetched."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    for name in ("bitsandbytes", "accelerate", "trl", "peft"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for module in ("transformers", "trl", "peft", "accelerate", "torch", "bitsandbytes"):
        for category in (FutureWarning, DeprecationWarning, UserWarning):
            warnings.filterwarnings("ignore", category=category, module=rf"{module}(\.|$)")
