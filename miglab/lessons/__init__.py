"""What the lessons share: predictions, tasks with a check, and claims on trial. No Jupyter here."""

from .predictions import Prediction, predict, reveal
from .spine import spine
from .tasks import check, your_turn
from .trials import try_claim, verdicts

__all__ = [
    "Prediction",
    "check",
    "predict",
    "reveal",
    "spine",
    "try_claim",
    "verdicts",
    "your_turn",
]
