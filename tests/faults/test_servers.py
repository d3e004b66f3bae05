"""The servers that stand in for S3 and clamd are strict where the real ones are."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.sigv4 import Denied, check

# The first worked example of “Authenticating Requests: Using the Authorization Header” in Amazon's S3 API reference.
KEYS = {"AKIAIOSFODNN7EXAMPLE": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SIGNATURE = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
HEADERS = {
    "host": "examplebucket.s3.amazonaws.com",
    "range": "bytes=0-9",
    "x-amz-content-sha256": EMPTY,
    "x-amz-date": "20130524T000000Z",
    "authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
    f"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature={SIGNATURE}",
}
THEN = datetime(2013, 5, 24, 0, 5, tzinfo=UTC)


def test_amazons_own_example_holds() -> None:
    check("GET", "/test.txt", HEADERS, b"", KEYS, region="us-east-1", now=THEN)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"target": "/other.txt"}, "SignatureDoesNotMatch"),
        ({"method": "DELETE"}, "SignatureDoesNotMatch"),
        ({"headers": HEADERS | {"range": "bytes=0-99"}}, "SignatureDoesNotMatch"),
        ({"headers": HEADERS | {"x-amz-acl": "public-read"}}, "AccessDenied"),
        ({"headers": {"host": "examplebucket.s3.amazonaws.com"}}, "AccessDenied"),
        ({"body": b"other"}, "XAmzContentSHA256Mismatch"),
        ({"keys": {"AKIAIOSFODNN7EXAMPLE": "another"}}, "SignatureDoesNotMatch"),
        ({"keys": {}}, "InvalidAccessKeyId"),
        ({"region": "eu-west-2"}, "AuthorizationHeaderMalformed"),
        ({"now": datetime(2013, 5, 24, 1, tzinfo=UTC)}, "RequestTimeTooSkewed"),
    ],
)
def test_a_request_that_was_changed_is_denied(changed: dict[str, object], code: str) -> None:
    given = {"method": "GET", "target": "/test.txt", "headers": HEADERS, "body": b"", "keys": KEYS}
    with pytest.raises(Denied, match=code):
        check(**{**given, "region": "us-east-1", "now": THEN, **changed})  # type: ignore[arg-type]
