"""Prose: what a markdown cell or an HTML output holds for a reader who listens: headings and images' alt texts."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_COMMONMARK = MarkdownIt("commonmark")


def heading_levels(markdown: str) -> list[int]:
    """The levels of the headings in `markdown`, in order, be they Markdown's or HTML's."""
    levels: list[int] = []
    for token in _tokens(markdown):
        if token.type == "heading_open":
            levels.append(int(token.tag[1]))
        elif token.type in ("html_block", "html_inline"):
            levels += _read_html(token.content).levels
    return levels


def title(markdown: str) -> str:
    """The text of the first heading of level 1, without its marks; "" where there is none."""
    blocks = _COMMONMARK.parse(markdown)
    for opening, content in pairwise(blocks):
        if opening.type == "heading_open" and opening.tag == "h1":
            return "".join(token.content for token in content.children or ())
    return ""


def images_without_alt(markdown: str) -> list[str]:
    """The sources of the images in `markdown` that a screen reader could not describe."""
    missing: list[str] = []
    for token in _tokens(markdown):
        if token.type == "image" and not token.content.strip():
            missing.append(str(token.attrs.get("src", "")))
        elif token.type in ("html_block", "html_inline"):
            missing += _read_html(token.content).undescribed
    return missing


def html_images_without_alt(html: str) -> list[str]:
    """The sources of the `<img>` in `html` without an alt text or with an empty one; shortened where they are data."""
    return _read_html(html).undescribed


def _tokens(markdown: str) -> list[Token]:
    return [token for block in _COMMONMARK.parse(markdown) for token in (block, *(block.children or ()))]


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.undescribed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.levels.append(int(tag[1]))
        elif tag == "img":
            given = dict(attrs)
            if not (given.get("alt") or "").strip():
                self.undescribed.append((given.get("src") or "")[:40])


def _read_html(html: str) -> _Html:
    reader = _Html()
    reader.feed(html)
    reader.close()
    return reader
