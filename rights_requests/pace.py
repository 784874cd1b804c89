"""A limit that slows and never refuses: who sends much from one network waits a little longer.

A right may not depend on how many neighbours use the same network, so nothing is turned away.
"""

import logging
import time
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from audit.digests import digest_of

WITHIN = timedelta(minutes=10)
FREE = 10
LONGER_EACH = 0.2
LONGEST = 2.0

log = logging.getLogger(__name__)


def slow_down(request: HttpRequest) -> None:
    """Let a form from a busy network wait, at most two seconds; call it outside a transaction."""
    try:
        sent = _count(network_of(request))
    except Exception as error:
        # a form works without its limit rather than not at all
        log.warning("forms are not counted: %s", type(error).__name__)
        return
    if sent > FREE:
        wait(min((sent - FREE) * LONGER_EACH, LONGEST))


def wait(seconds: float) -> None:
    """Do nothing for a while."""
    time.sleep(seconds)


def network_of(request: HttpRequest) -> str:
    """The network of the visitor (/24, /64), as far as the proxy tells it; empty if not at all."""
    try:
        address = ip_address(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    length = 24 if address.version == 4 else 64
    return str(ip_network(f"{address}/{length}", strict=False))


def _count(network: str) -> int:
    """How many forms came from `network` lately, with this one; no address is kept."""
    key = f"forms.{digest_of('network', network)}"
    now = time.time()
    since = now - WITHIN.total_seconds()
    lately = [moment for moment in cache.get(key, []) if moment > since]
    # as many as the longest wait takes
    lately = [*lately, now][-(FREE + int(LONGEST / LONGER_EACH)) :]
    cache.set(key, lately, WITHIN.total_seconds())
    return len(lately)
