"""Fixtures of the end-to-end tests. Each starts what it needs on port 0; nothing is shared between workers."""
import pytest

from support.fake_openai import FakeOpenAI, sdk_settings
from support.gateway import BINARY, Gateway, settings
from support.upstream import Upstream


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: minutes rather than seconds; only with scripts/test --all")


@pytest.fixture(scope="session", autouse=True)
def binary():
    assert BINARY.exists(), f"{BINARY} is not built: scripts/test builds it"
    return BINARY


@pytest.fixture
def upstream():
    with Upstream(FakeOpenAI()) as fake:
        yield fake


@pytest.fixture
def start(tmp_path):
    """start(config, env=...) -> a running Gateway, stopped when the test ends."""
    started = []

    def begin(config, env=None, **more):
        directory = tmp_path / f"gateway{len(started)}"
        directory.mkdir()
        gateway = Gateway(directory, config, env, **more)
        started.append(gateway)
        return gateway.start()

    yield begin
    for gateway in started:
        gateway.stop()


@pytest.fixture(scope="module")
def sdk_world(tmp_path_factory):
    """(gateway, upstream) for the SDK tests: one of each for a whole file."""
    with Upstream(FakeOpenAI()) as fake:
        with Gateway(tmp_path_factory.mktemp("sdk"), sdk_settings(settings(fake))) as gateway:
            yield gateway, fake
