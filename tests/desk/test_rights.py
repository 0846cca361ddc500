"""Every address of the desk, as a stranger, as each role, and as somebody without a role."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import get_resolver

from sorgente.interfaces.desk.access import RIGHTS, Right, Role, ensure_roles
from sorgente.interfaces.desk.urls import urlpatterns

pytestmark = pytest.mark.django_db

WORDS = {"path": "2025/SII/0000001", "str": "none", "int": "999999999"}


def _address(pattern) -> str:
    return "/" + re.sub(r"<(\w+):\w+>", lambda found: WORDS[found[1]], str(pattern.pattern))


PAGES = [pytest.param(_address(pattern), pattern.callback, id=pattern.name) for pattern in urlpatterns]


@pytest.mark.parametrize(("address", "view"), PAGES)
def test_stranger_is_sent_to_sign_in(address, view):
    for method in ("get", "post"):
        answer = getattr(Client(), method)(address)
        assert answer.status_code == 302, method
        assert answer["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize(("address", "view"), PAGES)
def test_each_role_passes_or_gets_403_as_the_table_says(address, view, sign_in):
    for role in Role:
        status = sign_in(role.value).get(address).status_code
        if role in RIGHTS[view.right]:
            # Found, not there, or only by POST: in any case let through.
            assert status in (200, 404, 405), (role, status)
        else:
            assert status == 403, (role, status)


@pytest.mark.parametrize(("address", "view"), PAGES)
def test_somebody_without_a_role_gets_403(address, view, sign_in):
    assert sign_in().get(address).status_code == 403


def test_every_view_of_the_desk_names_its_right():
    assert all(isinstance(pattern.callback.right, Right) for pattern in urlpatterns)


def test_nothing_else_is_served():
    served = {"", "accounts/", "language/", "area/", "area/identita/", "appuntamenti/", "firma/", "api/"}
    assert {str(pattern.pattern) for pattern in get_resolver().url_patterns} == served


def test_every_right_has_a_role_and_every_role_a_right():
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    assert set().union(*RIGHTS.values()) == set(Role)


def test_roles_are_groups_and_are_made_again_when_one_is_missing():
    Group.objects.filter(name="billing").delete()
    ensure_roles()
    ensure_roles()
    assert set(Group.objects.values_list("name", flat=True)) == {role.value for role in Role}


def test_document_follows_the_right_of_its_kind(town, sign_in):
    from sorgente.archive.queries.documents import documents_of

    bill, statement = documents_of("bill:2025/SII/0000001")[0], documents_of("statement:1")[0]
    assert sign_in("desk").get(f"/documents/{bill.sha256}/").status_code == 200
    assert sign_in("reader").get(f"/documents/{bill.sha256}/").status_code == 403
    assert sign_in("credit").get(f"/documents/{statement.sha256}/").status_code == 200
    assert sign_in("dpo").get(f"/documents/{statement.sha256}/").status_code == 200
    assert sign_in("reader").get(f"/documents/{statement.sha256}/").status_code == 403


def test_customer_page_shows_each_role_its_parts(town, sign_in):
    address = f"/customers/{town.party_id}/"
    reader = sign_in("reader").get(address).content.decode()
    assert town.serial in reader
    assert town.bill not in reader
    assert "Estratto conto" not in reader
    dpo = sign_in("dpo").get(address).content.decode()
    assert town.bill in dpo
    assert "Pagamenti" not in dpo
