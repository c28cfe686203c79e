# Two stages: the image holds the program, the authorities it trusts and the
# time zones, and runs as nobody.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -buildvcs=false -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /gatehouse ./cmd/gatehouse

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build /gatehouse /gatehouse
ENV ZONEINFO=/zoneinfo.zip GATEHOUSE_CONFIG=/etc/gatehouse/gatehouse.yaml GATEHOUSE_HTTP_LISTEN=:8080
USER 65534:65534
EXPOSE 8080
ENTRYPOINT ["/gatehouse"]
CMD ["serve"]
