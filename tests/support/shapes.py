"""JSON Schema for tests, without the grammar of internationalised addresses.

jsonschema reads that grammar when it is imported, which takes two seconds; no test here checks the format of one.
"""

import sys
from importlib import import_module

_GRAMMAR = "rfc3987_syntax"

_before = sys.modules.get(_GRAMMAR)
sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # documented: makes the import of it fail, which jsonschema expects
try:
    import_module("jsonschema")
finally:
    del sys.modules[_GRAMMAR]
    if _before is not None:
        sys.modules[_GRAMMAR] = _before

from jsonschema import Draft202012Validator, ValidationError, validate  # noqa: E402

__all__ = ["Draft202012Validator", "ValidationError", "validate"]
