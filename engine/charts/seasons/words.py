"""What the measures and plans of an outlook are called, in its picture and on pages."""

from __future__ import annotations

from engine.words import message

MEASURES = {
    "people": message("People placed"),
    "placements": message("Placements"),
    "newcomers_share": message("Newcomers"),
    "crews_kept": message("Recalls kept"),
    "income": message("Net income"),
    "savings": message("Savings"),
    "regions": message("Regions with somebody at work"),
}
SHARES = ("newcomers_share",)
PLANS = {
    "short-sighted": message("plans of each year alone"),
    "far-sighted": message("plans that look ahead"),
}
