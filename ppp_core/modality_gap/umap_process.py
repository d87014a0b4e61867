"""UMAP in a process of its own, so that it can be stopped: ``python -P umap_process.py FOLDER``.

Reads ``vectors.npy`` and ``settings.json`` there and leaves ``xy.npy``; its progress goes to standard error.
It ends by itself when the process that started it is gone.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np


def main() -> None:
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    folder = Path(sys.argv[1])
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    vectors = np.load(folder / "vectors.npy", allow_pickle=False)
    import umap

    mapper = umap.UMAP(
        n_neighbors=settings["neighbours"],
        min_dist=settings["distance"],
        metric="cosine",
        init="pca",
        random_state=settings["seed"],
        n_jobs=1,
        verbose=True,
        tqdm_kwds={
            "file": sys.stderr,
            "desc": "epochs",
            "bar_format": "{percentage:.0f}%",
            "mininterval": 0.2,
        },
    )
    np.save(folder / "making.npy", mapper.fit_transform(vectors).astype(np.float32))
    (folder / "making.npy").rename(folder / "xy.npy")


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main()
