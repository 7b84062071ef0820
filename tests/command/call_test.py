# SPDX-License-Identifier: BSL-1.0
"""`lcm call` against servers that are not ours: the request as the specification wants it, and every ending."""

import json
import socket
import unittest

from servers import UnauthorizedServer, WebSocketServer, nobody, silent_server
from support import (ACCOUNT, COMMENT, END_SIGNALS, OPERATION, PATIENCE, TOKEN, CommandTest, Simulator, call_arguments,
                     run_until_interrupted)


def reply(request, success=True, topic="WebService"):
    """The specification's sample response to `request`."""
    return {
        "channel": "LCM",
        "topic": topic,
        "subtopic": request["subtopic"] + "Result",
        "message": {"callid": request["data"]["callid"], "response": {"success": success}},
    }


def ws_error(actual):
    texts = {"errorType": "WS_Error", "errorMessage": actual, "msg": "Invalid Call ID."}
    return {"channel": "LCM", "topic": "Error", "subtopic": "ApiError", "data": texts}


def spell_keys(value, spell):
    """`value` with each key spelled by the function `spell`."""
    if not isinstance(value, dict):
        return value
    return {spell(key): spell_keys(inner, spell) for key, inner in value.items()}


def server(answer=reply, **options):
    return WebSocketServer(lambda request: [json.dumps(answer(request))], **options)


class Request(CommandTest):
    def test_is_the_specifications_sample(self):
        with server() as ours:
            self.assert_accepted(self.call(ours.url))
        self.assertEqual(len(ours.requests), 1)
        request = json.loads(ours.requests[0])
        expected = {
            "channel": "LCM",
            "topic": "WebService",
            "subtopic": OPERATION,
            "source": "tests",
            "data": {
                "callid": "12345",
                "AccountNumber": ACCOUNT,
                "BusinessOutcome": 101,
                "CallOutcome": 0,
                "LeadScore": 0,
                "UserID": "1234",
                "AgentComments": COMMENT,
                "TargetAmount": 0,
            },
        }
        self.assertEqual(json.dumps(request), json.dumps(expected))  # the order of the keys, too

    def test_carries_values_as_they_were_given(self):
        comment = 'He said "no", twice:\n\t\\ \u00e9 \u4e16\u754c \U0001f600 \x7f'
        with server() as ours:
            self.assert_accepted(self.call(ours.url, callid="0012", CallOutcome='"9"', TargetAmount="19.99",
                                           LeadScore="-3", AgentComments=comment))
        data = json.loads(ours.requests[0], parse_float=str)["data"]
        self.assertEqual(data["callid"], "0012")
        self.assertEqual(data["CallOutcome"], "9")
        self.assertEqual(data["TargetAmount"], "19.99")
        self.assertEqual(data["LeadScore"], -3)
        self.assertEqual(data["AgentComments"], comment)

    def test_may_have_an_empty_comment(self):
        for changes in ({"AgentComments": ""}, {"AgentComments": None}):
            with self.subTest(changes), server() as ours:
                self.assert_accepted(self.call(ours.url, **changes))
                self.assertEqual(json.loads(ours.requests[0])["data"]["AgentComments"], "")

    def test_brings_headers_and_token(self):
        with server() as ours:
            self.assert_accepted(self.call(ours.url, "--header", "X-Tenant: blue", "--header", "X-Site:7",
                                           "--token-env", "LCM_TEST_TOKEN"))
        headers = ours.headers[0]
        self.assertEqual(headers["Authorization"], "Bearer " + TOKEN)
        self.assertEqual((headers["X-Tenant"], headers["X-Site"]), ("blue", "7"))


