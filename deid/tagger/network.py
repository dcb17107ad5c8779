"""The network, as it runs: hashed embeddings, dilated convolutions, one label for each token. NumPy only.

Embeddings are stored as bytes with one scale a row. Weights are read from one safetensors file; shapes below are
(tokens, width). The same arithmetic in PyTorch is `deid.tagger.training`, which a test holds against this one.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load

from deid.tagger.features import mark, word
from deid.tokens import LONGEST, Token
from schemas.failure import Failure
from schemas.labels import Label

DILATIONS = (1, 2, 4, 8, 1)
"""Distance of the outer taps of each convolution: what stands 16 tokens away is still seen."""
CLASSES = ("O", *(f"{edge}-{label}" for label in Label for edge in "BI"))
_FIGURES = 4  # digits of a number up to which its value counts; of a longer one only how many and the first
_CHUNK, _MARGIN = 4096, 16  # tokens looked at together, and on either side of them
Array = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Network:
    """Weights, and what they make of a note."""

    weights: dict[str, Array]
    sha256: str
    """Of the file."""

    @classmethod
    def load(cls, path: Path) -> "Network":
        """Read weights. Raises Failure when the file is missing or is not one of ours."""
        try:
            content = path.read_bytes()
            wide = {name: w.astype(np.float32) for name, w in load(content).items()}
            for table in ("letters", "signs"):
                wide[table] = wide.pop(f"{table}.bytes") * wide.pop(f"{table}.scale")[:, None]
        except (OSError, SafetensorError, KeyError) as error:
            raise Failure(f"{path}: no weights of a name model; install Shodhan anew or name another file") from error
        return cls(wide, hashlib.sha256(content).hexdigest())

    def probabilities(self, tokens: list[Token], context: list[list[int]]) -> Array:
        """(tokens, classes): how likely each class of CLASSES is for each token. Linear in the number of tokens."""
        out = np.empty((len(tokens), len(CLASSES)), np.float32)
        for start in range(0, len(tokens), _CHUNK):
            first, last = max(0, start - _MARGIN), min(len(tokens), start + _CHUNK + _MARGIN)
            rows = self._forward(tokens[first:last], context[first:last])
            stop = min(len(tokens), start + _CHUNK)
            out[start:stop] = rows[start - first : stop - first]
        return out

    def _forward(self, tokens: list[Token], context: list[list[int]]) -> Array:
        w = self.weights.__getitem__
        x = self._alone(tokens)
        x[:, self._width :] += self._around(context)
        h = np.maximum(_normal(x @ w("enter.weight") + w("enter.bias"), w("enter.scale"), w("enter.shift")), 0)
        h = h + np.maximum(h.mean(0) @ w("whole.weight") + w("whole.bias"), 0)
        for i, dilation in enumerate(DILATIONS):
            n = _normal(h, w(f"layer{i}.scale"), w(f"layer{i}.shift"))
            left, middle, right = w(f"layer{i}.weight")
            heard = n @ middle + w(f"layer{i}.bias")
            heard[dilation:] += n[:-dilation] @ left
            heard[:-dilation] += n[dilation:] @ right
            h = h + np.maximum(heard, 0)
        scores = _normal(h, w("leave.scale"), w("leave.shift")) @ w("leave.weight") + w("leave.bias")
        scores = np.exp(scores - scores.max(1, keepdims=True))
        return np.asarray(scores / scores.sum(1, keepdims=True), np.float32)

    def _alone(self, tokens: list[Token]) -> Array:
        """What each token says by itself; only words and numbers are worth keeping in the cache."""
        x = np.zeros((len(tokens), 2 * self._width), np.float32)
        kept = [i for i, token in enumerate(tokens) if token.kind in ("word", "number")]
        if kept:
            x[kept] = [
                self._word(text, key, kind)
                if kind == "word" and len(text) <= LONGEST
                else self._word(*_cut(text, key, kind))
                for _, _, text, key, kind in map(tokens.__getitem__, kept)
            ]
        marks = [i for i, token in enumerate(tokens) if token.kind not in ("word", "number")]
        ids = np.array([mark(tokens[i].text, tokens[i].kind) for i in marks], np.int32).reshape(-1, 2)
        x[marks, self._width :] = self.weights["signs"][ids].sum(1)
        return x

    @lru_cache(maxsize=1 << 15)  # noqa: B019 - one network a process, kept as long as the process
    def _word(self, text: str, key: str, kind: str) -> Array:
        """The letters' mean beside the signs' sum."""
        letters, signs = word(text, kind, key)
        out = np.zeros(2 * self._width, np.float32)
        if len(letters):
            out[: self._width] = np.add.reduce(self.weights["letters"][letters], axis=0) / len(letters)
        out[self._width :] = np.add.reduce(self.weights["signs"][signs], axis=0)
        return out

    def _around(self, context: list[list[int]]) -> Array:
        starts = list(accumulate(map(len, context), initial=0))[:-1]
        flat = np.fromiter(chain.from_iterable(context), np.int32)
        return np.add.reduceat(self.weights["signs"][flat], starts, axis=0)

    @property
    def _width(self) -> int:
        return int(self.weights["letters"].shape[1])


def _normal(x: Array, scale: Array, shift: Array) -> Array:
    """Layer normalisation (Ba et al., 2016)."""
    width = np.float32(x.shape[1])
    centred = x - np.add.reduce(x, axis=1, keepdims=True) / width
    spread = np.sqrt(np.einsum("ij,ij->i", centred, centred) / width + np.float32(1e-5))
    return np.asarray(centred / spread[:, None] * scale + shift, np.float32)


def _cut(text: str, key: str, kind: str) -> tuple[str, str, str]:
    """What a number or an endless word is cached by: numbers of more than four digits are alike by their length
    and first digit.
    """
    if kind == "number" and len(text) > _FIGURES:
        text = key = text[0] + "0" * (min(len(text), LONGEST) - 1)
    return text[:LONGEST], key[:LONGEST], kind
