"""What the lessons share: predictions, tasks with a check, and claims on trial. No Jupyter here."""

from .predictions import Prediction, predict, reveal
from .spine import spine
from .tasks import check, your_turn
from .trials import Judgement, judge, try_claim, verdicts

__all__ = [
    "Judgement",
    "Prediction",
    "check",
    "judge",
    "predict",
    "reveal",
    "spine",
    "try_claim",
    "verdicts",
    "your_turn",
]
