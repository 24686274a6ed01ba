"""Shapes that all resources share: strict bodies, pages, texts that a database can hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from engine.words import message

Item = TypeVar("Item", bound=BaseModel)
MOST_ITEMS = 1000


def _sound(text: str) -> str:
    if any(ord(mark) < 32 and mark not in "\n\t" for mark in text):
        raise ValueError(message("holds a control character"))
    text.encode()  # half of a character can't be stored
    return text


Text = Annotated[str, AfterValidator(_sound), Field(max_length=2000)]
Name = Annotated[str, AfterValidator(_sound), Field(min_length=1, max_length=200)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["GT"])]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="The most items of a page.")]
After = Annotated[str | None, Query(max_length=300, description="`next` of the page before.")]


def example(content: dict[str, Any]) -> ConfigDict:
    """A model that takes nothing but its fields, with an example for the documentation."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [content]})


class Page(BaseModel, Generic[Item]):
    """A page of a list; `next` is what to send as `after` for the following page, null at the end."""

    items: list[Item]
    next: str | None = Field(None, examples=["0198f2c3a4b5"])


def page(items: Sequence[Item], limit: int, keys: Sequence[str]) -> Page[Item]:
    """The first ``limit`` of items that were asked with one more, ``keys`` being their cursors."""
    more = len(items) > limit
    return Page(items=list(items[:limit]), next=keys[limit - 1] if more else None)


Toml = Annotated[str, Field(max_length=400_000)]
