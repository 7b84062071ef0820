# SPDX-License-Identifier: BSL-1.0
"""The documents and the C++ in them. `documents.py FOLDER` writes the C++ there, as sources that shall compile, and prints
their paths, one a line.

A block that begins with ```cpp is a whole program. One that begins with ```cpp snippet NAME is a part, and
snippets/NAME.cpp.in has the surroundings that the document leaves out, with @SNIPPET@ where it belongs."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

BLOCK = re.compile(r"^```cpp(.*)\n((?:.*\n)*?)```$", re.MULTILINE)


def documents():
    """All documents of the repository, and not those of build folders."""
    folders = [ROOT / name for name in (".github", "cmake", "examples", "include", "tests")]
    return sorted([*ROOT.glob("*.md"), *(path for folder in folders for path in folder.rglob("*.md"))])


def programs_and_snippets():
    """Each block of C++: the document, the name of the snippet or an empty text, the C++."""
    for document in documents():
        for info, text in BLOCK.findall(document.read_text(encoding="utf-8")):
            words = info.split()
            if not words and "int main(" in text:
                yield document, "", text
            elif len(words) == 2 and words[0] == "snippet":
                yield document, words[1], text
            else:
                sys.exit(f"{document}: a block ```cpp{info} is neither a whole program nor a named snippet")


def source_of(document, name, text):
    """The source that a block is compiled as."""
    origin = f"// From {document.relative_to(ROOT)}.\n"
    if not name:
        return origin + text
    surroundings = HERE / "snippets" / f"{name}.cpp.in"
    return origin + surroundings.read_text(encoding="utf-8").replace("@SNIPPET@\n", text)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    used = set()
    for number, (document, name, text) in enumerate(programs_and_snippets()):
        path = folder / f"{name or f'program_{number}'}.cpp"
        if path in used:
            sys.exit(f"{document}: a second snippet is called {name}")
        used.add(path)
        source = source_of(document, name, text)
        if not path.exists() or path.read_text(encoding="utf-8") != source:
            path.write_text(source, encoding="utf-8")
        print(path)
    unused = {path.name for path in HERE.glob("snippets/*.cpp.in")} - {f"{path.stem}.cpp.in" for path in used}
    if unused:
        sys.exit(f"no document has a snippet for {', '.join(sorted(unused))}")


if __name__ == "__main__":
    main()
