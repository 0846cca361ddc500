from django.urls import URLPattern, path

from sorgente.interfaces.portal.signing import codes, explained, sheet, tablet

app_name = "signing"


def _pages(start: str, name: str) -> list[URLPattern]:
    """Return the addresses of an envelope behind one door."""
    return [
        path(f"{start}/", sheet.sheet, name=f"{name}_sheet"),
        path(f"{start}/pagine/<int:number>.png", sheet.page, name=f"{name}_page"),
        path(f"{start}/punti/<slug:key>.png", sheet.clause, name=f"{name}_clause"),
        path(f"{start}/letto/", sheet.read, name=f"{name}_read"),
        path(f"{start}/punti/<slug:key>/firma/", sheet.sign, name=f"{name}_sign"),
        path(f"{start}/punti/<slug:key>/rifiuta/", sheet.refuse, name=f"{name}_refuse"),
        path(f"{start}/concludi/", sheet.finish, name=f"{name}_finish"),
        path(f"{start}/copia.pdf", sheet.copy, name=f"{name}_copy"),
    ]


urlpatterns: list[URLPattern] = [
    path("come-funziona/", explained.how_it_works, name="how_it_works"),
    path("tablet/", tablet.home, name="tablet"),
    path("tablet/collega/", tablet.pair, name="tablet_pair"),
    path("tablet/attesa/", tablet.poll, name="tablet_poll"),
    *_pages("tablet/<int:envelope_id>", "tablet"),
    path("tablet/<int:envelope_id>/con-codice/", sheet.by_code, name="tablet_by_code"),
    *_pages("<str:token>", "link"),
    path("<str:token>/codice/", codes.send, name="link_send"),
    path("<str:token>/conferma/", codes.confirm, name="link_confirm"),
]
