"""Which characters names without quotes may have, the same in every engine: every character that is
not ASCII counts as a letter. Parts of regular expressions; each names what does not belong, for a
range as wide as Unicode takes Python long to compile."""

from __future__ import annotations

#: Letters and ``_``.
BEGINS = r"[^\x00-@\[-^`{-\x7f]"
#: The same with digits.
GOES_ON = r"[^\x00-/:-@\[-^`{-\x7f]"
#: The same with ``$``.
OR_DOLLAR = r"[^\x00-\x23%-/:-@\[-^`{-\x7f]"
SPACE = r"[ \t\n\r\f\v]"
