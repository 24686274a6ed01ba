"""Pages on which an order is filed or changed: a form, a look at whom it would admit, and one's answers to check.

Nothing is written before the answers were checked; until then the forms only look (`takes="nothing"`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from fastapi import Response

from api.console.forms import Fields, FormFields, faults_by_field, or_again, picked, read_form, require_shown
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.identity.access import DESTINATION, EMPLOYER
from api.identity.visibility import orders_seen, rows_seen
from api.orders.addresses import order_path
from api.orders.checks import check_order
from api.orders.fields import GROUPS, LISTS, TITLES, facts_of, sentences_of
from api.orders.open_places import InTheWay
from api.orders.order import OrderRecord, orders_of
from api.orders.orders import (
    cells_to_change,
    cells_to_file,
    change_order,
    file_order,
    require_changeable,
    require_filer,
)
from api.orders.schemas import OrderFields, OrderIn
from api.orders.trials import trial_of
from api.rate_limits import count_check
from api.requests.context import Context
from api.storage.tables import orders, registers
from engine.errors import InputError
from engine.words import message

router = PageRouter(prefix="/programmes/{programme_id}")
Model = TypeVar("Model", bound=OrderFields)
MOST_CHOICES = 300  # sites to choose from; of more the id is typed
UNFILED = "~unfiled"  # no order's own id may begin so
USUAL = {"min_crew": "1", "min_experience_months": "0"}


@router.get("/order-form")
def ask_for_order(programme_id: str, context: Context = viewed("order.file")) -> Response:
    """The form of a new order, with what another one says where the address names one."""
    return _form(context, _like(context) or _usual(context))


@router.post("/order-form")
def ask_again(
    programme_id: str, fields: FormFields, context: Context = viewed("order.file", takes="nothing")
) -> Response:
    """The form of a new order with what was typed."""
    return _form(context, fields)


@router.post("/order-trial")
def try_order(
    programme_id: str, fields: FormFields, context: Context = viewed("order.check", heavy=True, takes="nothing")
) -> Response:
    """Whom an order would admit that isn't filed."""
    cells = or_again(lambda: _new_cells(context, fields), lambda error: _form(context, fields, error, tried=True))
    unfiled = {**cells, "order_id": f"{cells['employer_id']}~{UNFILED}"}
    return _form(context, fields, trial=_trial(context, unfiled))


@router.post("/order-review")
def review_order(
    programme_id: str, fields: FormFields, context: Context = viewed("order.file", takes="nothing")
) -> Response:
    """What a new order would say, before it is filed."""
    cells = or_again(lambda: _new_cells(context, fields), lambda error: _form(context, fields, error))
    return _review(context, fields, cells)


@router.post("/orders")
def file(
    programme_id: str, fields: FormFields, context: Context = viewed("order.file", takes="programme last")
) -> Response:
    """File an order, as a draft or submitted at once."""
    row = or_again(
        lambda: file_order(context.connection, context.principal, context.programme, _asked(fields, OrderIn)),
        lambda error: _form(context, fields, error),
    )
    context.record(f"order.{row.state}", f"programme/{programme_id}/order/{row.order_id}", version=row.version)
    return gone_to(order_path(programme_id, row.order_id), "filed" if row.state == "draft" else "submission")


@router.get("/orders/{order_id}/change")
def ask_for_change(programme_id: str, order_id: str, context: Context = viewed("order.file")) -> Response:
    """The form of an order that is there."""
    require_changeable(context.found(OrderRecord))
    return _form(context, _typed(context.found(OrderRecord).cells))


@router.post("/orders/{order_id}/change")
def ask_for_change_again(
    programme_id: str, order_id: str, fields: FormFields, context: Context = viewed("order.file", takes="nothing")
) -> Response:
    """The form of an order that is there, with what was typed."""
    return _form(context, fields)


@router.post("/orders/{order_id}/trial")
def try_change(
    programme_id: str,
    order_id: str,
    fields: FormFields,
    context: Context = viewed("order.check", heavy=True, takes="nothing"),
) -> Response:
    """Whom an order would admit with what was typed."""
    cells = or_again(lambda: _changed_cells(context, fields), lambda error: _form(context, fields, error, tried=True))
    return _form(context, fields, trial=_trial(context, cells))


@router.post("/orders/{order_id}/review")
def review_change(
    programme_id: str, order_id: str, fields: FormFields, context: Context = viewed("order.file", takes="nothing")
) -> Response:
    """What an order would say, before it is changed."""
    cells = or_again(lambda: _changed_cells(context, fields), lambda error: _form(context, fields, error))
    return _review(context, fields, cells)


@router.post("/orders/{order_id}/content")
def change(programme_id: str, order_id: str, fields: FormFields, context: Context = viewed("order.file")) -> Response:
    """Change what an order says."""
    order = context.found(OrderRecord)
    require_shown(fields, order.version)
    row = or_again(
        lambda: change_order(
            context.connection,
            context.principal,
            context.programme,
            order,
            _asked(fields, OrderFields),
            bool(fields.get("withdraw")),
        ),
        lambda error: _form(context, fields, error),
    )
    context.record("order.changed", f"programme/{programme_id}/order/{order_id}", version=row.version)
    return gone_to(order_path(programme_id, row.order_id), "changed")


