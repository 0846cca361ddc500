"""HTML of strangers: cleaned to be shown, and turned into plain text to be read."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "hr", "i",
    "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
# No class, style or id: the page's own are not to be borrowed. No img at all: a picture from outside tells its owner
# that, when and from where the mail was read.
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_BLOCKS = {
    "p",
    "div",
    "br",
    "tr",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "ul",
    "ol",
    "hr",
    "pre",
    "dt",
    "dd",
}
_SILENT = {"script", "style", "head", "title", "template", "noscript", "svg"}
_MOST = 400_000  # characters looked at; a mail is not a book


def clean_html(html: str) -> str:
    """Return the HTML with nothing left that could run, load, look like ours or send anything."""
    return nh3.clean(
        html[:_MOST],
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def text_of_html(html: str) -> str:
    """Return what a reader would see, one line a block; quoted blocks get "> " before each line."""
    reader = _Reader()
    try:
        reader.feed(html[:_MOST])
        reader.close()
    except (AssertionError, ValueError):
        pass  # what was read until then is better than nothing
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in reader.lines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[str] = []
        self._line: list[str] = []
        self._silent = 0
        self._quotes = 0

    def lines(self) -> list[str]:
        self._break()
        return self._done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "blockquote":
            self._break()
            self._quotes += 1
        elif tag in _BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "blockquote":
            self._break()
            self._quotes = max(self._quotes - 1, 0)
        elif tag in _BLOCKS and tag != "br":
            self._break()
        elif tag in ("td", "th"):
            self._line.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line.append(re.sub(r"\s+", " ", data))

    def _break(self) -> None:
        text = "".join(self._line).strip()
        self._line = []
        if text or (self._done and self._done[-1]):
            self._done.append("> " * min(self._quotes, 3) + text if text else "")
