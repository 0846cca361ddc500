"""Single acts: accept, release, discard, correct a read; install, replace, remove a meter."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from sorgente.metering.models import Installation, Read, ReadChange
from sorgente.metering.queries import billing_reads
from sorgente.metering.usecases import accept_read as accepting
from sorgente.metering.usecases import devices, held_reads
from sorgente.metering.usecases.accept_read import accept_read
from sorgente.metering.usecases.devices import NewMeter, install_device, remove_device, replace_device
from sorgente.metering.usecases.held_reads import correct_read, discard_read, release_read
from tests.metering.builders import make_metered_points

pytestmark = pytest.mark.django_db

JAN, FEB, APR = date(2026, 1, 1), date(2026, 2, 10), date(2026, 4, 1)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
WHO = {"released_by": "carla", "released_at": NOW}


@pytest.fixture
def point():
    """A service point without a meter of its own."""
    points, _ = make_metered_points(2, installed_on=date(2020, 1, 1))
    Installation.objects.filter(service_point_id=int(points[0])).delete()
    return int(points[0])


@pytest.fixture
def a17(point):
    return install(point, "A17", 100)


def install(point, serial, m3, on=JAN, **more):
    return install_device(
        meter=NewMeter(serial=serial, **more), service_point_id=point, installed_on=on, index_milli=m3 * 1000,
        recorded_at=NOW,
    )  # fmt: skip


def read(register, m3, on, **more):
    return accept_read(register_id=register, index_milli=round(m3 * 1000), read_on=on, received_at=NOW, **more)


def test_the_error_of_the_style_guide_word_by_word(a17):
    read(a17, 118, FEB)
    with pytest.raises(accepting.ReadBelowEarlierOne) as caught:
        read(a17, 112, APR)
    assert str(caught.value) == (
        "Meter A17: 112 m3 on 2026-04-01 is below 118 m3 on 2026-02-10. If the meter was replaced, record the"
        " replacement first; if it passed 99999, send the read again with rollover=True."
    )
    assert Read.objects.filter(register_id=a17).count() == 2
    assert read(a17, 112, APR, rollover=True).state == "accepted"
    assert Read.objects.latest("id").running_milli == 100_112_000


def test_accepting_twice_is_recognised(a17):
    first = read(a17, 118, FEB)
    again = read(a17, 118, FEB)
    assert (first.state, again.state, again.read_id) == ("accepted", "repeated", first.read_id)


@pytest.mark.parametrize(
    ("error", "m3", "on"),
    [
        (accepting.RegisterNotInstalled, 118, date(2025, 12, 31)),
        (accepting.ReadInTheFuture, 118, date(2026, 12, 2)),
        (accepting.ReadTooLong, 100_000, FEB),
    ],
)
def test_what_cannot_be_a_read_is_refused(a17, error, m3, on):
    with pytest.raises(error) as caught:
        read(a17, m3, on)
    assert caught.value.subject == "Meter A17"
    assert caught.value.next_step
    assert Read.objects.filter(register_id=a17).count() == 1


def test_an_unknown_register():
    with pytest.raises(accepting.RegisterUnknown):
        read(10**9, 1, FEB)


def test_a_held_read_is_released_with_its_turn(a17):
    read(a17, 118, FEB)
    held = Read.objects.create(
        register_id=a17, read_on=APR, index_milli=20_000, running_milli=20_000, kind="reader", state="held",
        received_at=NOW,
    )  # fmt: skip
    with pytest.raises(held_reads.ReadOutOfOrder):
        release_read(read_id=held.pk, reason="customer says so", **WHO)
    release_read(read_id=held.pk, reason="seen at zero", rollover=True, **WHO)
    held.refresh_from_db()
    assert (held.state, held.running_milli) == ("accepted", 100_020_000)
    change = ReadChange.objects.get()
    assert (change.from_state, change.to_state, change.changed_by) == ("held", "accepted", "carla")


def test_a_held_read_must_fit_between_its_neighbours(a17):
    read(a17, 118, FEB)
    held = Read.objects.create(
        register_id=a17, read_on=date(2026, 1, 20), index_milli=119_000, running_milli=119_000, kind="reader",
        state="held", received_at=NOW,
    )  # fmt: skip
    with pytest.raises(held_reads.ReadOutOfOrder, match="above 118 m3"):
        release_read(read_id=held.pk, reason="checked", **WHO)


def test_one_accepted_read_a_day(a17):
    read(a17, 118, FEB)
    second = read(a17, 119, FEB)
    assert second.state == "held"
    with pytest.raises(held_reads.DayAlreadyRead):
        release_read(read_id=second.read_id, reason="this one is right", **WHO)


def test_a_reason_is_asked_for_and_a_state_checked(a17):
    first = read(a17, 118, FEB)
    with pytest.raises(held_reads.ReasonMissing):
        discard_read(read_id=first.read_id, discarded_by="carla", discarded_at=NOW, reason=" ")
    with pytest.raises(held_reads.ReadNotHeld):
        release_read(read_id=first.read_id, reason="x", **WHO)
    with pytest.raises(held_reads.UnknownRead):
        discard_read(read_id=10**9, discarded_by="carla", discarded_at=NOW, reason="x")
    discard_read(read_id=first.read_id, discarded_by="carla", discarded_at=NOW, reason="wrong meter")
    with pytest.raises(held_reads.ReadNotHeld):
        discard_read(read_id=first.read_id, discarded_by="carla", discarded_at=NOW, reason="again")


def test_a_correction_keeps_both_reads(a17):
    wrong = read(a17, 181, FEB)
    right = correct_read(
        read_id=wrong.read_id, index_milli=118_000, corrected_by="carla", corrected_at=NOW, reason="digits swapped"
    )
    change = ReadChange.objects.get()
    assert (change.read_id, change.replaced_by_id) == (wrong.read_id, right.read_id)
    assert list(Read.objects.filter(register_id=a17, state="accepted").values_list("index_milli", flat=True)) == [
        100_000,
        118_000,
    ]


def test_a_correction_that_is_refused_changes_nothing(a17):
    first = read(a17, 118, FEB)
    with pytest.raises(accepting.ReadBelowEarlierOne):
        correct_read(
            read_id=first.read_id, index_milli=90_000, corrected_by="carla", corrected_at=NOW, reason="digits swapped"
        )
    assert Read.objects.get(pk=first.read_id).state == "accepted"
    assert not ReadChange.objects.exists()


def test_a_meter_replaced_in_mid_period_leaves_two_reads_on_the_day(point, a17):
    new = replace_device(
        old_serial="A17", new_meter=NewMeter(serial="B03"), replaced_on=FEB, final_index_milli=118_000,
        first_index_milli=0, recorded_at=NOW,
    )  # fmt: skip
    read(new, 18, APR)
    table = billing_reads(service_point_ids=np.array([point]), since=JAN, through=APR)
    rows = table.select(["read_on", "register_id", "running_milli"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (JAN, a17, 100_000),
        (FEB, a17, 118_000),
        (FEB, new, 0),
        (APR, new, 18_000),
    ]
    assert table["kind_name"].to_pylist() == ["install", "remove", "install", "reader"]


def test_a_meter_is_in_one_place_and_a_point_has_one_meter(point, a17):
    with pytest.raises(devices.MeterAlreadyInstalled):
        install(point, "A17", 0)
    with pytest.raises(devices.ServicePointHasMeter):
        install(point, "B03", 0)
    remove_device(serial="A17", removed_on=FEB, index_milli=118_000, recorded_at=NOW)
    with pytest.raises(devices.MeterAlreadyInstalled, match="following day"):
        install(point, "A17", 118, on=FEB)
    assert install(point, "A17", 118, on=date(2026, 2, 11)) == a17


def test_removing_what_is_not_there(a17):
    with pytest.raises(devices.MeterNotInstalled, match="after 2026-01-01"):
        remove_device(serial="A17", removed_on=JAN, index_milli=100_000, recorded_at=NOW)
    remove_device(serial="A17", removed_on=FEB, index_milli=118_000, recorded_at=NOW)
    with pytest.raises(devices.MeterNotInstalled, match="nowhere"):
        remove_device(serial="A17", removed_on=APR, index_milli=118_000, recorded_at=NOW)
    with pytest.raises(devices.UnknownMeter):
        remove_device(serial="Z99", removed_on=APR, index_milli=118_000, recorded_at=NOW)


def test_a_refused_replacement_changes_nothing(point, a17):
    with pytest.raises(devices.FirstIndexTooLong):
        replace_device(
            old_serial="A17", new_meter=NewMeter(serial="B03"), replaced_on=FEB, final_index_milli=118_000,
            first_index_milli=10**9, recorded_at=NOW,
        )  # fmt: skip
    assert Installation.objects.get(register_id=a17).installed.upper is None
    assert Read.objects.filter(register_id=a17).count() == 1


def test_a_meter_described_in_two_ways(point, a17):
    remove_device(serial="A17", removed_on=FEB, index_milli=118_000, recorded_at=NOW)
    with pytest.raises(devices.MeterDiffers, match="diameter_mm is 15"):
        install(point, "A17", 118, on=APR, diameter_mm=20)


def test_a_meter_that_comes_from_elsewhere_starts_anew(point, a17):
    read(a17, 118, date(2026, 1, 11))
    remove_device(serial="A17", removed_on=FEB, index_milli=118_000, recorded_at=NOW)
    install(point, "A17", 0, on=date(2026, 3, 1))
    reads = Read.objects.filter(register_id=a17).order_by("read_on")
    assert list(reads.values_list("running_milli", flat=True)) == [100_000, 118_000, 118_000, 100_000_000]
    # Where it was before, it took 1.8 m3 a day; where nobody knows the habit, nothing is compared.
    assert read(a17, 300, date(2026, 3, 20)).state == "accepted"
    assert Read.objects.latest("id").running_milli == 100_300_000
    install_again = date(2026, 5, 1)
    remove_device(serial="A17", removed_on=APR, index_milli=310_000, recorded_at=NOW)
    install(point, "A17", 310, on=install_again)
    assert Read.objects.latest("id").running_milli == 100_310_000
