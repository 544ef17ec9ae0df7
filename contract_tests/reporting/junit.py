"""The results as CI systems read them: a test case for each check of each operation, in the form of JUnit."""

from xml.etree.ElementTree import Element, SubElement, tostring

from contract_tests.reporting.cases import FOUND, KNOWN, SKIPPED
from contract_tests.reporting.results import Results


def document(results: Results) -> bytes:
    """A known deviation and what could not be played are skipped, with the reason."""
    counts = {
        "tests": len(results.cases),
        "failures": len(results.found),
        "errors": 0,
        "skipped": sum(case.outcome in (KNOWN, SKIPPED) for case in results.cases),
    }
    shown = {name: str(count) for name, count in counts.items()} | {"time": f"{sum(results.seconds.values()):.3f}"}
    suites = Element("testsuites", shown)
    suite = SubElement(suites, "testsuite", {"name": f"bss-mock check {results.client.name}", **shown})
    for case in results.cases:
        seconds = results.seconds[case.check, case.site, case.operation]
        one = SubElement(
            suite,
            "testcase",
            {"classname": f"{case.site}.{case.operation}", "name": case.check, "time": f"{seconds:.3f}"},
        )
        if case.outcome == FOUND:
            SubElement(one, "failure", {"message": _plain(case.words)}).text = _plain(case.text)
        elif case.outcome == KNOWN:
            SubElement(one, "skipped", {"message": _plain(f"known deviation {case.deviation}: {case.words}")})
        elif case.outcome == SKIPPED:
            SubElement(one, "skipped", {"message": "its scene cannot be played with this operation and client"})
    written: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return written


def _plain(text: str) -> str:
    """Without the characters that no XML document can have; examples are full of them."""
    return "".join(one if one in "\t\n\r" or _allowed(ord(one)) else f"\\u{ord(one):04x}" for one in text)


def _allowed(point: int) -> bool:
    return 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point >= 0x10000
