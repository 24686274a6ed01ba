"""What is wrong with a request's content, in words: the findings of pydantic by their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.words import message, msgid

# By pydantic's type of a finding; a value in braces is in its context.
WORDINGS: Mapping[str, str] = {
    "missing": msgid("is missing"),
    "extra_forbidden": msgid("does not belong here"),
    "json_invalid": msgid("is not JSON"),
    "model_attributes_type": msgid("is not an object"),
    "dict_type": msgid("is not an object"),
    "list_type": msgid("is not a list"),
    "string_type": msgid("is not a text"),
    "string_too_short": msgid("is shorter than {min_length} characters"),
    "string_too_long": msgid("is longer than {max_length} characters"),
    "string_pattern_mismatch": msgid("does not have the form {pattern}"),
    "int_type": msgid("is not a whole number"),
    "int_parsing": msgid("is not a whole number"),
    "int_from_float": msgid("is not a whole number"),
    "float_type": msgid("is not a number"),
    "float_parsing": msgid("is not a number"),
    "finite_number": msgid("is not a finite number"),
    "bool_type": msgid("is neither true nor false"),
    "bool_parsing": msgid("is neither true nor false"),
    "date_type": msgid("is not a date"),
    "date_parsing": msgid("is not a date"),
    "date_from_datetime_parsing": msgid("is not a date"),
    "greater_than": msgid("is not above {gt}"),
    "greater_than_equal": msgid("is below {ge}"),
    "less_than": msgid("is not below {lt}"),
    "less_than_equal": msgid("is above {le}"),
    "literal_error": msgid("is none of {expected}"),
    "enum": msgid("is none of {expected}"),
    "too_short": msgid("has fewer than {min_length} entries"),
    "too_long": msgid("has more than {max_length} entries"),
    "union_tag_invalid": msgid("is none of {expected_tags}"),
    "union_tag_not_found": msgid("does not say of which kind it is"),
}


def wrong_content(finding: Mapping[str, Any]) -> str:
    """A finding of pydantic in words (a message); one of an unusual type as pydantic says it."""
    wording, context = WORDINGS.get(finding["type"]), finding.get("ctx", {})
    if wording is None:
        return str(context.get("error", finding["msg"]))  # a check of ours says it in a message
    return message(wording, **{name: str(value) for name, value in context.items() if f"{{{name}}}" in wording})
