"""Signs that office documents keep in formatting: superscripts, and characters of a symbol font."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789+-−–()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")

# The encoding of the fonts named Symbol, as far as tables of criteria use it.
_SYMBOL = {
    0x22: "∀", 0x2B: "+", 0x2D: "−", 0x3C: "<", 0x3D: "=", 0x3E: ">", 0x40: "≅", 0x7E: "∼",
    0x61: "α", 0x62: "β", 0x63: "χ", 0x64: "δ", 0x65: "ε", 0x67: "γ", 0x68: "η", 0x6B: "κ", 0x6C: "λ",
    0x6D: "µ", 0x6E: "ν", 0x70: "π", 0x72: "ρ", 0x73: "σ", 0x74: "τ", 0x44: "Δ", 0x57: "Ω",
    0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xD7: "·",
}  # fmt: skip
_PRIVATE = 0xF000


def raised(text: str) -> str:
    """Return a text that is printed raised, in superscript characters: 10 and a raised 6 is 10⁶, never 106."""
    return text.translate(_RAISED)


def from_symbol_font(text: str) -> tuple[str, bool]:
    """Return what a text in a symbol font shows, and whether every character of it is known.

    Digits, blanks and usual punctuation are the same in that font.
    """
    out, known = [], True
    for char in text:
        code = ord(char) - _PRIVATE if _PRIVATE <= ord(char) <= _PRIVATE + 0xFF else ord(char)
        sign = _SYMBOL.get(code)
        if sign is None and 0x20 <= code <= 0x3F:
            sign = chr(code)
        if sign is None and char.isspace():
            sign = char
        if sign is None:
            known = False
        out.append("\ufffd" if sign is None else sign)
    return "".join(out), known


def without_private_use(text: str) -> tuple[str, bool]:
    """Return a text whose private characters, left over from a symbol font, are written as what they show."""
    if not any(_PRIVATE <= ord(char) <= _PRIVATE + 0xFF for char in text):
        return text, True
    pieces = [from_symbol_font(char) if _PRIVATE <= ord(char) <= _PRIVATE + 0xFF else (char, True) for char in text]
    return "".join(piece for piece, _ in pieces), all(known for _, known in pieces)
