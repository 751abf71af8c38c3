"""What names without quotes are made of, alike in every engine: what is not ASCII is a letter,
whatever Unicode says it is. Parts of regular expressions; each names what does not belong, for a
range as wide as Unicode takes Python long to compile."""

from __future__ import annotations

#: Letters and ``_``.
BEGINS = r"[^\x00-@\[-^`{-\x7f]"
#: The same with digits.
GOES_ON = r"[^\x00-/:-@\[-^`{-\x7f]"
#: The same with ``$``.
OR_DOLLAR = r"[^\x00-\x23%-/:-@\[-^`{-\x7f]"
SPACE = r"[ \t\n\r\f\v]"
