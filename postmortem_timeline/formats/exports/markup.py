"""The words of a piece of HTML, in lines as a reader sees them."""

from __future__ import annotations

import re
from html import unescape

_DROPPED = re.compile(r"<(style|script|head)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"<a\b[^>]*?\bhref=[\"']([^\"']*)[\"'][^>]*>(.*?)</a\s*>", re.DOTALL | re.IGNORECASE)
_PICTURE = re.compile(r"<(?:img|emoji|customemoji)\b[^>]*?\balt=[\"']([^\"']*)[\"'][^>]*>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
_END = re.compile(r"<br\s*/?>|<hr\s*/?>|</(?:p|div|li|tr|h[1-6]|pre|blockquote|ul|ol|table)\s*>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]\s*>\s*(?=<t[dh])", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_MANY = re.compile(r"\n{2,}")


def plain(html: str) -> str:
    """Text without tags: blocks and breaks end lines, a link is followed by where it leads, an emoji is its name."""
    if "<" not in html:
        return unescape(html).replace("\u00a0", " ").strip()
    text = _DROPPED.sub("", html)
    text = _BLANKS.sub(" ", text) if "<pre" not in text else text
    text = _LINK.sub(_link, text)
    text = _CELL.sub(" | ", _END.sub("\n", _ITEM.sub("- ", _PICTURE.sub(r"\1", text))))
    lines = [line.strip() for line in unescape(_TAG.sub("", text)).replace("\u00a0", " ").split("\n")]
    return _MANY.sub("\n", "\n".join(lines)).strip()


def _link(found: re.Match[str]) -> str:
    target, label = found[1].removeprefix("mailto:"), _TAG.sub("", found[2]).strip()
    leads = "://" in target and unescape(target).rstrip("/") not in (unescape(label), unescape(label).rstrip("/"))
    return f"{label} ({target})" if label and leads else label or target
