"""The benchmark: targets × predictors × encoders × seeds, measured once, kept, and read by all.

`make_plan` lays out, `run_plan` measures and keeps runs, `build_board` compares them; a board is what
the page, the documents and the command line show.
"""

from .board import Board, Figure, Row, load_board, load_published, row_key, save_board
from .building import build_board
from .execution import Outcome, Step, run_plan
from .fitting import fit_predictor
from .kept import beside_observed, load_predictions, prompt_hash, save_predictions
from .placing import Placement, evaluate_predictions
from .plan import Plan, make_plan
from .runs import Run, RunKey, read_run, read_runs
from .translations import evaluate_translations

__all__ = [
    "Board",
    "Figure",
    "Outcome",
    "Placement",
    "Plan",
    "Row",
    "Run",
    "RunKey",
    "Step",
    "beside_observed",
    "build_board",
    "evaluate_predictions",
    "evaluate_translations",
    "fit_predictor",
    "load_board",
    "load_predictions",
    "load_published",
    "make_plan",
    "prompt_hash",
    "read_run",
    "read_runs",
    "row_key",
    "run_plan",
    "save_board",
    "save_predictions",
]
