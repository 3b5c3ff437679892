"""Waiting for what no locator tells."""

from playwright.sync_api import Page

_LOOK = """async ([given, every, patience]) => {{
  const holds = {holds};
  for (const began = performance.now(); performance.now() - began < patience; ) {{
    if (await holds(given)) return true;
    await new Promise((soon) => setTimeout(soon, every));
  }}
  return false;
}}"""


def until(
    page: Page,
    holds: str,
    arg: object = None,
    *,
    every: int = 50,
    timeout: int = 30_000,
    otherwise: str = "() => ''",
) -> None:
    """Looks until `holds`, a function of the page that may be async, gives something true.

    `every` and `timeout` are in milliseconds; `otherwise` finds out what is there instead.
    `Page.wait_for_function` takes the promise of an async function for something true: it would
    wait for nothing.
    """
    if not page.evaluate(_LOOK.format(holds=holds), [arg, every, timeout]):
        raise AssertionError(f"{page.evaluate(otherwise)} after {timeout} ms, and never {holds}")
