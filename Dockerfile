# The production image: one binary, used by the desk and by the workers. The
# embedded object store is left out; production has its own.
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates build-essential pkg-config libtesseract-dev libleptonica-dev \
    && . /etc/os-release \
    && sed -nE 's/^URIs: *(.*)$/deb \1 bookworm-backports main/p' /etc/apt/sources.list.d/debian.sources \
         | grep -v security | head -n 1 > /etc/apt/sources.list.d/backports.list \
    && apt-get update && apt-get install -y --no-install-recommends -t bookworm-backports golang-go
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -tags noembed -o /touchstone ./cmd/touchstone

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates libtesseract5 liblept5 tesseract-ocr-eng \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/touchstone touchstone
COPY --from=build /touchstone /usr/local/bin/touchstone
USER touchstone
WORKDIR /var/lib/touchstone
ENTRYPOINT ["touchstone"]
CMD ["desk"]
