"""The sign-in page; on a demonstration it also offers each role."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

from sorgente.interfaces.desk.access import ROLE_LABELS


class SignInView(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.DEMO:
            from sorgente.interfaces.desk.demo import PEOPLE

            context["demo_people"] = [
                {"role": role.value, "label": ROLE_LABELS[role], "name": " ".join(names)}
                for role, names in PEOPLE.items()
            ]
        return context


sign_in = SignInView.as_view()
