"""Links: a copy of the database opens nothing, a used or old one opens nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.reasons import because
from rights_requests.models import Link, LinkPurpose
from tests.factories import LinkFactory, RightsRequestFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def opens(link, token=None, now=NOW):
    return Link.objects.by_token(link.purpose, token or link.token, now=now) is not None


@pytest.fixture(autouse=True)
def _why():
    with because("Test"):
        yield


@pytest.fixture
def proof():
    return LinkFactory(purpose=LinkPurpose.PROOF, now=NOW)


def test_a_token_is_long_and_the_database_does_not_hold_it(proof):
    """At least 128 bits, of which only a digest is stored."""
    assert len(proof.token) >= 22
    columns = Link.objects.filter(pk=proof.pk).values().get()
    history = Link.history.filter(id=proof.pk).values().get()
    for row in (columns, history):
        assert not [name for name, value in row.items() if proof.token in str(value)]
    assert "digest" not in history
    assert "seed" not in history


def test_a_stored_link_makes_the_same_token_again(proof):
    assert Link.objects.get(pk=proof.pk).token == proof.token


def test_another_key_makes_another_token(proof, settings):
    token = proof.token
    first = settings.DIGEST_KEYS
    settings.DIGEST_KEYS = ["another key, long enough for what it is for"]
    assert not opens(proof, token)
    settings.DIGEST_KEYS = [*settings.DIGEST_KEYS, *first]
    assert opens(proof, token)
    assert Link.objects.get(pk=proof.pk).token == token


CHANGES = (lambda token: token[:-1], lambda token: token + "A", str.swapcase)


@pytest.mark.parametrize("change", CHANGES)
def test_a_forged_or_truncated_token_opens_nothing(proof, change):
    assert not opens(proof, change(proof.token))


@pytest.mark.parametrize("token", ["x" * 65, "ä" * 20, " ", "\x00"])
def test_a_token_of_no_shape_opens_nothing(proof, token):
    assert not opens(proof, token)


def test_a_link_opens_what_it_is_for_and_nothing_else(proof):
    assert Link.objects.by_token(LinkPurpose.STATUS, proof.token, now=NOW) is None


def test_a_proof_link_is_open_24_hours(proof):
    day = timedelta(hours=24)
    assert opens(proof, now=NOW + day - timedelta(seconds=1))
    assert not opens(proof, now=NOW + day)


def test_a_link_is_used_once(proof):
    again = Link.objects.get(pk=proof.pk)
    assert proof.use(now=NOW)
    assert not again.use(now=NOW)
    assert not opens(proof)


def test_a_new_link_ends_the_old_one_of_its_purpose(proof):
    status = LinkFactory(request=proof.request, now=NOW)
    newer = Link.objects.issue(proof.request, LinkPurpose.PROOF, now=NOW)
    assert not opens(proof)
    assert opens(newer)
    assert opens(status)


def test_a_code_can_be_read_and_typed(proof):
    code = LinkFactory(request=proof.request, purpose=LinkPurpose.CODE, now=NOW).token
    assert len(code) == 10
    assert not set(code) & set("ILOU")


def test_links_of_different_requests_differ():
    tokens = {LinkFactory(request=RightsRequestFactory()).token for _ in range(3)}
    assert len(tokens) == 3
