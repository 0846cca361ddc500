"""Where and when the utility receives people: places, services, slots and their seats, the counter, the telephone."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q


class Place(models.Model):
    """A counter office, a team on the road or the telephone: something with a diary."""

    class Kind(models.TextChoices):
        DESK = "desk", "Sportello"
        HOME = "home", "A domicilio"
        PHONE = "phone", "Al telefono"

    code = models.SlugField(max_length=30, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=160, blank=True)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """What somebody comes for."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    bring = models.CharField(max_length=300, blank=True, help_text="what the customer should have at hand")
    public = models.BooleanField(default=True, help_text="bookable by anybody on the web")

    def __str__(self) -> str:
        return self.name


class Opening(models.Model):
    """The weekly hours of a place for some services, cut into slots of equal length."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="openings")
    services = models.ManyToManyField(Service, related_name="openings")
    weekday = models.SmallIntegerField(help_text="ISO: 1 Monday to 7 Sunday")
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    slot_minutes = models.SmallIntegerField()
    seats = models.SmallIntegerField(help_text="people received at the same time")
    from_on = models.DateField()
    until_on = models.DateField(null=True, help_text="first day without it")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="opening_weekday", condition=Q(weekday__gte=1, weekday__lte=7)),
            models.CheckConstraint(name="opening_hours", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(name="opening_capacity", condition=Q(seats__gte=1, slot_minutes__gte=5)),
            models.UniqueConstraint(fields=["place", "weekday", "opens_at", "from_on"], name="opening_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.weekday} {self.opens_at:%H:%M}-{self.closes_at:%H:%M}"


class Slot(models.Model):
    """One stretch of time of an opening on a day."""

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="slots")
    place = models.ForeignKey(Place, models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed = models.BooleanField(default=False, help_text="taken out of the diary: strike, illness, works")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opening", "starts_at"], name="slot_once")]
        indexes = [models.Index(fields=["starts_at", "place"], name="slot_diary")]

    def __str__(self) -> str:
        return f"{self.place} {self.starts_at:%d/%m/%Y %H:%M}"


class Seat(models.Model):
    """One person who can be received in a slot."""

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="seats")
    number = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "number"], name="seat_once")]

    def __str__(self) -> str:
        return f"{self.slot} · {self.number}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Appointment(models.Model):
    class State(models.TextChoices):
        BOOKED = "booked", "Prenotato"
        ARRIVED = "arrived", "Arrivato"
        SERVED = "served", "Concluso"
        MISSED = "missed", "Non presentato"
        CANCELLED = "cancelled", "Annullato"

    HOLDING = (State.BOOKED, State.ARRIVED, State.SERVED, State.MISSED)

    code = models.CharField(max_length=10, unique=True)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="appointments")
    service = models.ForeignKey(Service, models.PROTECT, related_name="appointments")
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)
    name = models.CharField(max_length=120)
    email = models.CharField(max_length=254, blank=True)
    mobile = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=160, blank=True, help_text="where the team goes")
    party_id = models.BigIntegerField(null=True)
    account_number = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=2, default="it")
    booked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    times_moved = models.SmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            # The whole promise of the diary: whatever the callers do at once, a seat is held by one.
            models.UniqueConstraint(fields=["seat"], name="seat_held_once", condition=~Q(state="cancelled")),
        ]
        indexes = [
            models.Index(fields=["party_id"], name="appointment_party", condition=Q(party_id__isnull=False)),
            models.Index(fields=["account_number"], name="appointment_account", condition=~Q(account_number="")),
        ]

    def __str__(self) -> str:
        return self.code


class CounterTicket(models.Model):
    """A number drawn at the entrance of an office."""

    class State(models.TextChoices):
        WAITING = "waiting", "In attesa"
        CALLED = "called", "Allo sportello"
        SERVED = "served", "Servito"
        GONE = "gone", "Andato via"

    place = models.ForeignKey(Place, models.PROTECT, related_name="counter_tickets")
    on = models.DateField()
    number = models.SmallIntegerField()
    service = models.ForeignKey(Service, models.PROTECT, related_name="counter_tickets")
    appointment = models.OneToOneField(Appointment, models.PROTECT, null=True, related_name="counter_ticket")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    drawn_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    counter = models.CharField(max_length=20, blank=True)
    operator = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "on", "number"], name="counter_ticket_once")]

    def __str__(self) -> str:
        return f"{self.place} {self.number}"


class Call(models.Model):
    """A telephone call, as the switchboard tells it."""

    reference = models.CharField(max_length=80, unique=True, help_text="the switchboard's own name of the call")
    caller = models.CharField(max_length=20, blank=True, help_text="+39…; empty when withheld")
    line = models.CharField(max_length=40, blank=True)
    operator = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    party_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="call_time")]

    def __str__(self) -> str:
        return self.reference
