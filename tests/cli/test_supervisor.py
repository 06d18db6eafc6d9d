"""The last line of defence: usage errors, faults, interrupts and closed pipes."""

import os
import subprocess
import sys

import pytest

from amiss.cli import inspect as inspect_command
from amiss.cli import supervisor


def test_help_and_version(amiss):
    code, out, _ = amiss()
    assert (code, out) == (amiss("--help")[0], amiss("--help")[1])
    assert (code, "inspect" in out) == (0, True)
    assert amiss("--version")[1].startswith("amiss ")


@pytest.mark.parametrize("arguments", [(), ("gallery",), ("inspekt",), ("demo", "x")])
def test_usage_errors_are_one_line(refused, arguments):
    if arguments:
        assert "--help" in refused(*arguments)
    else:
        assert "--help" in refused("inspect")


def fail_with(monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(inspect_command, "check_picture_file", fail)
    return "inspect", "x.jpg", "--heatmap", "x.png"


def test_unexpected_faults_are_one_sentence(amiss, monkeypatch):
    monkeypatch.delenv(supervisor.DEBUG, raising=False)
    arguments = fail_with(monkeypatch, RuntimeError("the tray\nfell"))
    sentence = "Error: Amiss failed (RuntimeError: the tray fell); AMISS_DEBUG=1 shows the details."
    assert amiss(*arguments) == (1, "", f"{sentence}\n")
    monkeypatch.setenv(supervisor.DEBUG, "1")
    assert "Traceback" in amiss(*arguments)[2]


def test_engine_faults_are_internal(amiss, monkeypatch):
    from amiss.domain.errors import EngineError

    arguments = fail_with(monkeypatch, EngineError("The engine failed."))
    code, out, err = amiss(*arguments)
    assert (code, out) == (1, "")
    assert err == "Error: The engine failed; AMISS_DEBUG=1 shows the details.\n"


def test_an_interrupt_is_quiet(amiss, monkeypatch):
    assert amiss(*fail_with(monkeypatch, KeyboardInterrupt())) == (130, "", "")


@pytest.mark.parametrize("command", [("bundle", "list"), ("--help",)])
def test_a_closed_pipe_is_quiet(command):
    read, write = os.pipe()
    os.close(read)
    arguments = [sys.executable, "-m", "amiss.cli", *command]
    done = subprocess.run(arguments, stdout=write, stderr=subprocess.PIPE, timeout=60)
    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 0
