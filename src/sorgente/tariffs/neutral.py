"""Load a tariff of schema `neutral-tariff/1`: the file is refused whole, or each line is priceable or says why not.

A file is refused when nothing in it can be trusted (not JSON, another schema, no first day, prices with VAT inside).
A line with a missing price, or with a rule that exists only in words, is loaded with its refusal: a bill that needs
it is refused with that reason, one that does not (a service that is not supplied) is priced.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

from sorgente.tariffs.charge_reader import known_keys, read_charge, read_rounding
from sorgente.tariffs.model import SERVICE_CODES, Category, Component, Household, NeutralTariff, Rounding
from sorgente.tariffs.node import Node, TariffRefused

SCHEMA = "neutral-tariff/1"
_TOP = {
    "schema", "id", "family", "service_group", "operator", "area", "valid_from", "valid_to", "currency",
    "prices_include_vat", "vat", "use_categories", "perequation", "rounding", "surcharges", "indexation",
    "published_on", "cite",
}  # fmt: skip
_CATEGORY = {"code", "charges", "household", "ticsi", "presumed_persons_non_resident"}
_COMPONENT = {"code", "unit", "price", "services", "exempt", "from", "to", "cite"}


def load_tariff(path: Path) -> NeutralTariff:
    """Return the tariff of a JSON file; raises TariffRefused naming file, JSON path and reason."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TariffRefused(
            path.name, "$", f"It cannot be read as UTF-8 text: {error}.", "Check name and encoding."
        ) from None
    return tariff_from_text(text, file=path.name)


