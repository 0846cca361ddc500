"""Sign-in of staff: the few addresses of allauth that we want, and nothing of sign-up or e-mail."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from sorgente.interfaces.desk.views.entrance import sign_in

_home = RedirectView.as_view(pattern_name="desk:home")

urlpatterns: list[URLPattern] = [
    path("login/", sign_in, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/activate/", totp.activate_totp, name="mfa_activate_totp"),
    # Where allauth sends people afterwards; the desk has no page of its own for these.
    path("second-factor/done/", _home, name="mfa_index"),
    path("second-factor/kept/", _home, name="mfa_deactivate_totp"),
    path("password/none/", _home, name="account_set_password"),
]

if settings.DEMO:
    from sorgente.interfaces.desk.demo import sign_in_as

    urlpatterns.append(path("demo/<slug:role>/", sign_in_as, name="demo_sign_in"))
