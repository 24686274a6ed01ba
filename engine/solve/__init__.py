"""Mechanisms that choose who goes where, and the proof of how good the choice is."""
