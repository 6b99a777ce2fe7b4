# Camp Detector: finds dwellings (camp-detector) and trains models (python -m training).
#
#     docker build --tag camp-detector:0.1.0 .
#     docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/data" camp-detector:0.1.0 \
#         camp-detector detect camp.tif -o dwellings.gpkg
#     docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/data" --shm-size 2g --gpus all \
#         camp-detector:0.1.0 python -m training train --chips chips/ --labels buildings.geojson --out runs/first
#
# EXTRAS= (empty) makes a small image that finds dwellings and cannot train:
#     docker build --build-arg EXTRAS= --tag camp-detector:0.1.0-inference .
FROM python:3.12.11-slim-bookworm AS build

ARG EXTRAS=training
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CACHE_DIR=/var/cache/pip

RUN python -m venv /opt/camp-detector
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/var/cache/pip \
    /opt/camp-detector/bin/pip install --constraint constraints.txt ".${EXTRAS:+[$EXTRAS]}"

FROM python:3.12.11-slim-bookworm

# libexpat1: GDAL in rasterio's wheel links the system's. libgomp1: torch's threads.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libexpat1 libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home camp \
    && install --directory --owner=camp /data

COPY --from=build /opt/camp-detector /opt/camp-detector
# HOME: whoever --user names may have none, and matplotlib and torch keep caches there.
ENV PATH=/opt/camp-detector/bin:$PATH PYTHONUNBUFFERED=1 HOME=/tmp GIT_PYTHON_REFRESH=quiet

USER 10001
WORKDIR /data
CMD ["camp-detector", "--help"]
