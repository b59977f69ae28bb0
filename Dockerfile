# The engine with its own database in the volume; with IVR_DATABASE_URL it uses yours. README.md lists every variable.
#   docker build -t ivr .
#   docker run --env-file ivr.env --publish 127.0.0.1:8000:8000 --volume ivr:/srv/ivr/var --stop-timeout 20 ivr
# To hear callers ourselves, with a folder of models:
#   … --env IVR_VOSK_MODELS=/srv/ivr/models --volume "$PWD/models:/srv/ivr/models:ro" --publish 127.0.0.1:8001:8001 …
FROM python:3.11-slim

# Installed from a folder that goes again: a second copy in the working folder would be imported instead.
COPY pyproject.toml README.md /tmp/ivr/
COPY ivr /tmp/ivr/ivr
RUN pip install --no-cache-dir --disable-pip-version-check /tmp/ivr && rm -r /tmp/ivr

RUN useradd --uid 10001 --create-home ivr && install --directory --owner ivr --group ivr /srv/ivr /srv/ivr/var /srv/ivr/models
WORKDIR /srv/ivr
COPY routes.yaml ./
COPY grammars ./grammars

# What is learnt from these grammars is part of the image, so that it starts at once.
ENV IVR_TRAINED=/srv/ivr/trained
USER ivr
RUN ivr grammar build

VOLUME /srv/ivr/var
EXPOSE 8000 8001

# Past any proxy that the environment names: the engine is in here.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:8000/healthz', timeout=3)"]

CMD ["ivr", "serve", "--host", "0.0.0.0"]
