"""Parts of regular expressions: the characters that names without quotes may have, in every engine.
Every character outside ASCII counts as a letter. Each part lists what does not belong to it,
because Python takes long to compile a range as wide as Unicode."""

from __future__ import annotations

#: Letters and ``_``.
BEGINS = r"[^\x00-@\[-^`{-\x7f]"
#: Letters, ``_`` and digits.
GOES_ON = r"[^\x00-/:-@\[-^`{-\x7f]"
#: Letters, ``_``, digits and ``$``.
OR_DOLLAR = r"[^\x00-\x23%-/:-@\[-^`{-\x7f]"
SPACE = r"[ \t\n\r\f\v]"
