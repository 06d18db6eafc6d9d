"""Pictures by content, in a folder and in a bucket."""

import logging
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from amiss.domain.errors import RecordError
from amiss.record.examine.site import examine
from amiss.record.images import Images
from amiss.record.site import Site
from amiss.record.sweep import sweep


@pytest.fixture(scope="module")
def bucket():
    """The URL of a bucket that a server of this process holds, and the settings to reach it."""
    moto_server = pytest.importorskip("moto.server")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    made = urllib.request.Request(f"{endpoint}/bucket", method="PUT")
    urllib.request.urlopen(made).close()
    yield (
        "s3://bucket/site/images",
        {
            "AWS_ENDPOINT": endpoint,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        },
    )
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def url(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return f"file://{tmp_path / 'images'}"
    url, settings = request.getfixturevalue("bucket")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return url


def test_a_picture_is_kept_under_its_content(url):
    images = Images(url)
    key = images.put(b"hello")
    assert images.put(b"hello") == key
    assert images.get(key) == b"hello"
    assert images.has(key)
    assert [(one.image, one.bytes) for one in images.all()] == [(key, 5)]
    now = datetime.now(UTC)
    assert images.is_older(key, now + timedelta(minutes=1))
    assert not images.is_older(key, now - timedelta(minutes=1))
    images.delete(key)
    images.delete(key)  # is no error
    assert not images.has(key)
    assert not images.is_older(key, now + timedelta(minutes=1))
    with pytest.raises(RecordError, match="is not in"):
        images.get(key)


def test_a_whole_site(url, folder, inspected, monkeypatch):
    monkeypatch.setenv("AMISS_IMAGES", url)
    with Site.create(folder) as site:
        site.record(inspected(), key="k")
        assert site.record(inspected(kinds=()), key="k2").again is False
        site.images.put(b"stray")
        assert sweep(site.database, site.images, timedelta(seconds=-5)).pictures == 1
        report = examine(site)
        assert report.problems == []
        assert report.looked_at["stored pictures"] == 4
        for one in list(site.images.all()):
            site.images.delete(one.image)


def test_a_picture_that_is_not_what_it_was(tmp_path):
    images = Images(f"file://{tmp_path}")
    key = images.put(b"hello")
    (path,) = tmp_path.glob(f"*/*/{key}")
    path.write_bytes(b"hallo")
    with pytest.raises(RecordError, match="damaged"):
        images.get(key)


def test_a_store_that_cannot_be(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for url in ("gopher://x", f"file://{tmp_path / 'file'}"):
        with pytest.raises(RecordError, match="pictures"):
            Images(url)
