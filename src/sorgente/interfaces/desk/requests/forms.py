"""The fields of each screen of a request. A refusal of a use-case reads like the form's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sorgente.interfaces.desk.requests.words import field_of, trouble_of
from sorgente.shared.errors import SorgenteError

NEEDED = _("Qui manca qualcosa.")
CHANNELS = [
    ("email", _("E-mail")), ("post", _("Posta")), ("portal", _("Area clienti")), ("pec", _("PEC")),
]  # fmt: skip
METHODS = [("sdd", _("Addebito diretto")), ("pagopa", _("Avviso pagoPA")), ("transfer", _("Bonifico"))]
SERVICES = [("2", _("Fognatura")), ("4", _("Depurazione"))]
ACCESSES = [
    ("accessible", _("Accessibile")), ("partly_accessible", _("Parzialmente accessibile")),
    ("not_accessible", _("Non accessibile")),
]  # fmt: skip
TITLES = [
    ("ownership", _("Proprietà")), ("usufruct", _("Usufrutto o uso")), ("lease", _("Locazione")),
    ("loan", _("Comodato")), ("inheritance", _("Eredità")), ("administration", _("Amministrazione del condominio")),
    ("derogation", _("Deroga del sindaco")),
]  # fmt: skip
IDENTITIES = [
    ("Carta d'identità", _("Carta d'identità")), ("Patente", _("Patente")), ("Passaporto", _("Passaporto")),
    ("Permesso di soggiorno", _("Permesso di soggiorno")),
]  # fmt: skip


def text(label: Any, *, required: bool = True, help_text: Any = "", size: int = 120, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, max_length=size, error_messages={"required": NEEDED},
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )  # fmt: skip


def choice(label: Any, choices: Any, *, required: bool = True, help_text: Any = "", radio: bool = False) -> Any:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, help_text=help_text, error_messages={"required": NEEDED},
        widget=forms.RadioSelect if radio else forms.Select,
    )  # fmt: skip


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text,
        error_messages={"required": NEEDED, "invalid": _("Questa data non è scritta bene.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip


def whole(label: Any, *, required: bool = True, help_text: Any = "", least: int = 0, most: int = 999) -> Any:
    return forms.IntegerField(
        label=label, required=required, help_text=help_text, min_value=least, max_value=most,
        error_messages={"required": NEEDED, "invalid": _("Servono cifre intere.")},
    )  # fmt: skip


def tick(label: Any, *, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=help_text)


def mail() -> forms.EmailField:
    wrong = _("Questo indirizzo e-mail non è scritto bene.")
    return forms.EmailField(label=_("E-mail"), required=False, error_messages={"invalid": wrong})


def file(label: Any, *, required: bool = False, help_text: Any = "") -> forms.FileField:
    return forms.FileField(
        label=label, required=required, help_text=help_text, error_messages={"required": NEEDED},
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf", "capture": "environment"}),
    )  # fmt: skip


class StepForm(forms.Form):
    """A form in groups. `only` names for a field the class under which the page shows it (contracts.css)."""

    groups: ClassVar[list[tuple[Any, tuple[str, ...]]]] = []
    only: ClassVar[dict[str, str]] = {}
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def in_groups(self) -> Iterator[tuple[Any, list[tuple[forms.BoundField, str]]]]:
        """Yield (legend, [(field, class)]) of what this form has."""
        for legend, names in self.groups:
            found = [(self[name], self.only.get(name, "")) for name in names if name in self.fields]
            if found:
                yield legend, found

    def refuse(self, error: SorgenteError) -> None:
        self.add_error(field_of(error, self.fields), trouble_of(error))

    def offers(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def drop(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)


class PersonForm(StepForm):
    groups: ClassVar = [
        (_("Persona"), ("tax_code", "surname", "first_name", "name_proven_by", "relation")),
        (_("Recapiti"), ("email", "mobile")),
    ]
    only: ClassVar = {"name_proven_by": "if-mismatch"}
    tax_code = text(_("Codice fiscale"), size=16, autocapitalize="characters", spellcheck="false")
    surname = text(_("Cognome"), size=80)
    first_name = text(_("Nome"), size=80)
    name_proven_by = text(
        _("Documento che prova il nome"),
        required=False,
        placeholder=" ",
        help_text=_("Per esempio: certificato di nascita n. 12."),
    )
    relation = choice(
        _("Chi è per l'intestatario che è morto"),
        [("heir", _("Erede")), ("cohabitant", _("Viveva nella stessa casa"))],
        radio=True,
    )
    email = mail()
    mobile = text(_("Cellulare"), required=False, size=20, inputmode="tel")


class CompanyForm(StepForm):
    groups: ClassVar = [
        (_("Impresa o ente"), ("name", "vat_number", "tax_code", "sdi_code", "pec", "relation")),
        (_("Recapiti"), ("email", "mobile")),
    ]
    name = text(_("Ragione sociale"), size=200)
    vat_number = text(_("Partita IVA"), required=False, size=13, inputmode="numeric")
    tax_code = text(_("Codice fiscale"), required=False, size=16, help_text=_("Se diverso dalla partita IVA."))
    sdi_code = text(_("Codice destinatario"), required=False, size=7, help_text=_("Oppure la PEC."))
    pec = text(_("PEC"), required=False, size=254)
    relation = PersonForm.declared_fields["relation"]
    email = mail()
    mobile = text(_("Cellulare"), required=False, size=20, inputmode="tel")


class KnownForm(StepForm):
    """A customer we have: only what may have changed."""

    groups: ClassVar = [(_("Recapiti"), ("relation", "email", "mobile"))]
    relation = PersonForm.declared_fields["relation"]
    email = mail()
    mobile = text(_("Cellulare"), required=False, size=20, inputmode="tel")


class WhereForm(StepForm):
    groups: ClassVar = [
        (_("Indirizzo del nuovo punto"), ("street", "house_number", "place", "access")),
        (_("Da quando"), ("desired_on",)),
        (
            _("Dati catastali"),
            ("cadastral_sheet", "cadastral_parcel", "cadastral_unit", "cadastral_missing"),
        ),
    ]
    street = text(_("Via o piazza"), required=False)
    house_number = text(_("Numero civico"), required=False, size=12)
    place = choice(_("Comune"), [], required=False)
    access = choice(_("Il contatore è"), ACCESSES, required=False)
    desired_on = day(_("Primo giorno di fornitura"))
    cadastral_sheet = text(_("Foglio"), required=False, size=10)
    cadastral_parcel = text(_("Particella"), required=False, size=10)
    cadastral_unit = text(_("Subalterno"), required=False, size=10)
    cadastral_missing = text(_("Se mancano, perché"), required=False)


class UseForm(StepForm):
    groups: ClassVar = [
        (_("A che cosa serve l'acqua"), ("use", "residents", "units", "other_units", "services")),
        (_("Con quale titolo tiene l'immobile"), ("title_type", "derogation_protocol", "declared", "occupied_before")),
    ]
    only: ClassVar = {
        "residents": "if-residents", "units": "if-units", "other_units": "if-units",
        "derogation_protocol": "if-derogation",
    }  # fmt: skip
    use = choice(_("Uso"), [])
    residents = whole(_("Persone residenti"), required=False, help_text=_("Quelle iscritte all'anagrafe qui."))
    units = whole(_("Unità servite dallo stesso contatore"), required=False, least=1, most=9999)
    other_units = whole(_("Di queste, negozi o uffici"), required=False, most=9999)
    services = forms.MultipleChoiceField(
        label=_("Oltre all'acqua, l'immobile è allacciato a"), choices=SERVICES, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    title_type = choice(_("Titolo"), TITLES)
    derogation_protocol = text(_("Protocollo dell'atto del sindaco"), required=False, size=60)
    declared = tick(
        _("Lo dichiara sul contratto"), help_text=_("Senza copia: la dichiarazione si firma insieme al contratto.")
    )
    occupied_before = choice(
        _("Occupava già l'immobile?"), [("no", _("No")), ("yes", _("Sì"))], required=False, radio=True
    )


class BillsForm(StepForm):
    groups: ClassVar = [
        (_("Dove arrivano le bollette"), ("channel", "email", "elsewhere", "street", "house_number", "postal_code",
                                          "municipality", "province")),
        (_("Come si paga"), ("account_number", "payment_method", "iban", "iban_holder", "iban_holder_tax_code")),
    ]  # fmt: skip
    only: ClassVar = {
        "email": "if-email", "iban": "if-sdd", "iban_holder": "if-sdd", "iban_holder_tax_code": "if-sdd",
        **dict.fromkeys(("street", "house_number", "postal_code", "municipality", "province"), "if-elsewhere"),
    }  # fmt: skip
    channel = choice(_("Come le riceve"), CHANNELS, radio=True)
    email = mail()
    elsewhere = tick(_("Le comunicazioni di carta vanno a un altro indirizzo"))
    street = text(_("Via o piazza"), required=False)
    house_number = text(_("Numero civico"), required=False, size=12)
    postal_code = text(_("CAP"), required=False, size=5, inputmode="numeric")
    municipality = text(_("Comune"), required=False)
    province = text(_("Provincia"), required=False, size=2)
    account_number = choice(_("Conto"), [], required=False, help_text=_("Su quale conto arriva la bolletta."))
    payment_method = choice(_("Metodo"), METHODS, radio=True)
    iban = text(_("IBAN"), required=False, size=40, autocapitalize="characters", spellcheck="false")
    iban_holder = text(_("Intestatario del conto, se è un altro"), required=False, size=70)
    iban_holder_tax_code = text(_("Codice fiscale dell'intestatario"), required=False, size=16)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for name in ("street", "house_number", "postal_code", "municipality", "province"):
            if told.get("elsewhere") and not told.get(name):
                self.add_error(name, str(NEEDED))
        has_account = told.get("account_number") or told.get("iban") or self.initial.get("iban_tail")
        if told.get("payment_method") == "sdd" and not has_account:
            self.add_error("iban", str(NEEDED))
        return told


class PapersForm(StepForm):
    groups: ClassVar = [
        (_("Documento di identità"), ("identity_kind", "identity_number", "issuer", "identity_expires_on", "scan")),
        (_("Titolo sull'immobile"), ("title_scan",)),
        (_("Voltura per decesso"), ("death_number", "death_scan", "heir_number", "heir_scan")),
        (
            _("Lettura"),
            ("meter_serial", "meter_digits", "index", "read_on", "read_kind", "leaving_index", "confirmed"),
        ),
    ]
    only: ClassVar = {"confirmed": "if-doubtful"}
    identity_kind = choice(_("Tipo"), IDENTITIES, required=False)
    identity_number = text(_("Numero"), required=False, size=40, autocapitalize="characters")
    issuer = text(_("Rilasciato da"), required=False, size=80)
    identity_expires_on = day(_("Scade il"), required=False)
    scan = file(_("Copia"), help_text=_("Facoltativa: PDF o fotografia."))
    title_scan = file(_("Copia del titolo"))
    death_number = text(_("Certificato di morte, numero"), required=False, size=40)
    death_scan = file(_("Copia del certificato"))
    heir_number = text(_("Dichiarazione di erede, numero"), required=False, size=40)
    heir_scan = file(_("Copia della dichiarazione"))
    meter_serial = text(_("Matricola del contatore da posare"), required=False, size=30, autocapitalize="characters")
    meter_digits = choice(_("Cifre del contatore"), [(n, str(n)) for n in (4, 5, 6, 7, 8)], required=False)
    index = whole(_("Che cosa segna, in m³"), required=False, most=99_999_999, help_text=_("Solo le cifre nere."))
    read_on = day(_("Giorno della lettura"), required=False)
    read_kind = choice(_("Chi l'ha letta"), [("reader", _("Noi")), ("self", _("Il cliente"))], required=False)
    leaving_index = whole(
        _("Che cosa dice chi lascia, in m³"), required=False, most=99_999_999,
        help_text=_("Se è diversa, passiamo noi a leggere entro 7 giorni lavorativi."),
    )  # fmt: skip
    confirmed = tick(_("Ho riguardato il contatore: la lettura è giusta"))


class HouseholdForm(StepForm):
    groups: ClassVar = [(_("Come cambia"), ("from_on", "use", "residents", "units", "other_units"))]
    only: ClassVar = UseForm.only
    from_on = day(_("Da quale giorno"), help_text=_("Anche passato: le bollette si rifanno da allora."))
    use = choice(_("Uso"), [])
    residents = whole(_("Persone residenti"), required=False)
    units = whole(_("Unità servite dallo stesso contatore"), required=False, least=1, most=9999)
    other_units = whole(_("Di queste, negozi o uffici"), required=False, most=9999)


class LeaveForm(StepForm):
    groups: ClassVar = [
        (_("Quando e con quale lettura"), ("desired_on", "index", "read_kind", "removes_meter", "confirmed")),
        (_("Dove va la bolletta di chiusura"), ("channel", "email", "elsewhere", "street", "house_number",
                                                "postal_code", "municipality", "province")),
        (_("Dove va il rimborso"), ("iban", "iban_holder")),
    ]  # fmt: skip
    only: ClassVar = {
        "confirmed": "if-doubtful",
        **{name: shown for name, shown in BillsForm.only.items() if shown != "if-sdd"},
    }
    desired_on = day(_("Primo giorno senza fornitura"))
    index = whole(_("Che cosa segna il contatore, in m³"), required=False, most=99_999_999,
                  help_text=_("Se la lettura non c'è ancora, si scrive dopo."))  # fmt: skip
    read_kind = choice(_("Chi l'ha letta"), [("reader", _("Noi")), ("self", _("Il cliente"))], required=False)
    removes_meter = tick(_("Il contatore si toglie"), help_text=_("Altrimenti resta lì, chiuso."))
    confirmed = tick(_("Ho riguardato il contatore: la lettura è giusta"))
    channel = choice(_("Come la riceve"), CHANNELS, radio=True)
    email = mail()
    elsewhere = tick(_("Va a un altro indirizzo"))
    street = text(_("Via o piazza"), required=False)
    house_number = text(_("Numero civico"), required=False, size=12)
    postal_code = text(_("CAP"), required=False, size=5, inputmode="numeric")
    municipality = text(_("Comune"), required=False)
    province = text(_("Provincia"), required=False, size=2)
    iban = text(_("IBAN per il rimborso"), required=False, size=40, help_text=_("Deposito e crediti tornano qui."))
    iban_holder = text(_("Intestatario del conto, se è un altro"), required=False, size=70)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for name in ("street", "house_number", "postal_code", "municipality", "province"):
            if told.get("elsewhere") and not told.get(name):
                self.add_error(name, str(NEEDED))
        return told


class OtherPaperForm(StepForm):
    groups: ClassVar = [(_("Un altro documento"), ("kind", "number", "scan"))]
    kind = choice(
        _("Che cosa è"),
        [("debt_declaration", _("Dichiarazione di estraneità al debito")), ("title", _("Titolo sull'immobile")),
         ("title_declaration", _("Dichiarazione sostitutiva sul titolo")), ("meter_photo", _("Foto del contatore")),
         ("household", _("Dichiarazione sul nucleo")), ("derogation", _("Deroga del sindaco")),
         ("proxy", _("Delega")), ("request", _("Richiesta scritta")), ("other", _("Altro"))],
    )  # fmt: skip
    number = text(_("Numero"), required=False, size=40)
    scan = file(_("Copia"))
