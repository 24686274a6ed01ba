"""What holds for every test: a drawn example has no time of its own to meet, so that a busy machine fails nothing."""

from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
