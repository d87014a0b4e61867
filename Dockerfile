# A public demo or a private server. Build: docker build -t ppp .   Run: docker run -p 8501:8501 ppp
FROM python:3.11-slim

RUN useradd --create-home --uid 1000 ppp && mkdir /app /data && chown ppp:ppp /app /data
WORKDIR /app
USER ppp

# The packages first: this layer stays as long as the locks do.
COPY --chown=ppp:ppp requirements.lock scripts/uv.txt ./
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r uv.txt \
    && .venv/bin/python -m uv pip install --no-cache --python .venv/bin/python --require-hashes -r requirements.lock

COPY --chown=ppp:ppp . .

# PPP_PUBLIC=1 switches off everything that writes or downloads: docker run -e PPP_PUBLIC=1 …
ENV PPP_HOME=/data \
    PPP_PUBLIC=0 \
    PYTHONUNBUFFERED=1 \
    STREAMLIT_CLIENT_SHOW_ERROR_DETAILS=none
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD [".venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

# Streamlit itself, not `ppp dashboard`, which listens on this computer only.
CMD [".venv/bin/python", "-m", "pages._serve", "run", "app.py", "--server.port", "8501", "--server.address", "0.0.0.0", "--server.headless", "true"]
