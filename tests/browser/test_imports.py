"""Bringing a file in, in a real Chromium: by keyboard, on every screen, without a barrier."""

from threading import Event

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.tasks import run_next
from register.importing import staging
from register.models import Customer, Import
from staff.roles import Role
from tests.browser.test_pages import judge, staff_page  # noqa: F401
from tests.factories import CustomerFactory, NoticeFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = (
    "Nimi;Sähköposti;Puhelin;Katuosoite;Postinumero;Postitoimipaikka;Muistiinpano;Markkinointilupa;"
    "Laskutusosoite;Y-tunnus;Verkkolaskuosoite;Verkkolaskuoperaattori;Viitenumero\n"
    "Aino Äijälä;aino@koe.example;040 123 4567;Kuja 1;00330;Helsinki;ihottumaa;ei;"
    "PL 1, 00101 Helsinki;0201724-4;003702017244;BASWFIHH;1232\n"
    "Eero Elo;ei osoite;;;;;;kyllä;;;;;\n"
    "Toinen Nimi;there@koe.example;;;;;;;;;;;\n"
    "Vanha Uusinimi;there@koe.example;;Uusikuja 2 A 3;00500;Helsinki;;;;;;;\n"
    "Ek;Eva;eva@koe.example;;;;;;katso liite;;;;;1232\n"
)


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("fi", "light", 320), ("sv", "dark", 1280)]
)
def test_a_list_is_brought_in_by_keyboard(staff_page, judge, tmp_path, language, scheme, width):  # noqa: F811
    NoticeFactory(in_force=True)
    CustomerFactory(email="there@koe.example", given_name="Vanha", family_name="Nimi")
    list_file = tmp_path / "list.csv"
    list_file.write_text(ROWS, encoding="utf-8")
    page = staff_page(Role.DATA_PROTECTION_CONTACT, language, scheme, width)
    look = f"{language}-{scheme}-{width}"
    page.goto(reverse("admin:register_customer_changelist"))
    page.locator(f".object-tools a[href='{reverse('admin:register_import_add')}']").press("Enter")
    page.wait_for_selector("#id_file")
    judge(page, f"import-upload-{look}")
    # the dialog that chooses a file is the browser's own
    page.locator("#id_file").set_input_files(list_file)
    page.locator("#id_source_kind").focus()
    page.keyboard.press("ArrowDown")  # nothing is chosen beforehand
    press_to(page, "main form button[type=submit], #content form button[type=submit]")
    page.wait_for_selector("[name=run]")
    judge(page, f"import-preview-{look}")
    # a choice of its own for one of the rows that differ
    page.locator(".differing select").last.select_option("merge")
    press_to(page, "#decide ~ .acts [name=choose]")
    page.wait_for_url("**#choices")
    judge(page, f"import-choices-{look}")
    assert page.locator(".differing select").last.input_value() == "merge"
    press_to(page, "[name=run]")
    page.wait_for_selector("#progress[data-goes-on]")
    judge(page, f"import-progress-{look}")
    while run_next(timezone.now()):
        pass
    # the page finds out by itself
    page.wait_for_selector("#progress:not([data-goes-on])", timeout=15_000)
    judge(page, f"import-done-{look}")

    assert Import.objects.get().applied_at
    assert Customer.objects.filter(email="aino@koe.example").exists()
    assert Customer.objects.get(email="there@koe.example").name == "Vanha Uusinimi"
    with page.expect_download() as download:
        press_to(page, "a.button[href$='/report/']")
    assert download.value.suggested_filename == f"import-{Import.objects.get().pk}.csv"
    page.goto(reverse("admin:register_import_changelist"))
    judge(page, f"imports-{look}")


def test_a_long_file_tells_how_far_it_is_and_goes_on_by_itself(
    staff_page,  # noqa: F811
    judge,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    """Without script: each block sends another line of the page."""
    NoticeFactory(in_force=True)
    blocks, go_on, stage = [], Event(), staging._stage

    def waits(bringing, block):
        blocks.append(block)
        if len(blocks) == 5:
            assert go_on.wait(60)
        stage(bringing, block)

    monkeypatch.setattr(staging, "A_BLOCK", 1)
    monkeypatch.setattr(staging, "_stage", waits)
    list_file = tmp_path / "list.csv"
    list_file.write_text(ROWS + "Viides Koe;v@koe.example\nKuudes Koe;k@koe.example\n")
    page = staff_page(Role.DATA_PROTECTION_CONTACT, "en", "light", 320)
    page.goto(reverse("admin:register_import_add"))
    page.locator("#id_file").set_input_files(list_file)
    page.select_option("#id_source_kind", index=1)
    page.locator("#content form button[type=submit]").click(no_wait_after=True)
    try:
        page.wait_for_selector("text=4 rows have been read", timeout=20_000)
        assert page.locator(".latest > :visible").count() == 1
        judge(page, "import-reading-en-light-320")
    finally:
        go_on.set()
    page.wait_for_selector("[name=run]")
    assert Import.objects.get().rows == 7


def press_to(page, place):
    """Goes on by the tabulator until `place` has the focus, and presses Enter there."""
    for _step in range(150):
        if page.evaluate("place => document.activeElement.matches(place)", place):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{place} is not reached by keyboard")
