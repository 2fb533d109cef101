FROM python:3.13-slim AS build
WORKDIR /dayline
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never
RUN python -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN .uv/bin/uv sync --frozen --no-dev --no-install-project
COPY app app
RUN .uv/bin/uv sync --frozen --no-dev && .venv/bin/python -m compileall -q --invalidation-mode unchecked-hash app

FROM python:3.13-slim
WORKDIR /dayline
ENV PATH=/dayline/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DAYLINE_DATABASE_URL=sqlite:////var/lib/dayline/dayline.db
# Every user may write there, as in /tmp, so that the container also runs under another user id.
RUN mkdir -p -m 1777 ../var/lib/dayline
COPY migrations migrations
COPY docs docs
COPY --from=build /dayline/.venv .venv
COPY --from=build /dayline/app app
USER 10001:10001
VOLUME /var/lib/dayline
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; from app.settings import read_settings; c = C('127.0.0.1', read_settings().port, timeout=2); c.request('GET', '/health/ready'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["sh", "-c", "dayline db upgrade --allow-newer && exec dayline serve --host 0.0.0.0"]
