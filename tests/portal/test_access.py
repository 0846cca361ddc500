"""Codes, delegates and limits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.customers.access.core import codes
from sorgente.customers.access.models import AccountAccess as Leave
from sorgente.customers.access.models import ActivationCode, PortalUser
from sorgente.customers.access.queries.accounts_of_user import (
    accounts_of_user,
    is_customer_user,
    login_by_email,
    login_of_party,
    users_of_party,
)
from sorgente.customers.access.queries.delegates import delegates_of, invitation_by_token, invitations_of
from sorgente.customers.access.usecases import limits
from sorgente.customers.access.usecases.activate import (
    ActivationRefused,
    AlreadyActivated,
    PasswordTooWeak,
    Proven,
    activate,
    prove_by_code,
    prove_by_identity,
)
from sorgente.customers.access.usecases.delegation import (
    DelegateAlready,
    EndsTooSoon,
    InvitationOver,
    NotTheHolder,
    accept_invitation,
    invite_delegate,
    revoke,
    take_back_invitation,
)
from sorgente.customers.access.usecases.email_code import (
    CodeOver,
    WrongCode,
    check_email_code,
    clear_old_codes,
    send_email_code,
)
from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code
from sorgente.customers.access.usecases.sign_in import SignInRefused, check_password
from sorgente.customers.models import ContractAccount, Party
from sorgente.customers.usecases.contract_account import UnknownAccount
from tests.portal.conftest import AT, PASSWORD, link_in_mail

LINK = "https://area.valdoro.example/area/invito/{token}/"
letters = st.text(codes.ALPHABET, min_size=9, max_size=9)


@given(letters, st.integers(0, 8), st.sampled_from(codes.ALPHABET))
def test_the_check_sign_finds_every_wrong_sign(body, place, other):
    code = body + codes.check_sign(body)
    assert codes.is_well_formed(code)
    wrong = code[:place] + other + code[place + 1 :]
    assert codes.is_well_formed(wrong) == (wrong == code)


@given(letters, st.integers(0, 7))
def test_the_check_sign_finds_neighbours_exchanged(body, place):
    code = body + codes.check_sign(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert codes.is_well_formed(swapped) == (swapped == code)


def test_a_code_is_typed_as_people_type():
    code = codes.new_activation_code()
    assert codes.typed(f" {codes.printed(code).lower()} ") == code


@pytest.fixture
def account(town):
    return ContractAccount.objects.select_related("holder").get(number=town.account)


def prove(account, code, *, end=None, at=AT, address="192.0.2.1"):
    return prove_by_code(
        account_number=account.number, code=code, tax_code_end=end or account.holder.tax_code[-4:], address=address,
        at=at,
    )  # fmt: skip


def test_a_code_opens_its_account_once(account):
    code = issue_activation_code(account_number=account.number, at=AT)
    assert code.replace("-", "") not in ActivationCode.objects.get(contract_account=account).code_hash
    proven = prove(account, code.lower())
    login = activate(proven=proven, email="Anna@Posta.example", password=PASSWORD, at=AT)
    assert login.email == "anna@posta.example"
    found = accounts_of_user(login.user_id, as_of=AT.date())
    assert [(one.account_number, one.role, one.may_act) for one in found] == [(account.number, "holder", True)]
    assert login_of_party(account.holder_id) == login_by_email("anna@posta.example") == login
    assert users_of_party(account.holder_id) == (login.user_id,)
    with pytest.raises(ActivationRefused):
        prove(account, code)
    with pytest.raises(ActivationRefused):
        activate(proven=proven, email="altro@posta.example", password=PASSWORD, at=AT)


def test_each_of_the_three_must_be_right(account):
    code = issue_activation_code(account_number=account.number, at=AT)
    for wrong in ({"code": "22222-22222"}, {"code": code, "end": "0000"}, {"code": code, "end": "0"}):
        with pytest.raises(ActivationRefused):
            prove(account, **wrong)
    other = ContractAccount.objects.exclude(pk=account.pk).select_related("holder").first()
    with pytest.raises(ActivationRefused):
        prove(other, code)


def test_a_code_ends_when_it_is_old_or_another_is_issued(account):
    first = issue_activation_code(account_number=account.number, at=AT)
    second = issue_activation_code(account_number=account.number, at=AT)
    with pytest.raises(ActivationRefused):
        prove(account, first)
    assert prove(account, second, at=AT + timedelta(days=179)).party_id == account.holder_id
    with pytest.raises(ActivationRefused):
        prove(account, second, at=AT + timedelta(days=180))
    with pytest.raises(UnknownAccount):
        issue_activation_code(account_number="0", at=AT)


def test_guessing_stops_after_five_tries_and_goes_on_after_an_hour(account):
    code = issue_activation_code(account_number=account.number, at=AT)
    for turn in range(5):
        with pytest.raises(ActivationRefused):
            prove(account, "AAAAA-AAAAA", address=f"192.0.2.{turn}")
    with pytest.raises(limits.TooManyAttempts):
        prove(account, code, address="192.0.2.99")  # even the right one
    assert prove(account, code, at=AT + timedelta(minutes=61)).party_id == account.holder_id


def test_an_address_that_guesses_many_accounts_is_stopped(town):
    numbers = [str(number) for number in range(20)]
    for number in numbers:
        with pytest.raises(ActivationRefused):
            prove_by_code(account_number=number, code="X", tax_code_end="X", address="192.0.2.7", at=AT)
    with pytest.raises(limits.TooManyAttempts):
        prove_by_code(account_number=town.account, code="X", tax_code_end="X", address="192.0.2.7", at=AT)
    assert limits.clear_old_attempts(as_of=AT + timedelta(days=3)) >= 20


def test_twenty_wrong_tries_use_a_code_up(account):
    code = issue_activation_code(account_number=account.number, at=AT)
    for turn in range(20):
        with pytest.raises(ActivationRefused):
            prove(account, "AAAAA-AAAAA", at=AT + timedelta(hours=2 * turn))
    with pytest.raises(ActivationRefused):
        prove(account, code, at=AT + timedelta(days=3))


def test_a_person_has_one_login_and_a_company_several(account):
    activate(proven=Proven(account.holder_id, "test"), email="uno@posta.example", password=PASSWORD, at=AT)
    with pytest.raises(AlreadyActivated):
        activate(proven=Proven(account.holder_id, "test"), email="due@posta.example", password=PASSWORD, at=AT)
    assert not PortalUser.objects.filter(email="due@posta.example").exists()
    company = Party.objects.filter(kind="company").first()
    for email in ("tre@posta.example", "quattro@posta.example"):
        activate(proven=Proven(company.pk, "test"), email=email, password=PASSWORD, at=AT)
    assert len(users_of_party(company.pk)) == 2


def test_a_login_can_speak_for_several_parties(account):
    login = activate(proven=Proven(account.holder_id, "test"), email="uno@posta.example", password=PASSWORD, at=AT)
    company = Party.objects.filter(kind="company").first()
    both = activate(proven=Proven(company.pk, "t"), email="", password=None, user_id=login.user_id, at=AT)
    assert both.party_ids == (account.holder_id, company.pk)
    assert {one.party_id for one in accounts_of_user(login.user_id, as_of=AT.date())} == set(both.party_ids)


@pytest.mark.parametrize("password", ["corta", "password123", "1234567890", "cliente@posta"])
def test_a_weak_password_makes_no_login(account, password):
    with pytest.raises(PasswordTooWeak):
        activate(proven=Proven(account.holder_id, "t"), email="cliente@posta.example", password=password, at=AT)
    assert not PortalUser.objects.exists()


def test_an_identity_finds_its_party(account):
    assert prove_by_identity(tax_code=account.holder.tax_code, provider="SPID").party_id == account.holder_id
    assert prove_by_identity(tax_code="RSSMRA80A01H501U", provider="SPID") is None


@pytest.fixture
def holder(account):
    return activate(proven=Proven(account.holder_id, "t"), email="uno@posta.example", password=PASSWORD, at=AT)


def invite(holder, account, **changed):
    given = {"email": "figlia@posta.example", "rights": "see", "until_on": None, "link": LINK, "at": AT, **changed}
    return invite_delegate(user_id=holder.user_id, account_number=account.number, **given)


def test_a_delegate_sees_what_the_holder_allowed_until_it_ends(holder, account):
    invite(holder, account, until_on=date(2026, 4, 1))
    token = link_in_mail().strip("/").split("/")[-1]
    assert invitation_by_token(token, at=AT).holder_name == account.holder.name
    user_id = accept_invitation(token=token, at=AT, password=PASSWORD, first_name="Eva", surname="Rossi")
    found = accounts_of_user(user_id, as_of=date(2026, 3, 31))
    assert [(one.account_number, one.role, one.may_act) for one in found] == [(account.number, "delegate", False)]
    assert accounts_of_user(user_id, as_of=date(2026, 4, 1)) == ()
    assert [one.name for one in delegates_of(account.number, as_of=AT.date())] == ["Eva Rossi"]
    with pytest.raises(InvitationOver):
        accept_invitation(token=token, at=AT, password=PASSWORD)
    with pytest.raises(DelegateAlready):
        invite(holder, account)
    with pytest.raises(NotTheHolder):  # a delegate passes nothing on
        invite_delegate(
            user_id=user_id, account_number=account.number, email="x@posta.example", rights="act", until_on=None,
            link=LINK, at=AT,
        )  # fmt: skip
    leave = Leave.objects.get()
    with pytest.raises(NotTheHolder):
        revoke(user_id=_stranger().user_id, account_number=account.number, access_id=leave.pk, at=AT)
    revoke(user_id=holder.user_id, account_number=account.number, access_id=leave.pk, at=AT)
    assert accounts_of_user(user_id, as_of=AT.date()) == ()


def _stranger():
    other = Party.objects.filter(kind="person").order_by("-pk").first()
    return activate(proven=Proven(other.pk, "t"), email="altri@posta.example", password=PASSWORD, at=AT)


def test_an_invitation_ends_after_two_weeks_or_when_it_is_taken_back(holder, account):
    invitation = invite(holder, account)
    token = link_in_mail().strip("/").split("/")[-1]
    assert invitation_by_token(token, at=AT + timedelta(days=14)) is None
    assert len(invitations_of(account.number, at=AT)) == 1
    take_back_invitation(user_id=holder.user_id, account_number=account.number, invitation_id=invitation, at=AT)
    with pytest.raises(InvitationOver):
        accept_invitation(token=token, at=AT, password=PASSWORD)


def test_an_invitation_to_oneself_or_into_the_past_is_refused(holder, account):
    with pytest.raises(DelegateAlready):
        invite(holder, account, email="UNO@posta.example")
    with pytest.raises(EndsTooSoon):
        invite(holder, account, until_on=AT.date())


def test_an_email_code_is_used_once_and_tried_five_times(db):
    def send():
        return send_email_code(purpose="sign_in", email="uno@posta.example", language="it", address="192.0.2.1", at=AT)

    code_id, code = send()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(WrongCode):
        check_email_code(code_id=code_id, purpose="sign_in", code=wrong, at=AT)
    with pytest.raises(CodeOver):  # a code for one thing is none for another
        check_email_code(code_id=code_id, purpose="address", code=code, at=AT)
    assert check_email_code(code_id=code_id, purpose="sign_in", code=code, at=AT) == "uno@posta.example"
    with pytest.raises(CodeOver):
        check_email_code(code_id=code_id, purpose="sign_in", code=code, at=AT)
    code_id, code = send()
    for _turn in range(5):
        with pytest.raises(WrongCode):
            check_email_code(code_id=code_id, purpose="sign_in", code="000000" if code != "000000" else "1", at=AT)
    with pytest.raises(CodeOver):
        check_email_code(code_id=code_id, purpose="sign_in", code=code, at=AT)
    code_id, code = send()
    with pytest.raises(CodeOver):
        check_email_code(code_id=code_id, purpose="sign_in", code=code, at=AT + timedelta(minutes=10))
    for _turn in range(3):
        send()
    with pytest.raises(limits.TooManyAttempts):
        send()
    assert clear_old_codes(as_of=AT + timedelta(days=2)) == 6


def test_sign_in_says_the_same_for_a_wrong_address_and_a_wrong_password(holder):
    def refused(email, password):
        with pytest.raises(SignInRefused) as caught:
            check_password(email=email, password=password, address="192.0.2.1", at=AT)
        return str(caught.value)

    assert refused("uno@posta.example", "sbagliata") == refused("nessuno@posta.example", PASSWORD)
    assert check_password(email=" UNO@posta.example", password=PASSWORD, address="192.0.2.1", at=AT) == holder
    for _turn in range(5):
        refused("uno@posta.example", "sbagliata")
    with pytest.raises(limits.TooManyAttempts):
        check_password(email="uno@posta.example", password=PASSWORD, address="192.0.2.1", at=AT)


def test_a_blocked_login_enters_nowhere(holder):
    PortalUser.objects.filter(pk=holder.id).update(blocked_at=AT)
    assert login_by_email("uno@posta.example") is None
    assert accounts_of_user(holder.user_id, as_of=AT.date()) == ()
    assert is_customer_user(holder.user_id)  # and is no member of staff either


def test_history_keeps_every_leave(holder, account):
    invite(holder, account)
    accept_invitation(token=link_in_mail().strip("/").split("/")[-1], at=AT, password=PASSWORD, first_name="E")
    leave = Leave.objects.get()
    revoke(
        user_id=holder.user_id, account_number=account.number, access_id=leave.pk, at=datetime(2026, 4, 1, tzinfo=UTC)
    )
    tracked = Leave._meta.get_field("events").related_model
    states = tracked.objects.filter(pgh_obj_id=leave.pk).order_by("pgh_id").values_list("revoked_at", flat=True)
    assert list(states) == [None, datetime(2026, 4, 1, tzinfo=UTC)]
