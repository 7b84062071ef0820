# SPDX-License-Identifier: BSL-1.0
"""`lcm list` and `lcm help` for all operations, and the command line that the help shows for each, against `lcm sim`."""

import json
import re
import shlex
import subprocess
import unittest

from servers import WebSocketServer
from support import LCM, PATIENCE, CommandTest, Simulator


def run(*arguments):
    """Runs the command to its end, where what it shows may look personal: samples, and replies that were asked for."""
    return subprocess.run([LCM, *arguments], capture_output=True, encoding="utf-8", timeout=PATIENCE)


def listed_operations():
    groups = run("list").stdout.split("\n\nevents:")[0]
    return [line.split()[0] for line in groups.splitlines() if line.startswith("  ")]


def example_of(operation, url):
    """The arguments that the help shows, for the server at `url`."""
    arguments = shlex.split(run("help", operation).stdout.splitlines()[-1])
    assert arguments.pop(0) == "lcm"
    return [url if text == "ws://127.0.0.1:8080/" else text for text in arguments]


class List(CommandTest):
    def test_has_a_line_for_each_operation_under_its_group(self):
        result = run("list")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        paragraphs = [text.splitlines() for text in result.stdout.split("\n\n")]
        names = []
        for heading, *lines in paragraphs:
            self.assertRegex(heading, r"\A[a-z-]+: \S.+\Z")
            for line in lines:
                self.assertRegex(line, r"\A  \w+  +\S.+\Z")
            names.append([line.split()[0] for line in lines])
        self.assertEqual(sum(len(group) for group in names[:-1]), 48)
        self.assertEqual(names[-1], ["OutcomeSetForCall", "OutBoundCallStateChange", "Error"])
        self.assertEqual(len(set(listed_operations())), 48)

    def test_is_what_can_be_called(self):
        help_of_call = run("call", "--help").stdout
        for operation in listed_operations():
            self.assertRegex(help_of_call, rf"(?m)^  {operation}(?: |$)")


class Help(CommandTest):
    def test_takes_any_letter_case(self):
        exact = run("help", "SetDNC")
        self.assertEqual((exact.returncode, exact.stderr), (0, ""))
        for name in ("setdnc", "SETDNC", "sEtDnC"):
            self.assertEqual(run("help", name).stdout, exact.stdout)

    def test_names_fields_with_type_format_and_presence(self):
        text = run("help", "SetDNC").stdout
        for line in ("SetDNC: mark a contact Do Not Call",
                     "Page of the interface's documentation: set-dnc",
                     "Not published: the words for BlockedBy, the form of the reply, errors and samples",
                     "  AccountNumber: text, mandatory; the LCM key",
                     "  OutcomeID: a number, mandatory; the id of the outcome Do Not Call",
                     "  isPhoneNoDNC: true or false, optional; whether the number is blocked",
                     "  DNCBlockStartDate: a date and time DD/MM/YYYY HH:mm, optional; from when the block holds",
                     "The reply, SetDNCResult:",
                     "  success: true or false, always there; whether the server has set what was asked"):
            self.assertIn(line + "\n", text)

    def test_names_what_is_allowed_and_the_fields_of_records(self):
        text = run("help", "GetCheckContacts").stdout
        self.assertIn("  contacts: a JSON array of records, mandatory; the contacts\n    id: text, mandatory", text)
        self.assertIn("a JSON array of texts, mandatory, must be DNC or NDNC or Litigator", text)
        self.assertIn("must be VOICE", run("help", "AddCompliance").stdout)

    def test_names_flags_that_are_text_on_the_wire(self):
        text = run("help", "GetDownloadContactsForDialing").stdout
        self.assertIn('  Consent: true or false, on the wire "true" or "false" in quotes, mandatory', text)
        self.assertIn("  NumberOfContactsRequired: a number, on the wire in quotes, mandatory, must be 1", text)

    def test_says_that_no_reply_means_accepted_for_sending(self):
        self.assertIn("accepted means accepted for sending", run("help", "SendAgentState").stdout)

    def test_reserves_no_more_contacts_than_one_in_its_example(self):
        for operation in ("GetDownloadAllContactsForDialing", "GetReservedManualDialContact"):
            self.assertIn(" --NumberOfContactsRequired 1 ", run("help", operation).stdout + " ")

    def test_of_a_command_is_that_of_the_command(self):
        self.assertEqual(run("help", "batch").stdout, run("batch", "--help").stdout)

    def test_is_general_without_an_operation(self):
        result = run("help")
        self.assertEqual((result.returncode, result.stdout), (0, run("--help").stdout))

    def test_of_an_unknown_operation(self):
        self.assert_wrong_usage(self.run_lcm("help", "SetNothing"), "unknown operation 'SetNothing'; see lcm list")


