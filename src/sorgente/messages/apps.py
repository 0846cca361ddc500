from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "sorgente.messages"
    label = "outbox"
    verbose_name = "Messaggi"
