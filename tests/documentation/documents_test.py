# SPDX-License-Identifier: BSL-1.0
"""What the documents refer to is there, and the README stays one that a newcomer reads to its end."""

import re
import unittest

from documents import ROOT, documents, programs_and_snippets

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
PROGRAM = ROOT / "examples/first_program.cpp"


def text_of(document):
    """The document without its blocks of code."""
    return FENCED.sub("", document.read_text(encoding="utf-8"))


def anchors(document):
    """The anchors that GitHub gives to the headings of a document."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text_of(document)))
    return {heading.strip().replace(" ", "-") for heading in headings}


def problem_with(document, link):
    """What is wrong with a link, or nothing."""
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.exists() or not target.is_relative_to(ROOT):
        return "is not there"
    if anchor and anchor not in anchors(target):
        return "has no such heading"
    return None


class Documents(unittest.TestCase):
    def test_relative_links_lead_somewhere(self):
        links = [(document, link) for document in documents() for link in LINK.findall(text_of(document))
                 if not re.match(r"[a-z]+:", link)]
        self.assertGreater(len(links), 100, "links are recognised")
        broken = [f"{document.relative_to(ROOT)}: {link} {problem}" for document, link in links
                  if (problem := problem_with(document, link))]
        self.assertEqual(broken, [])

    def test_named_files_are_there(self):
        name = re.compile(r"`((?:examples|tests|cmake|include)/[\w./]+\.\w+|\.(?:ci|github)/[\w./]+)`")
        names = [(document, path) for document in documents() for path in name.findall(text_of(document))]
        self.assertGreater(len(names), 10, "names are recognised")
        self.assertEqual([(str(document), path) for document, path in names if not (ROOT / path).exists()], [])

    def test_readme_is_short(self):
        self.assertLessEqual(len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()), 150)

    def test_first_program_is_the_example(self):
        shown = next(text for document, name, text in programs_and_snippets()
                     if document == ROOT / "README.md" and not name)
        self.assertLessEqual(len(shown.splitlines()), 20)
        # The example begins with two lines of comment, which the README leaves out.
        example = PROGRAM.read_text(encoding="utf-8").split("\n", 2)
        self.assertTrue(example[0].startswith("//") and example[1].startswith("//"))
        self.assertEqual(shown, example[2])


if __name__ == "__main__":
    unittest.main()
