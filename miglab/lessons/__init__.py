"""What the lessons share: predictions, tasks with a check, claims on trial, and labs on several
database engines. No Jupyter here."""

from .labs import Labs
from .predictions import Prediction, predict, reveal
from .spine import spine
from .tasks import check, your_turn
from .trials import Judgement, judge, try_claim, verdicts

__all__ = [
    "Judgement",
    "Labs",
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
