# SPDX-License-Identifier: BSL-1.0
"""A program that uses the library in a wrong way does not compile, and the first error says in one sentence what is
wanted. A right one of the same kind compiles."""

import concurrent.futures
import pathlib
import shutil
import subprocess
import sys
import tempfile

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"

# What all programs begin with, compiled once. LCM_CLIENT_SEPARATE_COMPILATION keeps it lean.
PRELUDE = """
#include <lcm_client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/scripted_transport.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

struct Other { int x; };
struct WithoutFields { static constexpr lcm::Operation operation{.subtopic = "A"}; using Response = Other; };
struct WithoutResponse {
    static constexpr lcm::Operation operation{.subtopic = "A", .reply_subtopic = "B"};
    static constexpr void fields(auto&&) {}
};
struct WithoutOperation {
    using Response = lcm::OutcomeResponse;
    static constexpr void fields(auto&&) {}
};
struct WrongField {
    float* value{};
    using Response = lcm::OutcomeResponse;
    static constexpr lcm::Operation operation{.subtopic = "A", .reply_subtopic = "B"};
    static constexpr void fields(auto&& field) {
        field("value", &WrongField::value, lcm::Presence::required, "a value");
    }
};
struct WrongResponse {
    using Response = int;
    static constexpr lcm::Operation operation{.subtopic = "A", .reply_subtopic = "B"};
    static constexpr void fields(auto&&) {}
};
struct NoRead { static constexpr lcm::EventInfo event{"A", "", ""}; };
struct MoveOnly {
    std::unique_ptr<int> value;
    void operator()(const lcm::OutcomeSetForCall&) const {}
    void operator()(const lcm::Json&) const {}
};
using Result = lcm::Result<lcm::OutcomeResponse>;
inline const lcm::SetBusinessOutcomeWithComments request{};
"""

HANDLER = "what is called at the end of a request takes one lcm::Result of the request's Response"
EVENT_HANDLER = "what is called for an event takes the event"
HOOK = "this function cannot be called as the declaration of the member tells"
NO_REQUEST = "this is no request of lcm_client/operations.hpp"
FIELD = "a field is a std::string, lcm::Text"

# The body of a function with `client`, and with `config`, `factory` and `loop` to make one; and the sentence, or none
# where it is right.
USES = [
    ("client.async_call(request, [](Result) {});", None),
    ("client.async_call(request, [](Result&&) {});", None),
    ("client.async_call(request, [](const Result&) {});", None),
    ("client.async_call(request, [](const auto&) {});", None),
    ("client.async_call(request, {.deadline = {}}, [p = std::make_unique<int>()](Result) {});", None),
    ("client.async_call(request, [] {});", HANDLER),
    ("client.async_call(request, [](Result&) {});", HANDLER),
    ("client.async_call(request, [](lcm::OutcomeResponse) {});", HANDLER),
    ("client.async_call(request, [](lcm::Result<lcm::StoredData>) {});", HANDLER),
    ("client.async_call(request, [](int, Result) {});", HANDLER),
    ("client.async_call(request, [](Result, lcm::error_code) {});", HANDLER),
    ("client.async_call(request, 5);", HANDLER),
    ("client.async_call(request, lcm::CallOptions{});", HANDLER),
    ("client.async_call(request, {.deadline = {}}, [] {});", HANDLER),
    ("client.async_call_raw({.subtopic = \"A\"}, [](lcm::Result<lcm::Json>) {});", None),
    ("client.async_call_raw({.subtopic = \"A\"}, [](lcm::Json) {});", HANDLER),
    ("client.async_call_raw({.subtopic = \"A\"}, {}, [] {});", HANDLER),
    ("auto future = client.call(request);", None),
    ("auto future = client.call(Other{});", NO_REQUEST),
    ("auto future = client.call(WithoutFields{}, {.deadline = {}});", NO_REQUEST),
    ('auto future = client.call("SetDNC");', NO_REQUEST),
    ("auto future = client.call(WithoutResponse{});", "this request does not name the type of its reply"),
    ("auto future = client.call(WithoutOperation{});", "this request does not say which operation it is"),
    ("auto future = client.call(WrongResponse{});", "a Response has a table of fields"),
    ("auto future = client.call(WrongField{});", FIELD),
    ("auto result = client.call_and_wait(Other{});", NO_REQUEST),
    ("client.async_call(Other{}, [](Result) {});", NO_REQUEST),
    ("client.async_call(WithoutFields{}, {.deadline = {}}, [](Result) {});", NO_REQUEST),
    ("auto s = client.on<lcm::OutcomeSetForCall>([](const lcm::OutcomeSetForCall&) {});", None),
    ("auto s = client.on<lcm::OutcomeSetForCall>([](lcm::OutcomeSetForCall) {});", None),
    ("auto s = client.on<lcm::OutcomeSetForCall>([](auto) {});", None),
    ("auto s = client.on<lcm::OutcomeSetForCall>([] {});", EVENT_HANDLER),
    ("auto s = client.on<lcm::OutcomeSetForCall>([](lcm::OutcomeSetForCall&) {});", EVENT_HANDLER),
    ("auto s = client.on<lcm::OutcomeSetForCall>([](const lcm::ErrorEvent&) {});", EVENT_HANDLER),
    ("auto s = client.on<lcm::OutcomeSetForCall>(5);", EVENT_HANDLER),
    ("auto s = client.on<lcm::OutcomeSetForCall>(MoveOnly{});", "what is called for events must be copyable"),
    ("auto s = client.on<NoRead>([](const NoRead&) {});", "this is no event of lcm_client/events.hpp"),
    ("auto s = client.on<Other>([](const Other&) {});", "this is no event of lcm_client/events.hpp"),
    ("auto s = client.on_any([](const lcm::Json&) {});", None),
    ("auto s = client.on_any([] {});", "what is called for any message takes its JSON"),
    ("auto s = client.on_any([](lcm::OutcomeSetForCall) {});", "what is called for any message takes its JSON"),
    ("auto s = client.on_any(MoveOnly{});", "what is called for messages must be copyable"),
    ("lcm::Client made(config, factory, loop.get_executor());", None),
    ("lcm::Client made(config, factory, loop);", "loop.get_executor()"),
    ("std::unique_ptr<lcm::LcmClient<Other>> made; made->reconnect_now();", "this is no transport for a client"),
    ("std::unique_ptr<lcm::LcmClient<lcm::WebSocketTransport, Other>> made; made->reconnect_now();",
     "this is no clock for a client"),
    ("std::unique_ptr<lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock>> made;"
     "auto future = made->call(request);", None),
    ("config.on_state = [](const lcm::LinkStatus&) {};", None),
    ("config.on_state = nullptr; config.on_event = {};", None),
    ("config.on_state = std::function<void(const lcm::LinkStatus&)>();", None),
    ("config.on_state = [](int) {};", HOOK),
    ("lcm::ClientConfig made{.source = \"a\", .on_settled = [] {}};", HOOK),
    ("config.on_event = [](int*) {};", HOOK),
    ("config.on_event = 5;", HOOK),
    ("config.on_event = [p = std::make_unique<int>()](std::string_view) {};", HOOK),
]


