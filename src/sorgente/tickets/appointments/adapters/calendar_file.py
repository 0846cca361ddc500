"""An appointment as a calendar file (iCalendar, RFC 5545): telephones and mail programs add it with a tap."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from sorgente.tickets.appointments.core.view import AppointmentView


def calendar_file(appointment: AppointmentView, *, company: str, link: str, at: datetime) -> bytes:
    """Return the .ics of one appointment; a cancelled one says so, and the calendar drops it.

    link  the page that changes or cancels it
    at    when the file is made
    """
    cancelled = appointment.state == "cancelled"
    event = Event()
    event.add("uid", f"{appointment.code}@sorgente")
    event.add("dtstamp", at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", f"{appointment.service_name} – {company}")
    event.add("location", f"{appointment.place_name}, {appointment.address}".rstrip(", "))
    event.add("description", "\n".join(text for text in (appointment.bring, link) if text))
    event.add("url", link)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", appointment.service_name)
        alarm.add("trigger", timedelta(hours=-2))
        event.add_component(alarm)
    book = Calendar()
    book.add("prodid", "-//Sorgente//appuntamenti//IT")
    book.add("version", "2.0")
    book.add("method", "CANCEL" if cancelled else "PUBLISH")
    book.add_component(event)
    return bytes(book.to_ical())
