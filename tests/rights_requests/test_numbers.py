"""Numbers of requests and certificates: one after the other, none missing, per year."""

from threading import Thread

import pytest
from django.db import connection, transaction

from rights_requests.models import Counted, Counter, RightsRequest, next_number
from tests.factories import CertificateFactory, NoticeFactory, RightsRequestFactory


@pytest.mark.django_db
def test_each_kind_and_year_counts_for_itself():
    given = [
        next_number(Counted.REQUEST, 2026),
        next_number(Counted.REQUEST, 2026),
        next_number(Counted.CERTIFICATE, 2026),
        next_number(Counted.REQUEST, 2027),
    ]
    assert given == [1, 2, 1, 1]


@pytest.mark.django_db
def test_a_number_comes_and_goes_with_its_act():
    with transaction.atomic():
        next_number(Counted.CERTIFICATE, 2026)
        transaction.set_rollback(True)
    assert next_number(Counted.CERTIFICATE, 2026) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_twenty_numbers_without_a_gap():
    given = []

    def take():
        with transaction.atomic():
            number = next_number(Counted.REQUEST, 2026)
        given.append(number)
        connection.close()

    threads = [Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 21))
    assert Counter.objects.get().last == 20


@pytest.mark.django_db
def test_a_request_is_found_by_its_number_as_it_is_written():
    NoticeFactory(in_force=True)
    request = RightsRequestFactory(year=2026, sequence=17)
    assert request.number == "2026-17"
    assert RightsRequest.objects.numbered("2026-17") == request
    for wrong in ("2026-017", "2026", "", "-", "2026-18", "²026-17", "2026-17-1", "9" * 40 + "-1"):
        assert RightsRequest.objects.numbered(wrong) is None


@pytest.mark.django_db
def test_a_certificate_goes_by_its_own_number():
    assert CertificateFactory(year=2026, sequence=3).number == "2026-T-3"
