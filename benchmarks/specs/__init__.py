"""All benchmark specs: a new one is a new file, as `benchmarks.registry.Spec` says; no list names it."""
