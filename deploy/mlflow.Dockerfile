# The tracking server of compose.yaml: MLflow with its log-in, PostgreSQL's driver and an S3 client,
# which MLflow's own image lacks. Built from the repository's root.
FROM python:3.12.11-slim-bookworm

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1 HOME=/tmp

COPY constraints.txt /tmp/constraints.txt
RUN pip install --constraint /tmp/constraints.txt "mlflow[auth]" psycopg2-binary boto3 \
    && rm /tmp/constraints.txt \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin mlflow \
    && install --directory --owner=mlflow --mode=0700 /run/mlflow

COPY --chmod=0755 deploy/mlflow-start.sh /usr/local/bin/mlflow-start

USER 10001
EXPOSE 5000
CMD ["mlflow-start"]
