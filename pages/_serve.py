"""Streamlit, told from the start that app.py says which pages there are: `python -m pages._serve run app.py`.

Streamlit learns it only when app.py has run once. Until then it takes every file of a folder named pages
for a page, so a first visit by a link to another page than the first would show a list of files.
"""

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    sys.exit(cli.main(prog_name="streamlit"))
