from __future__ import annotations

import pytest

from sorgente.customers.core.recipient import address_line, recipient_of

ROW = {
    "name": "Rosa Bianchi", "addressee": "", "email": "rosa@valdoro.example", "pec": "rosa@pec.valdoro.example",
    "account_number": "CC0000042",
    "billing_street": "Via Roma", "billing_house_number": "3", "billing_postal_code": "60027",
    "billing_municipality": "Valdoro", "billing_province": "VD",
    "supply_street": "Contrada Fonte", "supply_house_number": "", "supply_postal_code": "60027",
    "supply_municipality": "Valdoro", "supply_province": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "recipient"),
    [
        ("email", "rosa@valdoro.example"),
        ("pec", "rosa@pec.valdoro.example"),
        ("post", "Rosa Bianchi, Via Roma 3, 60027 Valdoro VD"),
        ("portal", "CC0000042"),
    ],
)
def test_each_channel_has_its_address(channel, recipient):
    assert recipient_of(ROW | {"channel": channel}) == recipient


def test_letters_of_the_dead_go_to_the_heirs():
    row = ROW | {"channel": "post", "addressee": "Eredi di Rosa Bianchi"}
    assert recipient_of(row) == "Eredi di Rosa Bianchi, Via Roma 3, 60027 Valdoro VD"


def test_what_is_missing_leaves_no_gap():
    assert address_line(ROW, "supply") == "Contrada Fonte, 60027 Valdoro"
