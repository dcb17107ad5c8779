"""The network, as it runs: hashed embeddings, dilated convolutions, one label for each token. NumPy only.

Embeddings are stored as bytes with one scale a row. Weights are read from one safetensors file; shapes below are
(tokens, width). The same arithmetic in PyTorch is `deid.tagger.training`, which a test holds against this one.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load

from deid.tagger.features import Ids, word
from deid.tagger.vectors import Vectors
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
        x = self._words([_kept_by(token) for token in tokens])
        x[:, self._width :] += self._surroundings(list(map(tuple, context)))
        h = _positive(_normal(x @ w("enter.weight") + w("enter.bias"), w("enter.scale"), w("enter.shift")))
        h += _positive(h.mean(0) @ w("whole.weight") + w("whole.bias"))
        for i, dilation in enumerate(DILATIONS):
            n = _normal(h, w(f"layer{i}.scale"), w(f"layer{i}.shift"))
            left, middle, right = w(f"layer{i}.weight")
            heard = n @ middle
            heard += w(f"layer{i}.bias")
            heard[dilation:] += n[:-dilation] @ left
            heard[:-dilation] += n[dilation:] @ right
            h += _positive(heard)
        scores = _normal(h, w("leave.scale"), w("leave.shift")) @ w("leave.weight") + w("leave.bias")
        scores = np.exp(scores - scores.max(1, keepdims=True))
        return np.asarray(scores / scores.sum(1, keepdims=True), np.float32)

    @cached_property
    def _words(self) -> Vectors[tuple[str, str, str]]:
        """What each token says by itself: the letters' mean beside the signs' sum."""
        return Vectors(2 * self._width, self._word)

    def _word(self, token: tuple[str, str, str]) -> Array:
        text, key, kind = token
        letters, signs = word(text, kind, key)
        out = np.zeros(2 * self._width, np.float32)
        if len(letters):
            out[: self._width] = np.add.reduce(self.weights["letters"][letters], axis=0) / len(letters)
        out[self._width :] = self._sum(signs)
        return out

    @cached_property
    def _surroundings(self) -> Vectors[tuple[int, ...]]:
        """What the signs of a token's surroundings come to; many tokens have the same ones."""
        return Vectors(self._width, lambda ids: self._sum(np.array(ids, np.int32)))

    def _sum(self, signs: Ids) -> Array:
        return np.asarray(np.add.reduce(self.weights["signs"][signs], axis=0))

    @property
    def _width(self) -> int:
        return int(self.weights["letters"].shape[1])


def _positive(x: Array) -> Array:
    """The same array, without what is below zero."""
    return np.maximum(x, 0, out=x)


def _normal(x: Array, scale: Array, shift: Array) -> Array:
    """Layer normalisation (Ba et al., 2016)."""
    width = np.float32(x.shape[1])
    x = x - np.asarray(np.add.reduce(x, axis=1, keepdims=True) / width, np.float32)
    x /= np.sqrt(np.einsum("ij,ij->i", x, x) / width + np.float32(1e-5))[:, None]
    x *= scale
    x += shift
    return x


def _kept_by(token: Token) -> tuple[str, str, str]:
    """Text, key and kind that a token is kept by: numbers of more than four digits are alike by their length and first
    digit, an endless word by its beginning.
    """
    kept = token[2:]
    text, key, kind = kept
    if kind == "number" and len(text) > _FIGURES:
        text = text[0] + "0" * (min(len(text), LONGEST) - 1)
        return text, text, kind
    return kept if len(text) <= LONGEST else (text[:LONGEST], key[:LONGEST], kind)
