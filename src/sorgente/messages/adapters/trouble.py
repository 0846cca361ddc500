"""What can go wrong on the way out: refused for good, or not just now."""

from __future__ import annotations

from sorgente.shared.errors import SorgenteError


class NotAccepted(SorgenteError):
    """The other side refused this message for good: sending it again would be refused again."""

    code = "messages.message.not-accepted"


class ChannelDown(SorgenteError):
    """Nothing could be sent just now; the message waits for the next round."""

    code = "messages.channel.down"
