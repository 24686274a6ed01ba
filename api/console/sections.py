"""What leads to the pages of each room: a line in the navigation for whoever may see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from api.identity.access import Principal
from api.requests.context import Context
from api.rooms import room_modules


@dataclass(frozen=True)
class Section:
    """A line of the navigation. ``title`` is a key of the catalogue, ``path`` an address that may hold
    ``{programme_id}``, ``action`` what one must be allowed; smaller ``place`` comes first. ``holds`` says in a sentence
    (a key too) what is there, for who comes for the first time.
    """

    title: str
    path: str
    action: str
    place: int
    holds: str

    @property
    def of_programme(self) -> bool:
        """Whether it leads into a programme."""
        return "{programme_id}" in self.path


@dataclass(frozen=True)
class Waiting:
    """Something in a programme that waits for who looks: a sentence with its count, and where it is done."""

    sentence: str
    path: str


@cache
def sections() -> tuple[Section, ...]:
    """The sections of all rooms: each package of `api` may have a ``pages`` module with ``SECTIONS``."""
    found = [section for pages in room_modules("pages") for section in getattr(pages, "SECTIONS", ())]
    return tuple(sorted(found, key=lambda section: section.place))


def sections_for(principal: Principal, of_programme: bool) -> list[Section]:
    """The lines of the navigation that lead somebody somewhere."""
    return [one for one in sections() if one.of_programme == of_programme and principal.may(one.action)]


def waiting_for(context: Context, programme_id: str) -> list[Waiting]:
    """What waits in a programme for who has signed in: of each room whose ``pages`` has a ``waiting``, which is given
    the context and the programme's id and tells of what that role does alone.
    """
    asked = [pages.waiting for pages in room_modules("pages") if hasattr(pages, "waiting")]
    return [one for waiting in asked for one in waiting(context, programme_id)]
