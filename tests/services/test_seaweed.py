"""The S3 service that the tests stand on does what a real one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.seaweed import Seaweed

if TYPE_CHECKING:
    from pathlib import Path


def test_objects_survive_a_kill_and_only_the_right_key_reads_them(tmp_path: Path) -> None:
    from botocore.exceptions import ClientError

    body = bytes(range(256)) * 4096
    with Seaweed(tmp_path) as s3:
        s3.client().put_object(Bucket=s3.bucket, Key="camp/ä.bin", Body=body)
        s3.kill()
        s3.start()
        answer = s3.client().get_object(Bucket=s3.bucket, Key="camp/ä.bin")
        assert answer["Body"].read() == body

        with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
            s3.client(aws_secret_access_key=s3.access_key).list_objects_v2(Bucket=s3.bucket)
