"""How many threads an engine gets when nobody says."""

import os
from pathlib import Path

CPU_FOLDER = Path("/sys/devices/system/cpu")
CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")


def default_threads() -> int:
    """Physical cores that this process may use; at least 1.

    A second thread on one core does not speed up convolutions. A container's limit is honoured:
    more threads than processor time only wait for each other.
    """
    return max(1, min(_physical_cores(), _container_limit()))


def _physical_cores() -> int:
    """Distinct cores among the processors that this process may run on."""
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    return len({_siblings(cpu) for cpu in os.sched_getaffinity(0)})


def _siblings(cpu: int) -> str:
    """The processors of the core that this one belongs to, as the kernel writes them."""
    try:
        path = CPU_FOLDER / f"cpu{cpu}" / "topology" / "thread_siblings_list"
        return path.read_text(encoding="ascii")
    except OSError:
        return str(cpu)


def _container_limit() -> int:
    """Processors that the container's quota amounts to, rounded up; very many if there is none."""
    try:
        quota, period = CGROUP_LIMIT.read_text(encoding="ascii").split()
        return -(-int(quota) // int(period))
    except (OSError, ValueError):
        return 1_000_000
