"""The words of explanations, in English and Spanish."""

from __future__ import annotations

from engine.audit.audit import LASTING_SENTENCES
from engine.clauses.base import Clause
from engine.errors import CallError
from engine.words.wording import worded

LANGUAGES = ("en", "es")
LASTING_ES = {
    "occupation": "La persona tiene la ocupación de la oferta con los meses que pide.",
    "skills": "La persona tiene todas las competencias exigidas.",
    "language": "La persona tiene cada idioma exigido, a su nivel.",
    "availability": "La persona está disponible del primer al último día.",
    "horizon": "La oferta cae dentro del horizonte del programa.",
    "excluded": "El par no está excluido.",
    "refused": "La persona no rechaza ni el destino ni al empleador.",
    "reservation": "El ingreso semanal neto alcanza lo que pide la persona.",
    "debarred": "El empleador no está inhabilitado ningún día de la oferta.",
    "no agreement": "Un acuerdo vigente cubre origen, destino, sector e inicio.",
}


class Words:
    """Says things in one language. Raises `CallError` for a language that explanations don't speak."""

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise CallError(f"Explanations don't speak {language!r}.", "Use one of " + ", ".join(LANGUAGES) + ".")
        self.language = language

    def say(self, english: str, spanish: str) -> str:
        """The text in this language."""
        return spanish if self.language == "es" else english

    def rule(self, rule: str | Clause) -> str:
        """A rule as the agreement, or the format, puts it, with its article."""
        if isinstance(rule, str):
            return LASTING_ES.get(rule, rule) if self.language == "es" else LASTING_SENTENCES.get(rule, rule)
        article = f" ({rule.source})" if rule.source else ""
        return f"{worded(rule.sentence, self.language)}{article}"


def rule_name(rule: str | Clause) -> str:
    """A rule's short name."""
    return rule if isinstance(rule, str) else rule.name
