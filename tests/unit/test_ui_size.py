"""The web page is small: what a phone has to load before it shows the first live picture, and the frame around it."""

from __future__ import annotations

from tests.built_ui import built, chunks, needed

KB = 1000
MOST_SCRIPT = 60 * KB
MOST_SHELL = 150 * KB
ENTRY, LIVE = "index.html", "src/pages/live/LivePage.tsx"


def sent(names: set[str]) -> int:
    """Return how many bytes go out for these files to a browser that takes Brotli."""
    folder = built()
    made = (folder / f"{name}.br" for name in names)
    return sum((path if path.exists() else path.with_suffix("")).stat().st_size for path in made)


def languages() -> list[str]:
    return [name for name in chunks() if name.startswith("src/i18n/")]


def test_the_scripts_until_the_first_live_picture() -> None:
    assert languages()
    for language in languages():
        scripts = {name for name in needed(ENTRY, LIVE, language) if name.endswith(".js")}
        assert len(scripts) >= 3
        assert 5 * KB < sent(scripts) <= MOST_SCRIPT, language


def test_the_shell() -> None:
    """With all languages, and what the live page loads once it shows something."""
    names = {*needed(ENTRY, LIVE, *chunks()[LIVE].get("dynamicImports", ()), *languages())}
    assert any(name.endswith(".css") for name in names)
    assert sent(names) + (built() / "index.html").stat().st_size <= MOST_SHELL


def test_each_page_is_a_file_of_its_own() -> None:
    pages = {name for name in chunks() if name.startswith("src/pages/") and name.endswith("Page.tsx")}
    assert pages
    assert pages <= {*chunks()[ENTRY]["dynamicImports"]}
