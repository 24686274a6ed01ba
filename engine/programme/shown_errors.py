"""What spreadsheet programs show where a cell has no value, in their languages: a file of text keeps it."""

from __future__ import annotations

LOST = "#DIGITS!"
# An error that a program calls otherwise, as ``Err:502``.
UNKNOWN_ERROR = "#ERROR!"
ERRORS = frozenset(
    {
        *(LOST, UNKNOWN_ERROR, "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"),
        *("#N/D", "#¡DIV/0!", "#¿NOMBRE?", "#¡NULO!", "#¡NUM!", "#¡REF!", "#¡VALOR!", "#¡DESBORDAMIENTO!", "#¡CALC!"),
        *("#NOM?", "#NUL!", "#NOMBRE!", "#VALEUR!", "#PROPAGATION!", "#CALCUL!"),
    }
)
