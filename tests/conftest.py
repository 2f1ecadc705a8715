"""For all tests."""

from hypothesis import settings

# A busy machine is no reason to fail: what must be quick is measured by bench/, not by a deadline.
settings.register_profile("roomful", parent=settings.default, deadline=None)
settings.load_profile("roomful")
