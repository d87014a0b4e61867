"""Rows of the tables of encoders: what is known of one before it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EncoderEntry:
    """One encoder, before it is loaded.

    Attributes:
        name: key of the table, lower-kebab.
        kind: ``"text"``, ``"image"``, or ``"text+image"`` where images share the space.
        title: a few words for a chooser.
        dim: length of a vector; 0 where it is learned from the training prompts.
        weights: where they come from: ``owner/name`` on the hub, a package, or ``"fitted"``.
        licence: of the weights.
        needs: ``"nothing"`` (shipped), ``"fit"`` (training prompts) or ``"hub"`` (weights from the hub).
        about: what it is, in one or two sentences.
        make: loads it; takes ``download``, whether absent weights may be fetched.
    """

    name: str
    kind: str
    title: str
    dim: int
    weights: str
    licence: str
    needs: str
    about: str
    make: Callable[..., Any]


@dataclass(frozen=True)
class EncoderStatus:
    """Whether an encoder can be used now.

    Attributes:
        name: key of ``ENCODERS`` or ``IMAGE_ENCODERS``.
        title: a few words for a chooser.
        available: whether its weights are on this machine.
        get: the one command that gets them; empty where nothing is needed.
    """

    name: str
    title: str
    available: bool
    get: str
