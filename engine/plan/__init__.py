"""The plan and what can be said of it alone: the audit, its certificate, its reasons."""
