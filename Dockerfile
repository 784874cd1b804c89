# One image for the web server and the worker.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data STATIC_ROOT=/app/staticfiles
ENV GUNICORN_CMD_ARGS="--bind=0.0.0.0:8000 --workers=3 --worker-tmp-dir=/dev/shm"
WORKDIR /app

COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

COPY . .
# the key and the folder serve this one command; nothing of them stays
RUN DATA_DIR=/tmp/build SECRET_KEY=build python manage.py collectstatic --noinput \
    && rm -rf /tmp/build \
    && useradd --system --no-create-home --uid 10001 seloste \
    && install --directory --owner=seloste --mode=0700 /data

USER 10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi"]
