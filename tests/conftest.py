"""What holds for all tests."""

from hypothesis import settings

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("dogwatch", deadline=None)
settings.load_profile("dogwatch")
