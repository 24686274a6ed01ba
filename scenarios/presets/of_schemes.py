"""The presets of real schemes: every file in `scenarios/schemes` that has a `[season]` is one."""

from collections.abc import Mapping

from scenarios.catalogue import seasons
from scenarios.preset import Preset
from scenarios.scheme_preset import SchemePreset, preset_name


def presets() -> Mapping[str, Preset]:
    """The preset of each scheme, by name."""
    return {preset_name(scheme): SchemePreset(scheme, summary) for scheme, summary in seasons().items()}
