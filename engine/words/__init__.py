"""Sentences for people: made once as messages, worded at the edge in the language that is asked for."""

from engine.words.message import Message, joined, message, msgid, plural

__all__ = ["Message", "joined", "message", "msgid", "plural"]
