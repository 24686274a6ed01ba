"""Job orders on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.answers.spoken_requests import Sentence
from api.requests.shapes import Country, Name, Text, example

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=40)]
Reference = Annotated[Text, Field(min_length=1, max_length=64)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]*$", max_length=20)]
Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Places = Annotated[int, Field(ge=1, le=100_000)]
Skill = Annotated[Text, Field(min_length=1, max_length=200, pattern="^[^;]*$")]
Step = Literal["submission", "certification", "return", "closure"]
State = Literal["draft", "submitted", "certified", "closed"]
ORDER: dict[str, Any] = {
    "site_id": "S12",
    "destination_country": "CA",
    "isco08": "9211",
    "languages": ["en:A2"],
    "start_date": "2026-05-04",
    "end_date": "2026-10-30",
    "headcount": 12,
    "weekly_hours": 48,
    "hourly_wage": 17.2,
}


class OrderFields(BaseModel):
    """What an order asks for and pays; columns as the format describes them."""

    model_config = example(ORDER)
    site_id: Reference
    destination_country: Country
    destination_region: Code = ""
    sector: Code = ""
    isco08: Annotated[str, Field(pattern=r"^\d{4}$")]
    required_skills: Annotated[list[Skill], Field(max_length=50)] = []
    desired_skills: Annotated[list[Skill], Field(max_length=50)] = []
    languages: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z]{2,3}:(A1|A2|B1|B2|C1|C2)$")]], Field(max_length=20)
    ] = []
    min_experience_months: Annotated[float, Field(ge=0, le=1000)] = 0
    start_date: date
    end_date: date
    headcount: Places
    min_crew: Places = 1
    weekly_hours: Annotated[float, Field(ge=0, le=168)]
    guaranteed_weekly_hours: Annotated[float, Field(ge=0, le=168)] = 0
    hourly_wage: Amount = 0
    weekly_deductions: Amount = 0
    worker_cost: Amount = 0
    labour_market_test_until: date | None = None
    priority: Annotated[float, Field(ge=0, le=1e6, description="Set by the ministry of destination alone.")] = 1


class OrderIn(OrderFields):
    """A new order; its id is drawn where none is given, its employer is the one who files it."""

    model_config = example(ORDER)
    order_id: Identifier | None = Field(None, description="Your own id for it; it is kept as EMPLOYER~ID.")
    employer_id: Reference | None = Field(None, description="For a ministry that files for an employer.")
    submit: bool = Field(False, description="Submit it at once.")


class OrderOut(BaseModel):
    """An order with its state; its id begins with its employer's."""

    model_config = example(
        ORDER
        | {
            "order_id": "E12~7K3M9P2QX4",
            "employer_id": "E12",
            "state": "submitted",
            "version": 2,
            "created_at": "2026-01-05T09:00:00Z",
            "changed_at": "2026-01-06T10:00:00Z",
        }
    )
    order_id: str
    employer_id: str
    state: State
    version: int
    created_at: datetime
    changed_at: datetime
    site_id: str
    destination_country: str
    destination_region: str = ""
    sector: str = ""
    isco08: str
    required_skills: list[str] = []
    desired_skills: list[str] = []
    languages: list[str] = []
    min_experience_months: float = 0
    start_date: date
    end_date: date
    headcount: int
    min_crew: int = 1
    weekly_hours: float
    guaranteed_weekly_hours: float = 0
    hourly_wage: float = 0
    weekly_deductions: float = 0
    worker_cost: float = 0
    labour_market_test_until: date | None = None
    priority: float = 1


class OrderVersionOut(BaseModel):
    """An order as it was."""

    model_config = example(
        {
            "version": 1,
            "state": "draft",
            "at": "2026-01-05T09:00:00Z",
            "account_id": "0198",
            "content": {"headcount": "12"},
        }
    )
    version: int
    state: State
    at: datetime
    account_id: str
    content: dict[str, str]


class CheckOut(BaseModel):
    """Whom an order would admit; counts below ten are told to employers as "fewer than 10"."""

    model_config = example(
        {
            "registered": "1200",
            "admitted": "fewer than 10",
            "refuses_most": "language",
            "in_words": "The worker has each required language at its level.",
            "funnel": {"language": "fewer than 10"},
            "left_out": {"language": "300", "reservation": "fewer than 10"},
        }
    )
    registered: str
    admitted: str
    refuses_most: str
    in_words: Sentence
    funnel: dict[str, str] = Field(description="Workers left after each rule, in the order in which they are read.")
    left_out: dict[str, str] = Field(
        description="Workers whom one rule alone leaves out, by the rules that the order makes itself: so many more would be admitted without."
    )


class OrdersUploadedOut(BaseModel):
    """Orders that an upload filed or changed; `notices` say what wasn't done as the sheet has it."""

    model_config = example({"added": ["E12~O1"], "changed": ["E12~O2"], "unchanged": 0, "notices": []})
    added: list[str]
    changed: list[str]
    unchanged: int
    notices: list[str] = []


class OrderStepsIn(BaseModel):
    """A step of many orders: of all of them or, where one can't take it, of none."""

    model_config = example({"step": "certification", "ids": ["E12~O1", "E12~O2"]})
    step: Step
    ids: Annotated[list[Name], Field(min_length=1, max_length=5000)]


class OrderStepsOut(BaseModel):
    """How many orders took the step."""

    model_config = example({"stepped": 2})
    stepped: int