class EachOperation(CommandTest):
    def test_is_accepted_by_the_simulator_as_its_help_shows_it(self):
        operations = listed_operations()
        self.assertEqual(len(operations), 48)
        with Simulator() as sim:
            for operation in operations:
                with self.subTest(operation):
                    result = run(*example_of(operation, sim.url))
                    self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
                    report = json.loads(result.stdout)
                    self.assertEqual((report["operation"], report["ending"]), (operation, "accepted"))

    def test_has_no_field_twice_on_the_wire_and_none_that_the_help_does_not_name(self):
        with WebSocketServer(lambda request: []) as ours:
            for operation in listed_operations():
                if operation == "SendAgentState":
                    continue  # it does not wait for an answer
                with self.subTest(operation):
                    run(*example_of(operation, ours.url), "--deadline", "50ms")
                    request = json.loads(ours.requests[-1])
                    self.assertEqual(request["subtopic"], operation)
                    help_text = run("help", operation).stdout.split("\nThe reply")[0]
                    fields = re.findall(r"(?m)^  (\w+): .*, (?:mandatory|may be empty)", help_text)
                    self.assertEqual(list(request.get("data", {})), fields)


class Reads(CommandTest):
    """Replies of servers that are not ours: what the tables name is printed by name, all else is kept."""

    def ask(self, message, *arguments, subtopic):
        reply = {"channel": "LCM", "topic": "WebService", "subtopic": subtopic, "message": message}
        with WebSocketServer(lambda request: [json.dumps(reply)]) as ours:
            return run("call", *arguments, "--url", ours.url)

    def test_print_lists_with_what_no_field_takes(self):
        records = [{"ModeID": "3", "Description": "Home", "Colour": "red", "Cvalue": "5550123"}]
        result = self.ask({"callid": "1", "response": records, "page": 2}, "GetCallBackModes", "--callid", "1",
                          "--AccountNumber", "k", subtopic="CallBackModes")
        self.assertEqual(json.loads(result.stdout)["response"], {
            "records": [{"ModeID": 3, "Description": "Home", "Cvalue": "5550123", "others": {"Colour": "red"}}],
            "others": {"page": 2},
        }, result.stdout)

    def test_print_dates_as_on_the_wire_and_leave_out_what_is_not_there(self):
        data = {"callid": "1", "AccountNumber": "k", "StartDate": "13/01/2021", "StartTime": "13:45", "api": "SetX"}
        result = self.ask({"callid": "1", "response": data}, "GetStoredData", "--callid", "1", subtopic="StoredData")
        self.assertEqual(json.loads(result.stdout)["response"], data, result.stdout)

    def test_print_the_whole_payload_where_its_form_is_not_published(self):
        payload = {"callid": "1", "response": {"ModeName": "Home", "New": [1]}}
        result = self.ask(payload, "GetModeInformation", "--callid", "1", "--AccountNumber", "k",
                          subtopic="GetModeInformationResult")
        response = json.loads(result.stdout)["response"]
        self.assertEqual(response, {"ModeName": "Home", "others": {"New": [1]}, "raw": payload}, result.stdout)

    def test_print_the_reply_that_was_not_understood(self):
        payload = {"callid": "1", "response": "none"}
        result = self.ask(payload, "GetCallBackModes", "--callid", "1", "--AccountNumber", "k",
                          subtopic="CallBackModes")
        self.assertEqual(result.returncode, 5)
        error = json.loads(result.stdout)["error"]
        self.assertEqual((error["code"], error["reply"]), ("bad_reply", payload))

    def test_have_an_empty_response_where_the_server_never_replies(self):
        with WebSocketServer(lambda request: []) as ours:
            result = run("call", "sendagentstate", "--agentID", "1", "--agentState", "READY", "--url", ours.url)
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual((report["ending"], report["response"]), ("accepted", {}))


class Packet(CommandTest):
    def test_holds_the_message_in_both_directions(self):
        def answer(packet):
            request = packet["message"]
            reply = {"channel": "LCM", "topic": "WebService", "subtopic": request["subtopic"] + "Result",
                     "message": {"callid": request["data"]["callid"], "response": {"success": True}}}
            return [json.dumps({**packet, "message": reply})]

        with WebSocketServer(answer) as ours:
            self.assert_accepted(self.call(ours.url, "--response-url", "http://127.0.0.1/me", "--subscriber-id", "42"))
        packet = json.loads(ours.requests[0])
        self.assertEqual((packet["ResponseUrl"], packet["subscriberID"]), ("http://127.0.0.1/me", "42"))
        self.assertEqual(packet["message"]["data"]["callid"], "12345")

    def test_needs_both_or_none(self):
        self.assert_wrong_usage(self.call("ws://127.0.0.1:1/", "--response-url", "http://127.0.0.1/"),
                                "--subscriber-id")
        self.assert_wrong_usage(self.call("ws://127.0.0.1:1/", "--subscriber-id", "42"), "--response-url")
        self.assert_wrong_usage(self.call("ws://127.0.0.1:1/", "--subscriber-id", "", "--response-url", ""), "empty")


if __name__ == "__main__":
    unittest.main()
