"""The one model of each lab, which all its widgets share."""

from __future__ import annotations

import weakref

from ...lab import Lab
from .hub import LabModel
from .orders import obey

_MODELS: weakref.WeakKeyDictionary[Lab, LabModel] = weakref.WeakKeyDictionary()


def model_of(lab: Lab) -> LabModel:
    """The lab's model; the same one for every widget.

    Raises:
        LabClosed: the lab is gone.
    """
    model = _MODELS.get(lab)
    if model is None:
        model = _MODELS[lab] = LabModel(lab, obey)
    return model
