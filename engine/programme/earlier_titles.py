"""What templates handed out earlier call some columns: read where they come back filled in, never said."""

from __future__ import annotations

EARLIER_TITLES = {
    "worker_id": ("code du travailleur",),
    "occupations": ("métiers",),
    "headcount": ("postes à pourvoir",),
    "worker_cost": ("coût pour le travailleur",),
    "travel_cost_to_worker": ("coût du voyage pour le travailleur",),
    "score": ("note", "puntaje"),
}
