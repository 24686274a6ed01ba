"""Webhooks: a ministry's own system hears of changes that the ministry may see, signed, and again until it answers."""
