"""Pictures drawn by a diffusers pipeline: an extra that fills a data set. Importing this loads nothing heavy.

`load_pipeline` gives a text-to-image model from a folder or the hub, `generate` draws prompts with it.
"""

from .drawing import generate
from .pipelines import Drawn, TextToImage, load_pipeline
from .runs import scored_runs

__all__ = ["Drawn", "TextToImage", "generate", "load_pipeline", "scored_runs"]
