"""Measures of equity that a frontier goes along: a file each with ``NAME``, ``TITLE``, ``MORE`` and ``steps``."""
