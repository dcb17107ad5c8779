"""The sequence model: authored notes, the text synthesised from them, features, network, training, inference."""

FILE = "name_model.safetensors"
"""The file of weights, in this package and in what `shodhan deid train` writes."""
