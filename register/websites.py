"""Web addresses, wherever they are typed."""

from urllib.parse import urlsplit


def has_login(address: str) -> bool:
    """Whether a web address holds a user name or a password: "http://user:word@x.example"."""
    try:
        return "@" in urlsplit(address).netloc
    except ValueError:
        return False
