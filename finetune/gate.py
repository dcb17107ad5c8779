"""The only way from a recipe to data: through audit's verification of the whole evidence. There is no flag to skip it.

Nothing else in this room takes a path to data; what trains and scores takes the `VerifiedDataset` that comes from here.
"""

from pathlib import Path

from audit.dataset import VerifiedDataset, verify_dataset
from audit.keys import PUBLIC_KEY
from schemas.recipe import Recipe


def open_dataset(recipe: Recipe, root: Path) -> VerifiedDataset:
    """The recipe's dataset, its signature, digests, place in the log, revocation, purpose and terms verified.

    `root` is the folder that the recipe's paths are relative to. Raises Refusal with one line on what does not hold.
    """
    audit_dir = root / recipe.workspace / "audit"
    vkey = audit_dir / PUBLIC_KEY if recipe.trust is None else root / recipe.trust
    return verify_dataset(root / recipe.dataset, audit_dir=audit_dir, vkey=vkey, purpose=recipe.purpose)
