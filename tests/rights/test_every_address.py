"""Every address, asked by whoever must not: strangers, staff, customers with ids of others, delegates who look."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from sorgente.interfaces.desk.access import RIGHTS, Right, Role
from tests.rights.addresses import SERVED, TABLE, Route, routes
from tests.rights.two_customers import PLANTED

pytestmark = pytest.mark.django_db

ROUTES = routes()
DESK = [one for one in ROUTES if one.name.startswith("desk:")]
AREA = [one for one in ROUTES if one.name.startswith("portal:")]
SIGNING = [one for one in ROUTES if one.name.startswith("signing:")]
BOOKING = [one for one in ROUTES if one.name.startswith("booking:")]
API = [one for one in ROUTES if one.name.startswith("sorgente-api:")]
ACCOUNTS = [one for one in ROUTES if ":" not in one.name]

# For whoever is not signed in; every other view of the web area is guarded. None of them names a customer by an id.
DOORS = {
    "sign_in", "sign_in_code", "send_again", "identity_failed", "sign_out", "language", "forgotten", "reset",
    "activate", "activate_email", "activate_code", "activate_password", "invitation", "manifest", "worker", "offline",
}  # fmt: skip
# Staff sign in here, before and after the password; each address by itself shows nothing of anybody.
ENTRANCE = {
    "account_login", "account_logout", "account_inactive", "account_reauthenticate", "account_change_password",
    "mfa_authenticate", "mfa_activate_totp", "mfa_index", "mfa_deactivate_totp", "account_set_password", "set_language",
    "openid_connect_login", "openid_connect_callback",
}  # fmt: skip
# What a delegate who may only look must not do, and what is the person's own.
ACTS = {"self_reading", "new_request", "delivery", "delegates", "remove_delegate", "household"}
OF_THE_PERSON = {
    "sign_paper",
    "signed_copy",
    "change",
    "choose",
    "contacts",
    "consents",
    "consent",
    "own_data",
    "download_data",
    "delete_data",
    "drop_device",
}
# The right opens the page; the kind of the document decides once more (tests/desk/test_rights.py).
BY_KIND = {"desk:document", "desk:document_about", "desk:document_metadata", "desk:document_hold"}
# The town's bills were written, not computed: there is nothing to replay.
NOT_POSTED = {"desk:replay"}
GUARDED = [one for one in AREA if one.name.partition(":")[2] not in DOORS]
WITH_IDS = [one for one in GUARDED if one.places and one.name != "portal:go"]


def named(chosen: list[Route]):
    return pytest.mark.parametrize("route", [pytest.param(one, id=one.name) for one in chosen])


def asked(client: Client, address: str, **body: object) -> dict[str, object]:
    return {"GET": client.get(address), "POST": client.post(address, body)}


def shows(answer) -> list[str]:
    """Return the planted words an answer holds, in its body or its headers."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="replace") + str(dict(answer.headers))
    return [word for word in PLANTED.all() if word in text]


# ---------------------------------------------------------------------- nothing is left out


def test_every_address_is_one_of_the_houses_and_has_its_arguments():
    assert {str(pattern.pattern) for pattern in get_resolver().url_patterns} == SERVED
    known = [*DESK, *AREA, *SIGNING, *BOOKING, *API, *ACCOUNTS]
    assert len(known) == len(ROUTES) == len({one.name for one in ROUTES})
    for one in ROUTES:
        assert set(one.places) == set(TABLE.get(one.name, {})), f"{one.name} needs its line in addresses.TABLE"
    assert set(TABLE) <= {one.name for one in ROUTES}, "lines of addresses that are gone"
    assert {one.name for one in ACCOUNTS} - {"demo_sign_in"} == ENTRANCE
    assert not settings.DEMO, "the one-click sign-in is for demonstrations"


def test_every_view_is_a_door_or_guarded():
    assert all(isinstance(one.view.right, Right) for one in DESK)
    for one in AREA:
        is_guarded = getattr(one.view, "is_for_customers", False)
        assert is_guarded == (one.name.partition(":")[2] not in DOORS), one.name


