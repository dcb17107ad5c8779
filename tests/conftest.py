"""One setting for every property test: a slow or busy machine is no failure."""

from hypothesis import settings

settings.register_profile("shodhan", deadline=None)
settings.load_profile("shodhan")
