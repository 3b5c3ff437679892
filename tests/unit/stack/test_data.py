"""The folder of a system: one system at a time, and secrets that stay."""

import stat
from pathlib import Path

import pytest

from stack.data import DataBusy, DataFolder
from stack.permissions import USERS


def test_two_systems_never_share_a_folder(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "data"), pytest.raises(DataBusy), DataFolder(tmp_path / "data"):
        pass
    with DataFolder(tmp_path / "data") as again:
        assert again.path.is_dir()


def test_passwords_are_made_once_one_for_each_user_and_private(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder:
        passwords = folder.nats_passwords()
        assert set(passwords) == set(USERS)
        assert len(set(passwords.values())) == len(USERS)
        assert folder.nats_passwords() == passwords
    with DataFolder(tmp_path) as folder:
        assert folder.nats_passwords() == passwords
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_no_password_can_be_read_as_a_number(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder:
        assert all(word[0].isalpha() for word in folder.nats_passwords().values())


def test_what_a_killed_system_left_is_not_taken_for_a_running_one(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder:
        folder.write_running({"url": "http://localhost:1"})
        left = folder.running.read_text()
        assert DataFolder(tmp_path).read_running() == {"url": "http://localhost:1"}
        assert stat.S_IMODE(folder.running.stat().st_mode) == 0o600
    assert DataFolder(tmp_path).read_running() is None
    folder.running.write_text(left)
    assert DataFolder(tmp_path).read_running() is None