# ---------------------------------------------------------------------- the desk


@named(DESK)
def test_desk(route, streets, callers):
    address = route.address(streets, streets.victim)
    for answer in asked(Client(), address).values():
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/")
    for customer in (callers.stranger, callers.victim):
        for answer in asked(customer, address).values():
            assert (answer.status_code, answer["Location"]) == (302, "/area/")
    for answer in asked(callers.nobody, address).values():
        assert answer.status_code == 403
        assert shows(answer) == []
    for role, client in callers.roles.items():
        if role in RIGHTS[route.view.right]:
            # Found, not there, led on, or only by POST: in any case let through.
            allowed = {200, 204, 302, 404, 405} | ({403} if route.name in BY_KIND else set())
            assert client.get(address).status_code in allowed, role
        else:
            for method, answer in asked(client, address).items():
                assert (answer.status_code, shows(answer)) == (403, []), (role, method)
    if route.name not in NOT_POSTED:
        # What staff can mend is told (422); a defect would rise.
        assert callers.roles[sorted(RIGHTS[route.view.right])[-1]].post(address).status_code < 500


# ---------------------------------------------------------------------- the web area


@named(GUARDED)
def test_area_is_closed_to_strangers_and_to_staff(route, streets, callers):
    address = route.address(streets, streets.victim)
    for answer in asked(Client(), address).values():
        assert answer.status_code == 302
        assert answer["Location"].startswith("/area/entra/?next=%2Farea%2F")
    for client in (callers.roles[Role.ADMIN], callers.roles[Role.DESK], callers.nobody):
        for answer in asked(client, address).values():
            assert (answer.status_code, shows(answer)) == (403, [])


@named(WITH_IDS)
def test_another_customer_finds_nothing(route, streets, callers):
    answers = asked(callers.stranger, route.address(streets, streets.victim))
    codes = {answer.status_code for answer in answers.values()}
    assert codes <= {404, 405}
    assert 404 in codes
    assert [shows(answer) for answer in answers.values()] == [[], []]


@named([one for one in GUARDED if not one.places])
def test_own_pages_show_nothing_of_another(route, streets, callers):
    address = route.address(streets, streets.stranger)
    assert shows(callers.stranger.get(address)) == []


@named(GUARDED)
def test_the_customer_finds_everything(route, streets, callers):
    """Else the tests above would pass on pages that are not there."""
    assert callers.victim.get(route.address(streets, streets.victim)).status_code in (200, 302, 405)


@named(GUARDED)
def test_a_delegate_who_may_look(route, streets, callers):
    name = route.name.partition(":")[2]
    answers = asked(callers.onlooker, route.address(streets, streets.victim))
    codes = {answer.status_code for answer in answers.values()}
    if name in ACTS | OF_THE_PERSON:
        refusal = 403 if name in ACTS else 404
        assert codes <= {refusal, 405}
        assert refusal in codes
        assert all(shows(answer) == [] for answer in answers.values())
    else:
        assert answers["GET"].status_code in (200, 302, 405)
        for word in (PLANTED.tax_code, PLANTED.iban, PLANTED.mobile, PLANTED.email, PLANTED.note):
            assert word not in shows(answers["GET"]), f"{word} is nobody's but the holder's"


@named([one for one in AREA if one not in GUARDED] + ACCOUNTS)
def test_doors_show_nothing(route, streets, callers):
    address = route.address(streets, streets.victim)
    for client in (Client(), callers.nobody, callers.stranger):
        for method, answer in asked(client, address).items():
            assert answer.status_code < 500, method
            assert shows(answer) == [], method


# ---------------------------------------------------------------------- links, tablets, programs


@named([one for one in SIGNING if one.places])
def test_envelopes_of_others(route, streets, callers):
    """An altered link is no link; a tablet shows what a clerk sent there, so a browser without its cookie gets none."""
    address = route.address(streets, streets.victim)
    for client in (Client(), callers.stranger, callers.roles[Role.ADMIN]):
        codes = set()
        for answer in asked(client, address).values():
            codes.add(answer.status_code)
            assert shows(answer) == []
        assert codes <= {404, 405, 410}
        assert codes != {405}


