"""Kinds of event, states and reasons in words; keys of the catalogue."""

from __future__ import annotations

from engine.words import msgid

KIND_WORDS = {
    "run.finished": msgid("A run has ended"),
    "plan.published": msgid("A plan is published"),
    "placement.changed": msgid("A placement has another state"),
    "webhook.test": msgid("Test"),
}
STATES = {
    "active": msgid("sends"),
    "paused": msgid("paused"),
    "gone": msgid("paused: the other end says that it is gone"),
}
DELIVERY_STATES = {
    "waiting": msgid("waits"),
    "delivered": msgid("arrived"),
    "given_up": msgid("given up"),
}
REASONS = {
    "no_address": msgid("the name has no address"),
    "refused_address": msgid("the address isn't one of the public internet"),
    "no_connection": msgid("nobody takes the connection"),
    "no_trust": msgid("its certificate can't be trusted"),
    "no_answer": msgid("no answer in time"),
    "no_secret": msgid("the service's key was changed: make a new secret"),
    "fault": msgid("a fault of ours"),
}
