"""Web pages that are one file: own style, fonts and (where it has one) script inside, and nothing from elsewhere.

A content security policy in the page's head names the hashes of what may run, so nothing that was typed ever does.
Colours are the tokens of the themes as custom properties: the page is light or dark as its reader's system is.
"""

import html
import json
import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree

from gradviz import resources
from gradviz.export.theme import DARK, LIGHT, PRINT, Theme, Token

INKS = Theme("page", {token: f"var(--{token.value.replace('_', '-')})" for token in Token})
"""The theme of a drawing inside a page: each colour is one of the page's properties."""

_FONTS = (
    ("Inter", "normal", "fonts/web/Inter-Regular.woff2"),
    ("STIX Two Text", "italic", "fonts/web/STIXTwoText-Italic.woff2"),
    ("JetBrains Mono", "normal", "fonts/web/JetBrainsMono-Regular.woff2"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UPRIGHT = re.compile(r'(?:<mi mathvariant="normal">[^<&]</mi>){2,}')
_LONGEST_MATHEMATICS = 6000


def text(of: str) -> str:
    """Text for HTML, in content and in attributes alike."""
    return html.escape(_CONTROL.sub("\ufffd", of), quote=True)


def data(of: Any) -> str:
    """JSON that can stand inside a script element: no text in it can end the element."""
    return json.dumps(of, ensure_ascii=True, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def page(title: str, body: str, *, styles: tuple[str, ...] = (), script: str = "", values: str = "") -> str:
    """A whole page. body, values: HTML and JSON that are escaped already. styles, script: names in resources/pages."""
    style = "".join((_colours(), _font_faces(), *map(_resource, ("page.css", *styles))))
    program = _resource(script) if script else ""
    policy = f"default-src 'none'; style-src '{_hash(style)}'; font-src data:; img-src data:; "
    policy += f"script-src {_quoted(program)}; base-uri 'none'; form-action 'none'"
    lines = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="generator" content="gradviz">',
        f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>",
        body,
    ]
    if script:
        lines.append(f'<script type="application/json" id="run">{values}</script>')
        lines.append(f"<script>{program}</script>")
    return "\n".join((*lines, "</body>\n</html>\n"))


def mathematics(latex: str, plain: str, *, is_display: bool = False) -> str:
    """A formula as MathML, which browsers set themselves; as plain text where it can't be read or is very long."""
    written = _mathml(latex, is_display) if len(latex) <= _LONGEST_MATHEMATICS else None
    return f'<span class="gradviz-math">{text(plain)}</span>' if written is None else written


@lru_cache(maxsize=512)
def _mathml(latex: str, is_display: bool) -> str | None:
    from latex2mathml import exceptions
    from latex2mathml.converter import convert_to_element

    faults = [fault for fault in vars(exceptions).values() if isinstance(fault, type) and issubclass(fault, Exception)]
    try:
        element = convert_to_element(latex, display="block" if is_display else "inline")
    except (IndexError, KeyError, ValueError, RecursionError, *faults):  # type: ignore[misc]  # all are exceptions
        return None
    # signs stand in it as references: &#x02212;
    written = ElementTree.tostring(element, encoding="unicode").replace("&amp;#x", "&#x")
    return _UPRIGHT.sub(_word, written)


def _word(found: re.Match[str]) -> str:
    """The letters of a word as one name, with the distances of a word."""
    return f"<mi>{''.join(re.findall(r'>([^<&])<', found[0]))}</mi>"


def _resource(name: str) -> str:
    return resources.path(f"pages/{name}").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _font_faces() -> str:
    faces = []
    for family, style, name in _FONTS:
        source = b64encode(resources.path(name).read_bytes()).decode()
        faces.append(
            f"@font-face {{ font-family: '{family}'; font-style: {style}; "
            f"src: url(data:font/woff2;base64,{source}) format('woff2') }}\n"
        )
    return "".join(faces)


def _colours() -> str:
    return (
        f":root {{ {_properties(LIGHT)} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {_properties(DARK)} }} }}\n"
        f"@media print {{ :root {{ {_properties(LIGHT)}; --canvas: {PRINT[Token.CANVAS]} }} }}\n"
    )


def _properties(theme: Theme) -> str:
    return "; ".join(f"--{token.value.replace('_', '-')}: {theme[token]}" for token in Token)


def _hash(of: str) -> str:
    return f"sha256-{b64encode(sha256(of.encode()).digest()).decode()}"


def _quoted(program: str) -> str:
    return f"'{_hash(program)}'" if program else "'none'"
