"""Makes what all tests share importable from their folders: `recorded_pictures`, `plain_bundle`."""

import pytest


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    """The packaged bundle without its damage model."""
    from plain_bundle import write_plain_bundle

    return write_plain_bundle(tmp_path_factory.mktemp("plain") / "bundle")


@pytest.fixture(scope="session")
def identifying(tmp_path_factory):
    """Paths of a bundle that identifies, and of its operating point."""
    from identifying_bundle import write_identifying_bundle

    return write_identifying_bundle(tmp_path_factory.mktemp("identifying") / "bundle")