def tariff_from_text(text: str, *, file: str) -> NeutralTariff:
    """Return the tariff written in a JSON text; `file` names it in messages. Raises TariffRefused."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise TariffRefused(file, "$", f"It is not JSON: {error}.") from None
    return _tariff(Node(value, file))


def _tariff(top: Node) -> NeutralTariff:
    if top.get("schema").value != SCHEMA:
        raise top.get("schema").refused(f"The schema is {top.get('schema').value!r}, not {SCHEMA!r}.")
    known_keys(top, _TOP, lenient=True)
    if top.has("currency") and top.get("currency").value != "EUR":
        raise top.get("currency").refused(f"The currency is {top.get('currency').value!r}, not 'EUR'.")
    if top.get("prices_include_vat").flag():
        raise top.get("prices_include_vat").refused("Prices with VAT inside are not rated; load the net prices.")
    start = top.get("valid_from").day() if top.has("valid_from") else _no_start(top)
    end = top.get("valid_to").day() + timedelta(days=1) if top.has("valid_to") else None
    if end is not None and end <= start:
        raise top.get("valid_to").refused("The tariff ends before it starts.")
    rounding = read_rounding(top.get("rounding"), Rounding())
    blocked = _surcharge_refusal(top)
    categories = tuple(_category(node, rounding, blocked) for node in top.get("use_categories").items())
    if not categories:
        raise top.get("use_categories").refused("There is no use category.")
    _unique(top.get("use_categories"), [category.code for category in categories])
    national = top.get("perequation").value == "national"
    vat_e4, vat_refusal = _vat(top)
    tariff_id = top.get("id").text()
    return NeutralTariff(
        family=top.get("family").text() if top.has("family") else tariff_id,
        id=tariff_id,
        file=top.file,
        group=top.get("service_group").text(),
        operator=top.get("operator").text() if top.has("operator") else "",
        start=start,
        end=end,
        published=top.get("published_on").day() if top.has("published_on") else None,
        vat_e4=vat_e4,
        vat_refusal=vat_refusal,
        categories=categories,
        components=() if national else _components(top),
        national_components=national,
        cite=_cite(top),
    )


def _no_start(top: Node) -> date:
    raise top.get("valid_from").refused("There is no first day of validity, so no day can be priced.")


def _cite(node: Node) -> str:
    if node.has("cite"):
        return node.get("cite").text()
    source = node.mapping().get("source")
    return str(source.get("name", "")) if isinstance(source, dict) else ""


def _surcharge_refusal(top: Node) -> str | None:
    if top.has("surcharges") and top.get("surcharges").value:
        return top.get("surcharges").refused("A levy on the sum of the rows is not rated.").line
    return None


def _unique(where: Node, codes: list[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise where.refused(f"Use category {code!r} stands there {codes.count(code)} times.")


def _category(node: Node, rounding: Rounding, blocked: str | None) -> Category:
    try:
        known_keys(node, _CATEGORY, lenient=True)
        household = _household(node.get("household"))
    except TariffRefused as refusal:
        household, blocked = Household(), refusal.line
    charges = tuple(read_charge(charge, rounding) for charge in node.get("charges").items())
    if not charges:
        raise node.get("charges").refused("The use category has no charge.")
    return Category(
        code=node.get("code").text(),
        label=node.get("label_it").text() if node.has("label_it") else node.get("code").text(),
        charges=charges,
        household=household,
        ticsi=node.get("ticsi").text() if node.has("ticsi") else "",
        refusal=blocked,
    )


def _household(node: Node) -> Household:
    if node.value is None:
        return Household()
    known_keys(
        node,
        {"minimum_persons", "maximum_persons", "default_persons", "agevolata_extra_m3_per_person_above_minimum",
         "on_application"},
    )  # fmt: skip
    floor = node.get("minimum_persons").whole() if node.has("minimum_persons") else 0
    # The extra volume of larger households moves the first edge; where the others go is not published.
    extra = node.has("agevolata_extra_m3_per_person_above_minimum")
    return Household(
        floor=floor,
        cap=node.get("maximum_persons").whole() if node.has("maximum_persons") else 0,
        default=node.get("default_persons").whole() if node.has("default_persons") else (floor if extra else 0),
        known_up_to=floor if extra else 0,
    )


def _vat(top: Node) -> tuple[int | None, str | None]:
    """Return the rate in ten-thousandths, or why there is none; TARI is a tax and bears no VAT."""
    node = top.get("vat")
    try:
        if node.value is None:
            if top.get("service_group").value == "waste":
                return 0, None
            raise node.refused("The VAT rate is not stated.")
        if isinstance(node.value, list):
            for entry in node.items():
                if entry.get("applies_to").value == "default":
                    return entry.get("rate").scaled(10_000, "a VAT rate"), None
            raise node.refused("Several VAT rates, and none of them marked as the default.")
        return node.get("rate").scaled(10_000, "a VAT rate"), None
    except TariffRefused as refusal:
        return None, refusal.line


def _components(top: Node) -> tuple[Component, ...]:
    if not top.has("perequation"):
        return ()
    return tuple(_component(node) for node in top.get("perequation").items())


def _component(node: Node) -> Component:
    code = node.get("code").text()
    start = node.get("from").day() if node.has("from") else None
    end = node.get("to").day() + timedelta(days=1) if node.has("to") else None
    try:
        known_keys(node, _COMPONENT)
        unit = node.get("unit").text()
        if unit not in ("EUR/m3", "EUR/Smc", "EUR/kWh", "EUR/user/year"):
            raise node.get("unit").refused(f"A component in {unit} is not rated.")
        exempt = node.has("exempt")
        if exempt and not re.search("bonus", node.get("exempt").text(), re.IGNORECASE):
            raise node.get("exempt").refused(f"The exemption {node.get('exempt').value!r} is not known.")
        services = 0
        for service in node.get("services").items() if node.has("services") else ():
            if service.text() not in SERVICE_CODES:
                raise service.refused(f"{service.value!r} is not a water service.")
            services |= SERVICE_CODES[service.text()]
        price = node.get("price").price_e8()
    except TariffRefused as refusal:
        return Component(code, start, end, 0, 0, refusal=refusal.line, path=node.path)
    return Component(
        code, start, end, price, services, unit == "EUR/user/year", exempt, path=node.path, cite=_cite(node)
    )
