# SPDX-License-Identifier: BSL-1.0
"""What a version promises, by the rule in include/lcm_client/README.md, and that the headers keep to that rule.

A private header declares nothing outside of a namespace `detail`, and a public one not only what is in `detail`. All
that is promised stands in public_names.txt, so that a change of it is seen; `public_names_test.py --write` writes it.
"""

import difflib
import pathlib
import re
import sys

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"
LIST = pathlib.Path(__file__).resolve().with_name("public_names.txt")
PRIVATE = re.compile(r"/impl/|^lcm_client/(client|session)/")

COMMENT_OR_TEXT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.DOTALL
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
MACRO = re.compile(r"^#define (LCM_\w+)(?<!_HPP)\b", re.MULTILINE)
TYPE = re.compile(r"^(concept|struct|class|enum|using)(?: class)? (?:BOOST_SYMBOL_VISIBLE )?([\w:]+)(<?)")


def end_of_brackets(text, at):
    """Where the pair of brackets that opens at `at` is closed."""
    opening, closing = text[at], {"(": ")", "{": "}", "<": ">", "[": "]"}[text[at]]
    depth = 0
    for index in range(at, len(text)):
        depth += (text[index] == opening) - (text[index] == closing)
        if depth == 0:
            return index + 1
    raise ValueError(f"a '{opening}' is not closed: {text[at : at + 80]}")


def without(beginning, text):
    """`text` without each pair of brackets that `beginning` leads to."""
    while found := re.search(beginning, text):
        text = text[: found.start()] + text[end_of_brackets(text, found.end() - 1) :]
    return text


def declarations(text):
    """Each declaration at the level of a namespace: the namespace, what stands before a body, whether one follows."""
    namespaces, begin, at = [], 0, 0
    while at < len(text):
        letter = text[at]
        head = " ".join(text[begin:at].split())
        if letter == "(":
            at = end_of_brackets(text, at)
            continue
        if letter == "{" and re.match(r"(inline )?namespace\b", head):
            namespaces.append(head.partition("namespace")[2].strip().replace("::inline LCM_CLIENT_ABI", ""))
        elif letter == "{":
            yield "::".join(namespaces), head, True
            at = end_of_brackets(text, at) - 1
        elif letter == "}":
            namespaces.pop()
        elif letter == ";":
            yield "::".join(namespaces), head, False
        else:
            at += 1
            continue
        begin = at = at + 1


def name_of(head, has_body):
    """The kind and the name that a declaration introduces; nothing if it is of a name that another one introduces."""
    is_template = head.startswith("template")
    head = " ".join(without(r"\btemplate ?<|\brequires ?\(|\[(?=\[)", head).split())
    if not re.match(r"\w", head) or re.match(r"static_assert|requires|friend", head):
        return None
    if found := TYPE.match(head):
        kind, name, special = found.groups()
        if kind == "using":
            return kind, name.rpartition("::")[2]
        is_elsewhere = special or "::" in name or not (has_body or is_template or kind in ("concept", "enum"))
        return None if is_elsewhere else (kind, name)
    if found := re.search(r"(::)?operator ?([^\w\s(]+) ?\(", head):
        return None if found[1] else ("function", "operator" + found[2])
    head = without("<", head)
    if found := re.search(r"([\w:]+) ?\(", head):
        return None if "::" in found[1] else ("function", found[1])
    found = re.match(r"[^=]*?([\w:]+) ?(?:=.*)?$", head)
    return None if found is None or "::" in found[1] else ("constant", found[1])


def names_in(path):
    """The names that a header declares, each with its kind and its namespace, and those of its macros."""
    text = path.read_text(encoding="utf-8")
    names = {("macro", "", macro) for macro in MACRO.findall(text)}
    for namespace, head, has_body in declarations(DIRECTIVE.sub("", COMMENT_OR_TEXT.sub(" ", text))):
        found = name_of(head, has_body)
        if found and namespace.split("::")[0] == "lcm":
            names.add((found[0], namespace, found[1]))
    return names


def is_promised(namespace):
    return "detail" not in namespace.split("::")


def main():
    wrong, promised = [], []
    for path in sorted(INCLUDE.rglob("*.hpp")):
        header = path.relative_to(INCLUDE).as_posix()
        names = names_in(path)
        public = sorted((space, name, kind) for kind, space, name in names if is_promised(space))
        if PRIVATE.search(header):
            wrong += [f"{header}: {space}::{name} is in a private header" for space, name, kind in public if space]
        elif names and not public:
            wrong.append(f"{header}: all that it declares is in detail")
        else:
            promised += [f"{header}: {kind} {space and space + '::'}{name}\n" for space, name, kind in public]
    if "--write" in sys.argv:
        LIST.write_text("".join(promised), encoding="utf-8")
    listed = LIST.read_text(encoding="utf-8").splitlines(keepends=True)
    wrong += [line.rstrip() for line in difflib.unified_diff(listed, promised, LIST.name, "the headers", n=0)]
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
