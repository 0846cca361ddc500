"""The fields a customer fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sorgente.interfaces.portal.words import told
from sorgente.shared.errors import SorgenteError


class PortalForm(forms.Form):
    """A form whose refusals by a use-case read like its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, field in self.fields.items():
            described = [f"help_{name}"] * bool(field.help_text) + [f"error_{name}"] * (name in self.errors)
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)
            if name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"

    def refuse(self, error: SorgenteError, field: str | None = None) -> None:
        self.add_error(field, str(told(error)))


def _text(label: Any, *, help_text: Any = "", max_length: int = 254, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=max_length,
        widget=forms.TextInput(attrs=attrs),
        error_messages=_NEEDED,
    )


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=200, strip=False, error_messages=_NEEDED,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )  # fmt: skip


def _email(label: Any, help_text: Any = "") -> forms.EmailField:
    return forms.EmailField(
        label=label, help_text=help_text, max_length=254, error_messages=_NEEDED,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip


_NEEDED = {"required": _("Qui manca qualcosa."), "invalid": _("Questo indirizzo e-mail non è scritto bene.")}


class SignInForm(PortalForm):
    email = _email(_("E-mail"))
    password = _password(_("Password"), "current-password")


class CodeForm(PortalForm):
    code = _text(
        _("Codice di sei cifre"), max_length=12, inputmode="numeric", autocomplete="one-time-code", **{"class": "code"}
    )


class ActivateForm(PortalForm):
    account = _text(
        _("Codice cliente"),
        help_text=_("Sulla bolletta, sotto il nome dell'intestatario."),
        max_length=20,
        inputmode="numeric",
    )
    code = _text(
        _("Codice di attivazione"),
        help_text=_(
            "Dieci lettere e numeri: sulla bolletta, nel riquadro dell'area clienti, o nell'e-mail del contratto."
        ),
        max_length=20,
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
    )
    tax_code_end = _text(
        _("Ultimi 4 caratteri del codice fiscale"),
        help_text=_("Dell'intestatario. Per un'impresa vanno bene anche quelli della partita IVA."),
        max_length=4,
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
    )


class EmailForm(PortalForm):
    email = _email(_("La tua e-mail"), _("Ti mandiamo un codice per essere sicuri che sia la tua."))


class NewPasswordForm(PortalForm):
    password = _password(
        _("Scegli una password"), "new-password", _("Almeno 10 caratteri. Una frase corta va benissimo.")
    )


class ChangePasswordForm(NewPasswordForm):
    current = _password(_("La password di adesso"), "current-password")
    field_order = ["current", "password"]


class AcceptForm(NewPasswordForm):
    first_name = _text(_("Nome"), max_length=80, autocomplete="given-name")
    surname = _text(_("Cognome"), max_length=80, autocomplete="family-name")
    field_order = ["first_name", "surname", "password"]


class ResetForm(PortalForm):
    email = _email(_("E-mail"))