@named([one for one in SIGNING if not one.places])
def test_signing_without_a_document(route, streets, callers):
    for client in (Client(), callers.stranger, callers.roles[Role.ADMIN]):
        for answer in asked(client, route.address(streets, streets.victim)).values():
            assert answer.status_code in (200, 204, 302, 405, 422)
            assert shows(answer) == []


@named(BOOKING)
def test_booking(route, streets, callers):
    address = route.address(streets, streets.victim)
    for client in (Client(), callers.stranger, callers.roles[Role.ADMIN]):
        for answer in asked(client, address).values():
            assert answer.status_code in ((404, 405) if "token" in route.places else (200, 302, 405, 422))
            assert shows(answer) == []


@named(API)
def test_programs_sign_what_they_ask(route, streets, callers):
    address = route.address(streets, streets.victim)
    for client in (Client(), callers.stranger, callers.roles[Role.ADMIN]):
        for method, answer in asked(client, address).items():
            is_description = route.name == "sorgente-api:openapi-json"
            assert answer.status_code in ((200,) if is_description else (401, 404, 405)), method
            assert shows(answer) == []


# ---------------------------------------------------------------------- ids of others in forms of one's own


def test_forms_of_ones_own_with_ids_of_another(streets, callers):
    from sorgente.customers.access.models import AccountAccess, Invitation, PortalSession
    from sorgente.customers.models import Consent
    from sorgente.messages.models import PushSubscription
    from tests.rights.two_customers import ENDPOINT

    mine, theirs, client = streets.stranger, streets.victim, callers.stranger
    access = AccountAccess.objects.get(contract_account__number=theirs.account)
    session = PortalSession.objects.create(
        portal_user_id=access.granted_by_id or access.portal_user_id, session_key="k" * 32, device="Altro",
        started_at="2026-03-20T09:00Z",
    )  # fmt: skip
    consents = Consent.objects.count()
    answers = [
        client.post(f"/area/profilo/{mine.party_id}/consensi/scelta/",
                    {"contact": theirs.ids["contact"], "purpose": "marketing", "given": "yes"}),
        client.post(f"/area/conti/{mine.account}/deleghe/togli/", {"access": access.pk}),
        client.post(f"/area/conti/{mine.account}/deleghe/togli/", {"invitation": theirs.ids["invitation"]}),
        client.post("/area/accesso/chiudi/", {"session": session.pk}),
        client.delete("/area/avvisi/dispositivi/", {"endpoint": ENDPOINT}, content_type="application/json"),
    ]  # fmt: skip
    assert answers[0].status_code == 404
    assert all(answer.status_code < 500 and shows(answer) == [] for answer in answers)
    access.refresh_from_db()
    assert access.revoked_at is None
    assert Invitation.objects.get(pk=theirs.ids["invitation"]).ended_at is None
    assert PortalSession.objects.filter(pk=session.pk).exists()
    assert PushSubscription.objects.get(endpoint=ENDPOINT).gone_at is None
    assert Consent.objects.count() == consents


def test_a_browser_taken_over_does_not_keep_the_notifications_of_whoever_had_it(streets, callers):
    """The same endpoint registered by another login is that login's alone: bills of the first go there no more."""
    from sorgente.messages.models import PushSubscription
    from tests.rights.two_customers import ENDPOINT

    body = {"subscription": {"endpoint": ENDPOINT, "keys": {"p256dh": "BNc", "auth": "tBH"}}}
    assert callers.stranger.post("/area/avvisi/dispositivi/", body, content_type="application/json").status_code == 200
    (kept,) = PushSubscription.objects.filter(endpoint=ENDPOINT)
    assert (kept.user_id, kept.party_id) == (streets.stranger.user_id, streets.stranger.party_id)
