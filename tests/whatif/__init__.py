"""What a what-if must say; ``shop`` asserts too, so pytest is to explain its failures."""

import pytest

pytest.register_assert_rewrite("tests.whatif.shop")
