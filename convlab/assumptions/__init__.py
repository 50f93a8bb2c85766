"""The assumptions of the catalogue, each with a test that a problem declaring it must pass.

They are those of all modules of this package; a new module needs no entry here. Two different
assumptions of one name are an error.
"""

import importlib
import pkgutil
from typing import Any

from convlab.assumption import Assumption
from convlab.errors import ConvlabError, require_distinct

__all__: list[str] = []

_found: list[Assumption] = []

for _room in pkgutil.iter_modules(__path__):
    _module = importlib.import_module(f"{__name__}.{_room.name}")
    for _name in _module.__all__:
        _assumption = getattr(_module, _name)
        if _assumption.name != _name:
            raise ConvlabError(
                f"{_module.__name__} exports the assumption '{_assumption.name}' as '{_name}': "
                "give the variable the name of the assumption"
            )
        _found.append(_assumption)
        globals()[_name] = _assumption
    __all__ += _module.__all__

require_distinct(_found, f"{__name__} has two assumptions")


def __getattr__(name: str) -> Any:
    raise AttributeError(f"there is no assumption '{name}' in {__name__}")
