"""Valid C identifiers from any text, such as model and tensor names."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 48  # C99 promises 63 significant characters; suffixes such as `_weights_len` follow

# C11 and C23
_C_KEYWORDS = """
alignas alignof auto bool break case char const constexpr continue default do double else enum
extern false float for goto if inline int long nullptr register restrict return short signed
sizeof static static_assert struct switch thread_local true typedef typeof typeof_unqual union
unsigned void volatile while
"""
# The generated header is used from C++, too.
_CPP_KEYWORDS = """
and and_eq asm bitand bitor catch char16_t char32_t char8_t class co_await co_return co_yield
compl concept const_cast consteval constinit decltype delete dynamic_cast explicit export friend
mutable namespace new noexcept not not_eq operator or or_eq private protected public
reinterpret_cast requires static_cast template this throw try typeid typename using virtual
wchar_t xor xor_eq
"""
# Taken by the C library, the linker, or by macros of compilers (`linux` with -std=gnu11).
_TAKEN = "main errno assert offsetof linux unix arm null eof memcpy memset memmove memcmp"

_RESERVED = frozenset(f"{_C_KEYWORDS} {_CPP_KEYWORDS} {_TAKEN}".split())


def identifier(text: str, fallback: str = "model") -> str:
    """A C and C++ identifier that resembles `text`.

    Accents are dropped, other characters become single underscores. The result is a letter
    followed by letters, digits and underscores, 48 at most; it is no keyword and neither begins
    nor ends with an underscore (those names belong to the compiler). Different texts can give
    the same identifier.

    Args:
        text: anything.
        fallback: the result for a text without a single usable character; an identifier.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"[^A-Za-z0-9]+", "_", plain)[: _LONGEST + 1].strip("_")[:_LONGEST].rstrip("_")
    if not name:
        return fallback
    if name[0].isdigit():
        name = f"{fallback}_{name}"[:_LONGEST].rstrip("_")
    return f"{name}_model"[:_LONGEST] if name.lower() in _RESERVED else name
