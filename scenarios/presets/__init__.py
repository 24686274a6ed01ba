"""One module per preset; a file placed here is found by `scenarios.catalogue.presets`."""