def use(bodies):
    """A source with a function for each body."""
    text = "#include <lcm_client/raw_request.hpp>\n" if any("_raw(" in body for body in bodies) else ""
    for number, body in enumerate(bodies):
        text += (f"void use{number}(lcm::Client& client, lcm::ClientConfig config, boost::asio::io_context& loop,"
                 f" lcm::TransportFactory<lcm::WebSocketTransport> factory) {{\n{body}\n}}\n")
    return text


def programs():
    """What the program does, the sentence, and the program: one for each wrong use, and one with all that are right."""
    for body, sentence in USES:
        if sentence is not None:
            yield body, sentence, use([body])
    yield "what is right", None, use([body for body, sentence in USES if sentence is None])


def first_error(text):
    return next((line for line in text.splitlines() if "error:" in line), "")


class Compiler:
    def __init__(self, name, directories, folder):
        self.command = [name, "-std=c++20", "-DLCM_CLIENT_SEPARATE_COMPILATION", f"-I{INCLUDE}",
                        *(f"-I{each}" for each in directories if each)]
        prelude = folder / "prelude.hpp"
        prelude.write_text(PRELUDE, encoding="utf-8")
        made = folder / "prelude.hpp.gch"
        subprocess.run([*self.command, "-x", "c++-header", str(prelude), "-o", str(made)], check=True)
        self.command += ["-include", str(prelude), "-fsyntax-only", "-Wno-unused-result", "-x", "c++", "-"]

    def problem(self, program):
        body, sentence, text = program
        made = subprocess.run(self.command, input=text, capture_output=True, text=True)
        if sentence is None:
            return "" if made.returncode == 0 else f"{body}\n    should compile: {first_error(made.stderr)}"
        if made.returncode == 0:
            return f"{body}\n    should not compile"
        error = first_error(made.stderr)
        return "" if sentence in error else f"{body}\n    says: {error}\n    instead of: {sentence}"


def problems_with(name, directories):
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as workers:
        compiler = Compiler(name, directories, pathlib.Path(folder))
        return [f"{name}: {each}" for each in workers.map(compiler.problem, programs()) if each]


def main():
    compiler, *directories = sys.argv[1:]
    others = [name for name in ("g++", "clang++") if shutil.which(name) and name not in pathlib.Path(compiler).name]
    found = [each for name in [compiler, *others] for each in problems_with(name, directories)]
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