@router.get("/orders/{order_id}/check")
def check(programme_id: str, order_id: str, context: Context = viewed("order.check", heavy=True)) -> Response:
    """Whom an order admits as it stands."""
    order = context.found(OrderRecord)
    trial = _trial(context, order.cells)
    return page(
        context,
        "orders/check.html",
        order=order,
        path_of_order=order_path(order.programme_id, order.order_id),
        trial=trial,
    )


def _trial(context: Context, cells: Mapping[str, str]) -> Any:
    count_check(context.principal.account_id)
    found = check_order(context.connection, context.principal, context.programme, cells)
    blurred = context.principal.role == EMPLOYER
    return trial_of(found, cells, context.programme.currency, blurred)


def _asked(fields: Fields, model: type[Model]) -> Model:
    """What was typed as an order; lists are typed a line an entry, or set apart by semicolons."""
    typed: dict[str, Any] = dict(picked(fields, model))
    for name in LISTS:
        typed[name] = [part.strip() for part in re.split(r"[;\n]", typed.get(name, "")) if part.strip()]
    return read_form(model, typed)


def _new_cells(context: Context, fields: Fields) -> dict[str, str]:
    require_filer(context.principal, "submission")
    asked = _asked(fields, OrderIn)
    return cells_to_file(context.connection, context.principal, context.programme, asked)


def _changed_cells(context: Context, fields: Fields) -> dict[str, str]:
    require_filer(context.principal, "submission")
    asked = _asked(fields, OrderFields)
    return cells_to_change(context.connection, context.principal, context.programme, context.found(OrderRecord), asked)


def _typed(cells: Mapping[str, Any] | sa.RowMapping) -> dict[str, str]:
    """An order's cells as they are typed."""
    typed = {name: str(cells[name]) for name in TITLES if name in cells}
    return typed | {name: typed[name].replace(";", "\n") for name in LISTS}


def _like(context: Context) -> dict[str, str]:
    """What an order says that the address names, if it is seen; its id stays its own."""
    asked = sa.select(orders).where(
        orders.c.programme_id == context.programme.id,
        orders.c.order_id == context.request.query_params.get("like", ""),
        orders_seen(context.principal),
    )
    found = [_typed(order.cells) for order in orders_of(context.connection, asked)]
    return {name: text for typed in found for name, text in typed.items() if name != "order_id"}


def _usual(context: Context) -> dict[str, str]:
    """What a new order begins with: the state of who files it."""
    country, employers = context.principal.country, registers["employers"].c
    if context.principal.role == EMPLOYER:
        asked = sa.select(employers.country).where(
            employers.programme_id == context.programme.id, employers.employer_id == context.principal.employer_id
        )
        country = context.connection.scalar(asked) or ""
    return {**USUAL, "destination_country": country}


def _sites(context: Context) -> list[tuple[str, str]]:
    """The sites to choose from, none where there are too many."""
    sites = registers["sites"]
    mine = sa.and_(sites.c.programme_id == context.programme.id, rows_seen("sites", context.principal))
    rows = context.connection.execute(sa.select(sites).where(mine).order_by(sites.c.site_id).limit(MOST_CHOICES + 1))
    found = [(row.site_id, ", ".join(filter(None, (row.site_id, row.employer_id, row.region)))) for row in rows]
    return [] if len(found) > MOST_CHOICES else found


def _addresses(context: Context) -> dict[str, str]:
    """Where the buttons of a form lead: of a new order, or of one that is there."""
    order = context.objects.get("order_id")
    if order is None:
        base = f"/programmes/{context.programme.id}"
        return {"form": f"{base}/order-form", "trial": f"{base}/order-trial", "review": f"{base}/order-review"} | {
            "file": f"{base}/orders",
            "back": f"{base}/orders",
        }
    base = order_path(order.programme_id, order.order_id)
    return {"form": f"{base}/change", "trial": f"{base}/trial", "review": f"{base}/review"} | {
        "file": f"{base}/content",
        "back": base,
    }


def _form(
    context: Context,
    typed: Mapping[str, str],
    error: InputError | None = None,
    trial: Any = None,
    tried: bool = False,
) -> Response:
    order, who = context.objects.get("order_id"), context.principal
    ministry = who.role == DESTINATION
    told: dict[str, Any] = {
        "order": order,
        "groups": [(title, [one for one in group if ministry or one.name != "priority"]) for title, group in GROUPS],
        "names_employer": ministry and order is None,
        "sites": _sites(context),
        "addresses": _addresses(context),
        "version": typed.get("version", "" if order is None else str(order.version)),
        "trial": trial,
        "tried": tried,
        "titles": TITLES,
        "titles_said": {name: message(title) for name, title in TITLES.items()} | {"id": message("Placement")},
        "may_withdraw": isinstance(error, InTheWay) and error.may_withdraw,
    }
    status = 200 if error is None else getattr(error, "http_status", 422)
    faults = faults_by_field(error)
    return page(context, "orders/form.html", status, typed=typed, error=error, faults=faults, **told)


def _review(context: Context, typed: Fields, cells: Mapping[str, str]) -> Response:
    """The page on which answers are checked; it takes nothing, so nothing is written."""
    order, currency = context.objects.get("order_id"), context.programme.currency
    told: dict[str, Any] = {
        "order": order,
        "addresses": _addresses(context),
        "sentences": sentences_of(cells, currency),
        "facts": list(facts_of(cells, currency)),
        "employer": cells["employer_id"],
        "pairs": typed.pairs,
    }
    return page(context, "orders/review.html", **told)
