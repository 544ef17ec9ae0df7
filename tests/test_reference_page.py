"""``/_mock/docs`` in a real browser: it is read and tried with no internet, and what is tried is signed and answered.

Chromium and its driver come from the system. Where they are missing these tests are skipped, in CI they fail.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from contract_tests.server import Server, start
from mockserver.contract.operations import SITES, Contract
from tests.programs import NOBODY, chromium_in

PATIENCE = 60
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start() as served:
        yield served


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium_in(tmp_path_factory.mktemp("chromium"), f"{NOBODY}, EXCLUDE 127.0.0.1") as chrome:
        yield chrome


class Page:
    """The reference of one site, as a person uses it. It takes seconds to load, so it stays while the site does."""

    def __init__(self, chrome: Chrome, url: str, site: str, *, anew: bool = False) -> None:
        self._chrome = chrome
        address = f"{url}/_mock/docs/{site}"
        if anew or chrome.current_url.partition("#")[0] != address:
            chrome.get("about:blank")
            self.complaints(), self.requests()  # those of the page before
            chrome.get(address)
            self.wait(".opblock-tag-section")

    def complaints(self) -> list[str]:
        """What the browser found wrong since the last time."""
        return [row["message"] for row in self._chrome.get_log("browser") if row["level"] == "SEVERE"]

    def requests(self) -> list[str]:
        """What was asked for since the last time, without what a page carries in itself."""
        messages = [json.loads(row["message"])["message"] for row in self._chrome.get_log("performance")]
        sent = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith("data:")]

    def choose(self, principal: str) -> None:
        Select(self._chrome.find_element(By.ID, "principal")).select_by_visible_text(principal)

    def search(self, words: str) -> None:
        field = self._chrome.find_element(By.ID, "search")
        field.clear()
        field.send_keys(words)
        # Swagger UI keeps what it filters by in a field of its own, which is hidden.
        self.until(lambda _: self._values(".operation-filter-input", "value") == [words], words)

    def shows(self, operations: Iterable[str]) -> bool:
        """Whether these operations are listed, and no others; of a long list only what is in sight is in the page."""
        wanted = set(operations)
        return bool(self.until(lambda _: self._from_top_to_bottom() == wanted, "the list"))

    def _from_top_to_bottom(self) -> set[str]:
        seen: set[str] = set()
        page = self.wait("#reference")
        down = """
            const [page, drawn] = arguments;
            page.scrollBy(0, page.clientHeight / 2);
            requestAnimationFrame(() => requestAnimationFrame(() => drawn(page.scrollTop)));
        """
        self._chrome.execute_script("arguments[0].scrollTo(0, 0)", page)
        before, place = -1.0, 0.0
        while place != before:
            seen |= {*self._values(".opblock-summary-operation-id", "textContent")}
            before, place = place, self._chrome.execute_async_script(down, page)
        return seen

    def open(self, area: str, operation: str) -> str:
        """Opens an operation; what stands at its top."""
        self.search(operation)
        there = f"#operations-{area}-{operation}"
        if not self.all(f"{there}.is-open"):
            self.wait(f"{there} .opblock-summary-control").click()
        return self.wait(f"{there} .opblock-description").text

    def enter(self, parameter: str, value: str) -> None:
        field = self.wait(f"tr[data-param-name='{parameter}'] input")
        field.clear()
        field.send_keys(value)

    def enter_body(self, content: Any) -> None:
        field = self.wait("textarea.body-param__text")
        field.clear()
        field.send_keys(json.dumps(content, ensure_ascii=False))

    def execute(self) -> tuple[str, str, str]:
        """Sends it: the status, the body and the headers that are shown."""
        for old in self.all("button.btn-clear"):
            self._chrome.execute_script("arguments[0].click()", old)
        self.until(lambda _: not self.all(".live-responses-table"), "no answer from before")
        button = self.wait("button.execute")
        self._chrome.execute_script("arguments[0].click()", button)
        self.wait(".live-responses-table .response-col_status")
        status = self.wait(".live-responses-table tbody .response-col_status").text.splitlines()[0]
        shown = self.all(".live-responses-table .response-col_description pre")
        return status, shown[0].text, shown[1].text

    def all(self, selector: str) -> list[WebElement]:
        return self._chrome.find_elements(By.CSS_SELECTOR, selector)

    def _values(self, selector: str, of: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((one) => one[arguments[1]])"
        values: list[str] = self._chrome.execute_script(script, selector, of)
        return values

    def wait(self, selector: str) -> WebElement:
        found: list[WebElement] = self.until(lambda _: self.all(selector), selector)
        return found[0]

    def until(self, there: Callable[[Chrome], Any], what: str) -> Any:
        return WebDriverWait(self._chrome, PATIENCE).until(there, f"{what} did not appear")


@pytest.mark.parametrize("site", SITES)
def test_the_page_shows_every_area_and_asks_nobody_else(chromium: Chrome, server: Server, site: str) -> None:
    page = Page(chromium, server.url, site, anew=True)
    operations = [op for op in Contract() if op.site == site]
    areas = [one.get_attribute("data-tag") for one in page.all(".opblock-tag")]
    assert sorted(areas) == sorted({op.area for op in operations})
    page.search("/")
    assert page.shows(op.name for op in operations)
    assert page.complaints() == []
    asked = page.requests()
    assert f"{server.url}/_mock/openapi/{site}.json" in asked
    assert [url for url in asked if not url.startswith(f"{server.url}/_mock/")] == []


@pytest.mark.parametrize(("site", "customer"), [("cn", "demo_cn_customer"), ("intl", "demo_intl_customer")])
def test_what_a_partner_tries_is_answered(chromium: Chrome, server: Server, site: str, customer: str) -> None:
    page = Page(chromium, server.url, site)
    facts = page.open("customers", "list_sub_customers")
    assert "Callers: solution_provider, distributor" in facts
    assert "Quota: 10 calls per second" in facts
    assert "mc_00021.html" in facts
    page.choose("solution provider")
    status, body, headers = page.execute()
    assert status == "200"
    assert customer in body
    assert "x-mock-fidelity: stateful" in headers
    assert page.complaints() == []
    assert [url for url in page.requests() if not url.startswith(server.url)] == []


@pytest.mark.parametrize("site", SITES)
def test_a_customer_is_refused_and_told_why(chromium: Chrome, server: Server, site: str) -> None:
    page = Page(chromium, server.url, site)
    page.open("customers", "list_sub_customers")
    page.choose("customer")
    status, body, headers = page.execute()
    assert status == "403"
    assert '"CBC.0151"' in body
    assert "customer is a customer" in headers


def test_anything_that_can_be_typed_is_signed_as_it_is_sent(chromium: Chrome, server: Server) -> None:
    page = Page(chromium, server.url, "cn", anew=True)
    page.open("customers", "list_sub_customers")
    page.choose("solution provider")
    page.enter_body({"customer": "示例科技有限公司", "label": "é'!*()~"})
    assert page.execute()[0] == "200"
    page.open("products", "list_service_types")
    page.choose("customer")
    page.enter("service_type_name", "a b+c&d=e/云'!*()~")
    assert page.execute()[0] == "200"


def test_keys_are_in_no_address(chromium: Chrome, server: Server) -> None:
    page = Page(chromium, server.url, "cn")
    page.open("customers", "list_sub_customers")
    page.choose("solution provider")
    page.execute()
    partner = server.sandboxes["cn"].solution_provider
    for url in (*page.requests(), chromium.current_url):
        assert partner.ak not in url
        assert partner.sk not in url


def test_the_choice_is_kept_when_the_page_is_loaded_again(chromium: Chrome, server: Server) -> None:
    Page(chromium, server.url, "intl").choose("reseller")
    Page(chromium, server.url, "intl", anew=True)
    assert Select(chromium.find_element(By.ID, "principal")).first_selected_option.text == "reseller"


def test_operations_are_found_by_words(chromium: Chrome, server: Server) -> None:
    page = Page(chromium, server.url, "cn")
    page.search("coupon quota")
    assert page.shows(
        [
            "list_coupon_quotas_records",
            "list_issued_coupon_quotas",
            "list_quota_coupons",
            "reclaim_coupon_quotas",
            "update_coupon_quotas",
        ]
    )


def test_an_address_leads_to_one_operation(chromium: Chrome, server: Server) -> None:
    page = Page(chromium, server.url, "intl")
    chromium.get("about:blank")
    chromium.get(f"{server.url}/_mock/docs/intl#/orders/cancel_resources_subscription")
    summary = page.wait("#operations-orders-cancel_resources_subscription .opblock-summary")
    below = chromium.find_element(By.TAG_NAME, "header").rect["height"]
    top = "return arguments[0].getBoundingClientRect().top"
    page.until(lambda _: below <= chromium.execute_script(top, summary) < below + 100, "the operation at the top")


def test_no_other_server_can_be_chosen_and_no_key_entered(chromium: Chrome, server: Server) -> None:
    page = Page(chromium, server.url, "cn")
    page.open("customers", "list_sub_customers")
    for selector in (".scheme-container", ".authorization__btn"):
        assert [one for one in page.all(selector) if one.is_displayed()] == []
