import numpy as np
import pytest

from postmortem_timeline.correlate.offsets import NS, differences, mode


def told(users: np.ndarray, seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return users.astype("uint64"), (seconds * NS).astype("int64")


@pytest.fixture
def requests() -> tuple[np.ndarray, np.ndarray]:
    """Sixty requests of twenty users within an hour, the same ones each time."""
    step = np.arange(60)
    return step % 20 + 1, (step * 37 + (step * step * 11) % 59).astype(float)


def found(a, b):
    diff, rows, _ = differences(*a, *b)
    return mode(diff, a[0][rows])


def test_shuffled_users_give_no_offset(requests):
    users, at = requests
    assert found(told(users[::-1] * 7 % 23, at + 90), told(users, at)) is None


def test_a_poller_gives_no_offset():
    at = np.arange(0, 400, 10.0)
    users = np.repeat([1, 2, 3, 4], 10)
    assert found(told(users, at + 3), told(users, at)) is None


def test_one_user_alone_gives_no_offset(requests):
    _, at = requests
    assert found(told(np.ones(30), at[:30] + 90), told(np.ones(30), at[:30])) is None


def test_four_pairs_are_too_few(requests):
    users, at = requests
    assert found(told(users[:4], at[:4] + 90), told(users[:4], at[:4])) is None


def test_nothing_in_common():
    assert found(told(np.arange(1, 9), np.arange(8.0)), told(np.arange(11, 19), np.arange(8.0))) is None


@pytest.mark.parametrize("ahead", [-140.0, 212.0, 0.0, 19800.0, -25 * 3600.0])
def test_the_offset_is_the_mode(requests, ahead):
    users, at = requests
    offset = found(told(users, at + ahead), told(users, at))
    assert offset is not None and offset.seconds == pytest.approx(ahead, abs=0.5)
    assert offset.confidence > 0.9


def test_a_robot_is_left_out():
    keys = np.ones(100, dtype="uint64")
    diff, _, _ = differences(keys, np.arange(100), keys, np.arange(100))
    assert len(diff) == 0
