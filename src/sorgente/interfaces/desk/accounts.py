"""How staff accounts differ from allauth's own habits: nobody signs up, and the TOTP secret is encrypted at rest."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from sorgente.shared.secrets import decrypt, encrypt


class StaffAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class StaffMFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt(text, key=settings.FIELD_KEY).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text.encode(), key=settings.FIELD_KEY)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return False  # an administrator resets it: `sorgente manage staff USER --reset`
