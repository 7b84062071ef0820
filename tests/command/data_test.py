# SPDX-License-Identifier: BSL-1.0
"""The fields of a request: as flags, and as JSON with --data. What is wrong is named, and its value is not repeated."""

import json
import subprocess

import unittest

from servers import WebSocketServer
from support import ACCOUNT, COMMENT, LCM, OPERATION, PATIENCE, CommandTest

URL = "ws://127.0.0.1:1/"  # never called
DATA = {
    "callid": "12345",
    "AccountNumber": ACCOUNT,
    "BusinessOutcome": 101,
    "CallOutcome": "0",
    "LeadScore": 0,
    "UserID": "1234",
    "AgentComments": COMMENT,
    "TargetAmount": 19.99,
}


def accept(request):
    return [json.dumps({"channel": "LCM", "topic": "WebService", "subtopic": request["subtopic"] + "Result",
                        "message": {"callid": request["data"]["callid"], "response": {"success": True}}})]


class Data(CommandTest):
    def sent(self, *arguments, operation=OPERATION, stdin=None):
        """The data of the request that leaves, to a server that does not answer."""
        with WebSocketServer(lambda request: []) as ours:
            subprocess.run([LCM, "call", operation, "--url", ours.url, "--deadline", "200ms", *arguments],
                           input=stdin, capture_output=True, encoding="utf-8", timeout=PATIENCE)
        return json.loads(ours.requests[0])["data"]

    def wrong(self, data, *parts, operation=OPERATION):
        text = data if isinstance(data, str) else json.dumps(data)
        result = self.run_lcm("call", operation, "--url", URL, "--data", text)
        for part in parts:
            self.assert_wrong_usage(result, part)

    def test_on_the_command_line_in_a_file_or_on_standard_input(self):
        path = self.file("request.json")
        path.write_text(json.dumps(DATA), encoding="utf-8")
        for source in (json.dumps(DATA), f"@{path}", "-"):
            with self.subTest(source[0]):
                self.assertEqual(self.sent("--data", source, stdin=json.dumps(DATA)), DATA)

    def test_is_a_request_like_any_other(self):
        with WebSocketServer(accept) as ours:
            self.assert_accepted(self.run_lcm("call", OPERATION.upper(), "--url", ours.url, "--data", json.dumps(DATA)))
            result = self.run_lcm("call", OPERATION, "--url", ours.url, "--data", json.dumps(DATA), "--count", "3")
        self.assert_many_ended(result, 3)

    def test_lacking_a_mandatory_field_is_for_the_library_to_say(self):
        result = self.run_lcm("call", OPERATION, "--url", URL, "--data", "{}")
        error = self.assert_ended(result, "not_sent", "invalid_argument")
        self.assertIn("callid", error["detail"])

    def test_excludes_the_flags_of_fields(self):
        result = self.run_lcm("call", OPERATION, "--url", URL, "--data", "{}", "--callid", "1")
        self.assert_wrong_usage(result, "--data")

    def test_with_an_unknown_member(self):
        self.wrong({**DATA, "AccountNumer": ACCOUNT}, '--data: there is no field "AccountNumer"')
        self.wrong({**DATA, "callId": COMMENT}, '--data: there is no field "callId"')

    def test_with_a_member_of_a_wrong_type(self):
        for name, value in (("callid", 12345), ("AccountNumber", [ACCOUNT]), ("BusinessOutcome", "101"),
                            ("CallOutcome", 1.5), ("LeadScore", None), ("UserID", True), ("TargetAmount", {})):
            with self.subTest(name):
                self.wrong({**DATA, name: value}, f"--data.{name}: must be ")

    def test_with_a_wrong_member_deep_inside(self):
        contacts = [{"id": "1", "channel": "Voice", "modeValue": "5550100"}, {"id": "2", "channel": 7}]
        self.wrong({"contacts": contacts}, "--data.contacts[1].channel: must be text", operation="GetCheckContacts")
        contacts[1] = {"ID": "2"}
        self.wrong({"contacts": contacts}, '--data.contacts[1]: there is no field "ID"', operation="GetCheckContacts")

    def test_that_is_no_object(self):
        for text in ("", "{", "[1]", "7", '"text"', '{"callid":"1","callid":"2"}', r'{"callid":"\ud83d"}',
                     "@/no/such/file", "@/"):
            with self.subTest(text):
                self.wrong(text, "--data")

    def test_that_is_too_large(self):
        path = self.file("large.json")
        path.write_text(json.dumps({"callid": "x" * 1024 * 1024}), encoding="utf-8")
        self.wrong(f"@{path}", "1 MiB")

    def test_leaves_in_the_form_of_the_wire(self):
        fetch = {"CampaignGroup": "g", "NumberOfContactsRequired": 1, "Consent": True, "AgentID": "1",
                 "ReservedContacts": "false"}
        sent = self.sent("--data", json.dumps(fetch), operation="GetDownloadContactsForDialing")
        self.assertEqual(sent, {**fetch, "NumberOfContactsRequired": "1", "Consent": "true"})


class Flags(CommandTest):
    def sent(self, operation, **fields):
        flags = [text for name, value in fields.items() for text in ("--" + name, value)]
        with WebSocketServer(lambda request: []) as ours:
            subprocess.run([LCM, "call", operation, "--url", ours.url, "--deadline", "200ms", *flags],
                           capture_output=True, timeout=PATIENCE)
        return json.loads(ours.requests[0])["data"]

    def wrong(self, operation, name, value, wanted):
        self.assert_wrong_usage(self.run_lcm("call", operation, "--url", URL, "--" + name, value),
                                f"--{name}: must be {wanted}")

    def test_of_every_type(self):
        contacts = [{"id": "1", "channel": "Voice", "modeValue": "5550100"}]
        sent = self.sent("GetCheckContacts", campaignname='["7","8"]', includeGlobal="true",
                         checkForComplianceTypes='["DNC"]', contacts=json.dumps(contacts))
        self.assertEqual(sent, {"campaignname": ["7", "8"], "includeGlobal": True,
                                "checkForComplianceTypes": ["DNC"], "contacts": contacts})
        sent = self.sent("ScheduledCallBackOverlap", callid="1", AccountNumber="k", StartFromDate="13/01/2021",
                         StartToDate="14/01/2021", StartFromTime="13:45", StartToTime="14:45", UserID="1")
        self.assertEqual((sent["StartFromDate"], sent["StartToTime"]), ("13/01/2021", "14:45"))

    def test_of_a_wrong_type(self):
        self.wrong("ScheduledCallBackOverlap", "StartFromDate", "2021-01-13", "a date DD/MM/YYYY")
        self.wrong("ScheduledCallBackOverlap", "StartFromDate", "31/02/2021", "a date DD/MM/YYYY")
        self.wrong("ScheduledCallBackOverlap", "StartFromTime", "24:00", "a time HH:mm")
        self.wrong("SetDNC", "DNCBlockStartDate", "13/01/2021", "a date and time DD/MM/YYYY HH:mm")
        self.wrong("SetDNC", "isPhoneNoDNC", "yes", "true or false")
        self.wrong("GetCheckContacts", "contacts", "5550100", "a JSON array")
        self.wrong("GetCheckContacts", "contacts", "{", "JSON")
        self.assert_wrong_usage(
            self.run_lcm("call", "GetCheckContacts", "--url", URL, "--contacts", '[{"channel":1}]'),
            "--contacts[0].channel: must be text")


if __name__ == "__main__":
    unittest.main()
