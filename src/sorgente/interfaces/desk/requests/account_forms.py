"""Fields of what is done on an account without a request: a mandate, a meter."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from sorgente.interfaces.desk.requests.forms import StepForm, day, text, whole


class MandateForm(StepForm):
    groups: ClassVar = [(_("Nuovo mandato"), ("iban", "iban_holder", "iban_holder_tax_code", "signed_on"))]
    iban = text(_("IBAN"), size=40, autocapitalize="characters", spellcheck="false")
    iban_holder = text(_("Intestatario del conto"), size=70)
    iban_holder_tax_code = text(_("Codice fiscale dell'intestatario"), size=16)
    signed_on = day(_("Firmato il"))


class MeterForm(StepForm):
    groups: ClassVar = [
        (_("Contatore che si toglie"), ("index", "read_on")),
        (_("Contatore nuovo"), ("meter_serial", "first_index", "digits", "diameter_mm")),
    ]
    index = whole(_("Che cosa segna, in m³"), most=99_999_999)
    read_on = day(_("Giorno del cambio"))
    meter_serial = text(_("Matricola"), size=30, autocapitalize="characters")
    first_index = whole(_("Da che cosa comincia, in m³"), most=99_999_999)
    digits = whole(_("Cifre"), least=3, most=9)
    diameter_mm = whole(_("Diametro, in mm"), least=10, most=500)
