"""Prices and the bound that they prove."""
