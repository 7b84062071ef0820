# SPDX-License-Identifier: BSL-1.0
"""Adding an operation takes one struct in one file: everything else follows from its field table."""

import filecmp
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(__file__).with_name("new_operation.cpp")
CHANGED = "lcm_client/operations/campaigns.hpp"

STRUCT = """\
/// Sets the priority of a campaign. The agent must be logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-campaign-priority.
struct SetCampaignPriority {
    Id callid{};
    Id campaign_id{};
    Number new_priority{};

    using Self = SetCampaignPriority;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("CampaignID", &Self::campaign_id, Presence::required, "the campaign");
        field("Priority", &Self::new_priority, Presence::required, "the priority; 0 is valid", {.form = Form::text});
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetCampaignPriority",
        .reply_subtopic = "SetCampaignPriorityResult",
        .page = "set-campaign-priority",
        .summary = "set the priority of a campaign",
    };
};

"""

# The struct, its name in the list at the end of the file, and what it includes: by what stands there, what shall.
CHANGES = {
    "/// The operations of this file": STRUCT + "/// The operations of this file",
    "using Operations = OperationList<": "using Operations = OperationList<SetCampaignPriority, ",
    "#include <lcm_client/protocol/field.hpp>\n": "#include <lcm_client/operations/records.hpp>\n"
    "#include <lcm_client/protocol/field.hpp>\n",
}


def add_operation(header):
    text = header.read_text(encoding="utf-8")
    for old, new in CHANGES.items():
        assert text.count(old) == 1, f"{header.name} has no single '{old}'"
        text = text.replace(old, new)
    header.write_text(text, encoding="utf-8")


def compile_against(include, program):
    directories = [str(include), *filter(None, os.environ["LCM_INCLUDE_DIRECTORIES"].split(":"))]
    command = [os.environ["LCM_COMPILER"], "-std=c++20", "-O0", *(f"-I{directory}" for directory in directories)]
    return subprocess.run([*command, str(PROGRAM), "-o", str(program)], capture_output=True, encoding="utf-8")


def files_that_differ(comparison):
    names = [*comparison.diff_files, *comparison.left_only, *comparison.right_only]
    for name, inner in comparison.subdirs.items():
        names += [f"{name}/{path}" for path in files_that_differ(inner)]
    return names


class NewOperation(unittest.TestCase):
    def test_takes_one_struct_in_one_file(self):
        with tempfile.TemporaryDirectory() as directory:
            include = pathlib.Path(directory) / "include"
            program = pathlib.Path(directory) / "program"
            shutil.copytree(SOURCE / "include", include)
            add_operation(include / CHANGED)
            built = compile_against(include, program)
            self.assertEqual(built.returncode, 0, built.stderr)
            result = subprocess.run([program, include], capture_output=True, encoding="utf-8", timeout=60)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            comparison = filecmp.dircmp(SOURCE / "include", include)
            self.assertEqual(files_that_differ(comparison), [CHANGED])


if __name__ == "__main__":
    unittest.main()
