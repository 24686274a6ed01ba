"""The parts of the adversarial preset: season, tables, anchors, ties and clause variants."""
