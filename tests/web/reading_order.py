"""What a screen reader meets on a page and where the keyboard stops, in the order of the document."""

from html.parser import HTMLParser

FOCUSABLE = {"a", "button", "select", "input", "summary", "textarea"}
VOID = {"input", "meta", "link", "br", "hr", "img", "wbr", "source", "rect", "line", "circle", "path"}


class Reading(HTMLParser):
    """`headings`: level and words. `figures`: of each its parts in order, hidden ones left out. `stops`: tag and name
    of what takes focus. `ids`: all of them. `tables`: caption and the scopes of its head cells."""

    def __init__(self, page):
        super().__init__()
        self.headings, self.figures, self.stops, self.ids, self.tables = [], [], [], [], []
        self.named, self.tabindexes, self.hidden_drawings = [], [], 0
        self._open, self._words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.ids.append(found["id"])
        if "tabindex" in found:
            self.tabindexes.append(int(found["tabindex"]))
        if tag == "figure":
            self.figures.append([])
            self.named.append((found.get("role"), found.get("aria-labelledby")))
        if tag == "svg" and found.get("aria-hidden") == "true" and found.get("focusable") == "false":
            self.hidden_drawings += 1
        if tag == "table":
            self.tables.append([None, []])
        if tag == "th":
            self.tables[-1][1].append(found.get("scope"))
        if tag not in VOID:
            self._open.append((tag, found, len(self._words)))

    def handle_endtag(self, tag):
        if tag in VOID or not any(tag == one for one, _, _ in self._open):
            return
        while True:
            opened, found, at = self._open.pop()
            self._closed(opened, found, " ".join("".join(self._words[at:]).split()))
            if opened == tag:
                return

    def handle_data(self, data):
        if not any(found.get("aria-hidden") == "true" or tag in ("script", "style") for tag, found, _ in self._open):
            self._words.append(data)

    def _closed(self, tag, found, words):
        inside = any(tag == "figure" for tag, _, _ in self._open)
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append((int(tag[1]), words))
        if tag == "caption":
            self.tables[-1][0] = words
        if (tag in FOCUSABLE and (tag != "a" or "href" in found)) and "hidden" not in found:
            self.stops.append((tag, words))
        if inside and tag in ("h2", "p", "table", "summary", "pre"):
            self.figures[-1].append((tag, words))
