"""All benchmark specs: a new one is a new file with ``NAME``, ``SIZES``, ``SMOKE`` and ``build(workers, folder)``."""
