# syntax=docker/dockerfile:1.7
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=docker
ENV CGO_ENABLED=0
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w -X main.release=${VERSION}" -o /out/bot ./cmd/bot && \
    mkdir -p /out/data

# Certificates and nothing else: no shell, no package manager, not root.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/bot /bot
COPY --from=build --chown=65532:65532 /out/data /data
WORKDIR /data
VOLUME /data
ENV WAYBILL_DB=sqlite:///data/waybill.db WAYBILL_HTTP_ADDR=0.0.0.0:8080
EXPOSE 8080
# There is no shell and no curl here; the program asks itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/bot", "doctor", "--ready"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/bot"]
CMD ["serve"]
