"""Your own data: how it gets here."""

import streamlit as st

from ppp_core.store import is_public


def show(choice, dataset, analysis) -> None:
    """What a table needs to have, and the line that imports it."""
    st.markdown(
        "Everything on this page works on data of your own. A table with **one row an image**, imported "
        "once, then stands in the list of data sets at the top:"
    )
    st.dataframe(
        [
            {"prompt": "a fox", "generator": "my-model", "image": "fox-1.png", "score": 3.5},
            {"prompt": "a fox", "generator": "my-model", "image": "fox-2.png", "score": 4.0},
            {"prompt": "a fox, oil painting", "generator": "my-model", "image": "fox-3.png", "score": 4.5},
        ],
        hide_index=True,
        key="mod_own_example",
        alt="An example of a table: prompt, generator, image, score",
    )
    st.code(
        "ppp import scores.csv --name my-images --images FOLDER\n"
        "ppp import scores.csv --name my-images --duplicates images   # scores alone, no pictures",
        language="bash",
        wrap_lines=True,
    )
    st.markdown(
        "- **prompt**: the text; rows with the same text are images of one prompt.\n"
        "- **image**: the file's name in the folder, so that images can be shown beside each other.\n"
        "- **generator** (if there are several): allows variance across generators; several rows of one "
        "prompt and generator allow variance across samples.\n"
        "- every **column of numbers** becomes a target; higher is better.\n"
        "- further columns of text, such as style or category, become groups in “Groups”.\n"
        "- a column **n_modifiers** of your own count is used as it is; without it PPP counts."
    )
    st.caption(
        "Two values a prompt are the least; ten and more prompts at each number of modifiers tell something."
    )
    if is_public():
        st.caption("Importing is switched off in this public demo; on your own machine it is not.")
    else:
        st.caption(
            "The **Data sets** page imports tables, too (rows with the same prompt: “images of it”); "
            "pictures come with the command alone."
        )
