"""Who may enter the web area, and for which accounts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from sorgente.customers.models import ContractAccount, Party, with_history


@with_history
class PortalUser(models.Model):
    """The login of a person in the web area; a member of staff never has one."""

    class SecondFactor(models.TextChoices):
        EMAIL = "email", "Codice per e-mail"
        TOTP = "totp", "App di autenticazione"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="portal_user")
    email = models.CharField(max_length=254, unique=True, help_text="verified, in lower case; what one signs in with")
    second_factor = models.CharField(max_length=8, choices=SecondFactor, default=SecondFactor.EMAIL)
    language = models.CharField(max_length=2, default="it")
    activated_at = models.DateTimeField()
    blocked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.email


@with_history
class Holding(models.Model):
    """This login speaks for this party, and so for every contract account of it."""

    portal_user = models.ForeignKey(PortalUser, models.PROTECT, related_name="holdings")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=200, help_text="how it was proven: activation code, SPID")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portal_user", "party"], name="holding_once", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.portal_user} · {self.party}"


@with_history
class AccountAccess(models.Model):
    """Leave that a holder gave somebody else for one contract account, over [from_on, until_on)."""

    class Rights(models.TextChoices):
        SEE = "see", "Vede"
        ACT = "act", "Vede e agisce"

    portal_user = models.ForeignKey(PortalUser, models.PROTECT, related_name="accesses")
    contract_account = models.ForeignKey(ContractAccount, models.PROTECT, related_name="+")
    rights = models.CharField(max_length=4, choices=Rights)
    granted_by = models.ForeignKey(PortalUser, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portal_user", "contract_account"],
                name="account_access_once",
                condition=Q(revoked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.portal_user} · {self.contract_account} · {self.rights}"


class ActivationCode(models.Model):
    """The code printed on a bill or told with a contract; only its hash is kept.

    Several hold at once: whoever finds the bill before the latest may use that.
    """

    contract_account = models.ForeignKey(ContractAccount, models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    reference = models.CharField(
        max_length=40, blank=True, help_text="the paper it was derived for: bill:2026/SII/0000123; empty: drawn by lot"
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    failures = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract_account"],
                name="activation_code_one_in_force",
                condition=Q(used_at__isnull=True, replaced_at__isnull=True, reference=""),
            ),
            models.UniqueConstraint(
                fields=["reference"], name="activation_code_once_a_paper", condition=~Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_account} {self.issued_at:%Y-%m-%d}"


class Invitation(models.Model):
    """An e-mail that invites somebody to look after an account."""

    contract_account = models.ForeignKey(ContractAccount, models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(PortalUser, models.PROTECT, related_name="+")
    email = models.CharField(max_length=254)
    rights = models.CharField(max_length=4, choices=AccountAccess.Rights)
    until_on = models.DateField(null=True)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="accepted or taken back")
    access = models.OneToOneField(AccountAccess, models.PROTECT, null=True, related_name="invitation")

    def __str__(self) -> str:
        return f"{self.contract_account} → {self.email}"


class EmailCode(models.Model):
    """A six-digit code sent by e-mail: to prove an address, or as second factor."""

    class Purpose(models.TextChoices):
        ADDRESS = "address", "Verifica dell'indirizzo"
        SIGN_IN = "sign_in", "Accesso"

    purpose = models.CharField(max_length=8, choices=Purpose)
    email = models.CharField(max_length=254)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    failures = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.sent_at:%Y-%m-%d %H:%M}"


class Attempt(models.Model):
    """Something counted so that nobody tries it without end: wrong passwords, codes asked for."""

    what = models.CharField(max_length=20)
    key_hash = models.CharField(max_length=64, help_text="hash of the address, account or network address")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["what", "key_hash", "at"], name="attempt_counted")]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"


class Submission(models.Model):
    """A form that was sent and what it made, so that the same form sent twice makes one thing."""

    key_hash = models.CharField(max_length=64, unique=True)
    made = models.CharField(max_length=60, help_text="number or code of what it made")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.made} {self.at:%Y-%m-%d %H:%M}"


class PortalSession(models.Model):
    """A browser or app signed in; ended from the profile of its owner."""

    portal_user = models.ForeignKey(PortalUser, models.PROTECT, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=80, help_text="as a person says it: Chrome su Android")
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.portal_user} {self.device}"
