#!/bin/sh
# What the image of MLflow runs: makes the bucket where it is missing, then the server.
# Secrets come by the environment and stay out of command lines.
set -eu
umask 077

run="${MLFLOW_RUN_FOLDER:-/run/mlflow}"
database="postgresql+psycopg2://mlflow:$MLFLOW_DB_PASSWORD@$MLFLOW_DB_HOST"
cat >"$run/auth.ini" <<EOF_INI
[mlflow]
default_permission = READ
database_uri = $database/mlflow_auth
admin_username = admin
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
EOF_INI

python - <<'EOF_PYTHON'
import os

import boto3

s3 = boto3.client("s3", endpoint_url=os.environ["MLFLOW_S3_ENDPOINT_URL"])
bucket = os.environ["MLFLOW_BUCKET"]
if bucket not in [found["Name"] for found in s3.list_buckets()["Buckets"]]:
    s3.create_bucket(Bucket=bucket)
EOF_PYTHON

export MLFLOW_AUTH_CONFIG_PATH="$run/auth.ini"
export MLFLOW_BACKEND_STORE_URI="$database/mlflow"
export MLFLOW_ARTIFACTS_DESTINATION="s3://$MLFLOW_BUCKET/artifacts"
export MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false MLFLOW_DISABLE_TELEMETRY=true GIT_PYTHON_REFRESH=quiet
exec mlflow server --host "${MLFLOW_LISTEN:-0.0.0.0}" --port "${MLFLOW_LISTEN_PORT:-5000}" --workers 1 --app-name basic-auth
