# docker build --build-arg VERSION=$(git describe --tags --always) --build-arg COMMIT=$(git rev-parse HEAD) -t waybill .
# (make image does that). Where Docker Hub, gcr.io or proxy.golang.org are out of reach, the two
# images and GOPROXY are build arguments, too.
ARG GO_IMAGE=golang:1.26.8-bookworm
ARG BASE_IMAGE=gcr.io/distroless/static-debian12:nonroot

# Go compiles for other machines by itself: the build runs on this one, whatever it builds for.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src
ARG GOPROXY
ARG GOSUMDB
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=docker
ARG COMMIT=unknown
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X main.release=${VERSION:-docker} -X main.commit=${COMMIT:-unknown}" -o /out/bot ./cmd/bot && \
    mkdir -p /out/data

# Certificates and nothing else: no shell, no package manager, not root.
FROM ${BASE_IMAGE}
ARG VERSION=docker
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Waybill" \
      org.opencontainers.image.description="A chat bot that follows parcels, on Telegram and WeCom" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}"
COPY --from=build /out/bot /bot
# Where SQLite lies: mount a volume here (-v waybill:/data). With MySQL nothing is written to it.
COPY --from=build --chown=65532:65532 /out/data /data
WORKDIR /data
USER 65532:65532
ENV WAYBILL_DB=sqlite:///data/waybill.db WAYBILL_HTTP_ADDR=0.0.0.0:8080
EXPOSE 8080
# There is no shell and no curl here; the program asks itself for /readyz. Docker restarts nothing because
# of the answer. An orchestrator that does must ask /healthz: without NATS or a platform the bot works on.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/bot", "doctor", "--ready"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/bot"]
CMD ["serve"]
