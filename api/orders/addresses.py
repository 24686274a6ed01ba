"""Where the pages of orders are."""

from __future__ import annotations

from urllib.parse import quote


def order_path(programme_id: str, order_id: str) -> str:
    """The address of an order's page."""
    return f"/programmes/{programme_id}/orders/{quote(order_id)}"
