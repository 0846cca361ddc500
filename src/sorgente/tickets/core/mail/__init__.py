"""A mail as it came over the wire, turned into texts, files and facts; broken ones as far as they can be read."""

from sorgente.tickets.core.mail.parse import ParsedMail, PartFile, parse_mail

__all__ = ["ParsedMail", "PartFile", "parse_mail"]
