# SPDX-License-Identifier: BSL-1.0
"""What Doxygen reads in place of the header that is named: the same lines, with comments that the header does not need.

A field's meaning stands in its row of the table and nowhere else (one_text_test.py), so the member of a row is given
that text, and its name on the wire. What all operations or all groups have is told here, once. A specialisation of a
template of Boost's is left out: Doxygen fails at such a line if it has not read another one before. So is the inline
namespace, which no reader has to know.
"""

import pathlib
import re
import sys

STRUCT = re.compile(r"^struct \w+ \{\n.*?^\};", re.MULTILINE | re.DOTALL)
ROW = re.compile(r'field\(\s*("[^"]*"),\s*&Self::(\w+),\s*[\w:]+,\s*((?:"[^"]*"\s*)+)')
IN_ALL = {
    "using Response = ": "What an accepted request gives.",
    "static constexpr Operation operation{": "The names and the rules of the operation.",
    "static constexpr std::string_view name = ": "The group's name, as the command `lcm` has it.",
    "static constexpr std::string_view summary = ": "What the operations of the group are about.",
    "using Operations =": "The operations of the group.",
}
INLINE_NAMESPACE = "::inline LCM_CLIENT_ABI"
OTHER_NAMESPACE = re.compile(r"^template <> struct boost::.*$", re.MULTILINE)


def with_field_texts(found):
    """A struct whose members have the texts of their rows."""
    struct = found[0]
    for wire_name, member, text in ROW.findall(struct):
        words = "".join(re.findall('"([^"]*)"', text))
        line = re.compile(rf"^(    \S.*\b{member}(?:\{{[^\n]*\}}| = [^\n]*)?;)$", re.MULTILINE)
        struct = line.sub(lambda row: f"{row[1]} ///< {words} (`{wire_name[1:-1]}`)", struct, count=1)
    for declaration, words in IN_ALL.items():
        struct = struct.replace(f"\n    {declaration}", f"\n    /** {words} */ {declaration}")
    return struct


if __name__ == "__main__":
    header = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").replace(INLINE_NAMESPACE, "")
    sys.stdout.write(STRUCT.sub(with_field_texts, OTHER_NAMESPACE.sub("", header)))