class Accepted(CommandTest):
    def test_by_the_second_server(self):
        with nobody() as dead, server() as ours:
            self.assert_accepted(self.call(dead, "--url", ours.url, "--idle-timeout", "5"))

    def test_with_each_spelling_of_the_topic(self):
        for topic in ("Webservice", "WebService", "WEBSERVICE"):
            with self.subTest(topic), server(lambda request: reply(request, topic=topic)) as ours:
                self.assert_accepted(self.call(ours.url))

    def test_with_keys_in_any_letter_case(self):
        for spell in (str.lower, str.upper, str.title, str.swapcase):
            with self.subTest(spell.__name__), server(lambda request: spell_keys(reply(request), spell)) as ours:
                self.assert_accepted(self.call(ours.url))

    def test_among_messages_for_others(self):
        def answer(request):
            other = reply(request, success=False)
            other["message"]["callid"] = "another"
            event = {"channel": "LCM", "topic": "WebService", "subtopic": "OutcomeSetForCall", "message": "90|1|2|0|0"}
            return [json.dumps(message) for message in (event, request, other, reply(request))]

        with WebSocketServer(answer) as ours:
            self.assert_accepted(self.call(ours.url))


class Refused(CommandTest):
    def test_by_success_false(self):
        with server(lambda request: reply(request, success=False)) as ours:
            self.assert_ended(self.call(ours.url), "refused", "server_error")

    def test_by_an_error_for_the_call(self):
        with server(lambda request: ws_error("Invalid Call ID:12345")) as ours:
            error = self.assert_ended(self.call(ours.url), "refused", "invalid_call_id")
        self.assertEqual(error["server"], {"type": "WS_Error", "actual": "Invalid Call ID:12345",
                                           "message": "Invalid Call ID."})

    def test_by_an_error_that_names_no_call(self):
        with server(lambda request: ws_error("Callid is empty")) as ours:
            error = self.assert_ended(self.call(ours.url), "refused", "invalid_call_id")
        self.assertEqual(error["server"]["actual"], "Callid is empty")


class NotSent(CommandTest):
    def test_without_a_mandatory_field(self):
        with server() as ours:
            for name in ("callid", "AccountNumber", "BusinessOutcome", "CallOutcome", "UserID"):
                with self.subTest(name):
                    error = self.assert_ended(self.call(ours.url, **{name: None}), "not_sent", "invalid_argument")
                    self.assertIn(name, error["detail"])
        self.assertEqual(ours.requests, [])

    def test_to_nobody(self):
        with nobody() as url:
            self.assert_ended(self.call(url), "not_sent", "connect_failed")

    def test_without_authorization(self):
        with UnauthorizedServer() as ours:
            result = self.call(ours.url, "--token-env", "LCM_TEST_TOKEN")
        error = self.assert_ended(result, "not_sent", "unauthorized")
        self.assertIn("401", error["detail"])

    def test_before_the_deadline_of_the_connection(self):
        with silent_server() as url:
            self.assert_ended(self.call(url, "--deadline", "0.2"), "not_sent", "timed_out")


class Unknown(CommandTest):
    def test_without_an_answer(self):
        with WebSocketServer(lambda request: []) as ours:
            result = self.call(ours.url, "--deadline", "500ms")
            self.assert_ended(result, "unknown", "timed_out")
        self.assertGreaterEqual(json.loads(result.stdout)["elapsed_ms"], 500)
        self.assertEqual(len(ours.requests), 1)

    def test_when_the_server_closes(self):
        with WebSocketServer(lambda request: [], close_code=1011) as ours:
            error = self.assert_ended(self.call(ours.url), "unknown", "connection_lost")
        self.assertIn("1011", error["detail"])

    def test_when_the_reply_makes_no_sense(self):
        for success in ("true", 1, None, {}):
            with self.subTest(success), server(lambda request: reply(request, success=success)) as ours:
                self.assert_ended(self.call(ours.url), "unknown", "bad_reply")


class Interrupted(CommandTest):
    def test_after_it_has_left_is_unknown(self):
        for number in END_SIGNALS:
            with self.subTest(number), Simulator("--fault", "no-answer") as sim:
                result = run_until_interrupted(call_arguments(sim.url), lambda _: sim.wait_for("[no-answer]"), number)
                self.assert_ended(result, "unknown", "cancelled")

    def test_before_it_has_left_is_not_sent(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(PATIENCE)
            arguments = call_arguments("ws://127.0.0.1:%d/" % listener.getsockname()[1])
            result = run_until_interrupted(arguments, lambda _: self.addCleanup(listener.accept()[0].close))
        self.assert_ended(result, "not_sent", "cancelled")


if __name__ == "__main__":
    unittest.main()
