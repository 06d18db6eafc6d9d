"""A disk that fills up or fails under a running record; see `benchmarks.record.disk`."""

import os
import shutil
import subprocess

import pytest
from benchmarks.record.disk import measure


def can_mount(folder):
    """Whether this user may, in this container."""
    if os.geteuid() or not all(map(shutil.which, ("mkfs.ext4", "losetup", "mount"))):
        return False
    tried = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", str(folder)]
    return subprocess.run(tried, capture_output=True).returncode == 0


def test_nothing_acknowledged_is_lost_and_nothing_restarted(tmp_path):
    if not can_mount(tmp_path):
        pytest.skip("this user may not mount file systems")
    try:
        outcome = measure(seconds=0.7)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no file system in a file here: {error}")
    phases = outcome.phases
    for good in ("room", "room again", "sound", "sound again"):
        assert phases[good].acknowledged > 0, good
    assert any("full" in sentence for sentence in phases["full"].sentences)
    assert any("read-only" in sentence for sentence in phases["read-only"].sentences)
    assert phases["failed"].acknowledged == phases["read-only"].acknowledged == 0
    assert outcome.lost == 0
    assert outcome.problems == []
