#!/bin/sh
# Makes the bucket MINIO_BUCKET, unless it is there. Needs curl 7.75 or newer, which signs S3 requests itself.
set -eu
: "${MINIO_ENDPOINT:?}" "${MINIO_ACCESS_KEY:?}" "${MINIO_SECRET_KEY:?}" "${MINIO_BUCKET:?}"

# The keys go in by stdin: a command line is everybody's to read.
status=$(printf 'user = "%s:%s"\n' "$MINIO_ACCESS_KEY" "$MINIO_SECRET_KEY" |
  curl -sS -K - -o /tmp/answer -w '%{http_code}' --aws-sigv4 aws:amz:us-east-1:s3 -X PUT "$MINIO_ENDPOINT/$MINIO_BUCKET")
case $status in
  200) echo "bucket $MINIO_BUCKET: made" ;;
  409)
    # BucketAlreadyOwnedByYou is what we wanted; BucketAlreadyExists is somebody else's.
    grep -q BucketAlreadyOwnedByYou /tmp/answer || { cat /tmp/answer >&2; exit 1; }
    echo "bucket $MINIO_BUCKET: is there"
    ;;
  *)
    echo "bucket $MINIO_BUCKET: status $status" >&2
    cat /tmp/answer >&2
    exit 1
    ;;
esac
