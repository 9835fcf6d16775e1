# The runtime alone: photos, films and the page, without a camera of the machine.
# docs/guide/serve.md, "In a container", tells how it is built and run; `make container` tries it.
ARG BASE=debian:trixie-slim

FROM ${BASE} AS build
# Debian's stable is mended, not renewed: pinning its packages would keep its mends out.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends ca-certificates python3-venv && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY edge_runtime edge_runtime
COPY tintlite tintlite
# Such as [onnx,tiff]: see pyproject.toml.
ARG EXTRAS=
RUN python3 -m venv /opt/tintlite && \
    /opt/tintlite/bin/pip install --no-cache-dir ".${EXTRAS}" && \
    /opt/tintlite/bin/pip uninstall --yes pip

FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends libstdc++6 python3 && \
    rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/tintlite /opt/tintlite
# The root file system may be read-only: what is written goes to /tmp and to the working folder.
ENV PATH=/opt/tintlite/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /work
EXPOSE 8000
HEALTHCHECK --start-period=60s --timeout=5s CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); assert c.getresponse().status == 200"]
ENTRYPOINT ["tintlite"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
