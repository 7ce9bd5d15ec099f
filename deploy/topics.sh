#!/bin/sh
# Makes the Kafka topics, where the program itself is not at hand (`millrace topics create` does the same). Topics that
# exist are left as they are. Needs kafka-topics.sh on the path or in /opt/kafka/bin.
#   KAFKA_BOOTSTRAP_SERVERS  default localhost:9092
#   REPLICATION_FACTOR       default 1
#   CATALOG                  only for `catalog.stream: kafka`: name whose product topics are made too
set -eu
servers=${KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}
replicas=${REPLICATION_FACTOR:-1}
PATH=$PATH:/opt/kafka/bin
command -v kafka-topics.sh > /dev/null || { echo "topics.sh: kafka-topics.sh is not on the path" >&2; exit 1; }

# Not here: process.fast, process.rich and processed.final never leave a process.
table() {
  cat << TABLE
raw.page        12  6h
raw.page.dlq     3  24h
frontier.links  12  7d
processed.dlq    3  24h
storage.saved    6  1h
storage.dlq      3  24h
TABLE
  if [ -n "${CATALOG:-}" ]; then
    echo "$CATALOG.products      3  24h"
    echo "$CATALOG.products.dlq  3  24h"
  fi
}

milliseconds() {
  case $1 in
    *h) echo $((${1%h} * 3600000)) ;;
    *d) echo $((${1%d} * 86400000)) ;;
  esac
}

table | while read -r topic partitions retention; do
  kafka-topics.sh --bootstrap-server "$servers" --create --if-not-exists --topic "$topic" \
    --partitions "$partitions" --replication-factor "$replicas" \
    --config retention.ms="$(milliseconds "$retention")" --config retention.bytes=-1 \
    --config cleanup.policy=delete < /dev/null
done
