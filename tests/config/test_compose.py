"""What the containers open to the world."""

import re

import pytest
from django.conf import settings

TEXT = (settings.BASE_DIR / "docker-compose.yml").read_text()
SERVICES = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", TEXT.split("\nservices:\n")[1], re.M))


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_web_server_is_reached_and_only_through_a_proxy_on_the_machine(service):
    """P38: the database and the worker publish no port, and the web server none to the outside."""
    assert {"web", "worker", "db"} <= set(SERVICES)
    ports = re.findall(r'^      - "([\d.:]+)"$', SERVICES[service], re.M)
    assert ports == (["127.0.0.1:8000:8000"] if service == "web" else [])
    assert ("ports:" in SERVICES[service]) == (service == "web")
    assert "network_mode" not in SERVICES[service]
