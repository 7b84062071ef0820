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

# The compiler stops at the first error. To go on would take it longer than all before.
FIRST_ALONE = "-Wfatal-errors"

# What all programs begin with, compiled once. LCM_CLIENT_SEPARATE_COMPILATION keeps it lean.
PRELUDE = """
#include <lcm_client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/scripted_transport.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>

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
CONFIG = "the first argument of a client is its configuration"
FACTORY = "the second argument of a client makes its transports"
LOOP = "a client is given the executor of a loop, and not the loop: loop.get_executor()"
EXECUTOR = "after its transports a client is given the executor of a loop, loop.get_executor(), and no pointer"
CLOCK = "the clock belongs to the type of the client"
OPTIONS = "what follows a request are its options"
NO_HANDLER = "async_call takes, after the request and its options, what is called at the end"
NO_HEADER = "a raw request needs #include <lcm_client/raw_request.hpp>"
NO_EVENT = "the event has to be named: client.on<lcm::OutcomeSetForCall>(handler)"

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
    ("client.async_call(request, lcm::CallOptions{});", NO_HANDLER),
    ("client.async_call(request, {.deadline = {}}, [] {});", HANDLER),
    ("client.async_call_raw({.subtopic = \"A\"}, [](lcm::Result<lcm::Json>) {});", None),
    ("client.async_call_raw({.subtopic = \"A\"}, [](lcm::Json) {});", HANDLER),
    ("client.async_call_raw({.subtopic = \"A\"}, {}, [] {});", HANDLER),
    ("auto future = client.call(request);", None),
    ("auto future = client.call(request, {});", None),
    ("auto future = client.call(request, {.deadline = std::chrono::seconds(1), .stop = {}});", None),
    ("auto result = client.call_and_wait(request, {.stop = {}});", None),
    ("auto future = client.call(request, {.deadline = 5});", OPTIONS),
    ("auto future = client.call(request, 5000);", OPTIONS),
    ("auto future = client.call(request, std::chrono::seconds(5));", OPTIONS),
    ("auto future = client.call(request, [](Result) {});", OPTIONS),
    ("auto result = client.call_and_wait(request, {.deadline = 2.5});", OPTIONS),
    ("auto result = client.call_and_wait(request, std::chrono::seconds(5));", OPTIONS),
    ("client.async_call(request);", NO_HANDLER),
    ("client.async_call(request, {.deadline = std::chrono::seconds(1)});", NO_HANDLER),
    ("client.async_call([](Result) {}, request);", NO_REQUEST),
    ("client.async_call(request, nullptr);", HANDLER),
    ("auto handler = [](Result) {}; client.async_call(request, &handler);", HANDLER),
    ("auto future = client.call(&request);", NO_REQUEST),
    ('auto future = client.call_raw({.subtopic = "A"});', NO_HEADER),
    ('auto future = client.call_raw({.subtopic = "A", .data = {{"callid", "1"}}, .reply = {.subtopic = "B"}});',
     NO_HEADER),
    ('client.async_call_raw({.subtopic = "A"}, [](auto) {});', NO_HEADER),
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
    ("auto s = client.on([](const lcm::OutcomeSetForCall&) {});", NO_EVENT),
    ("auto s = client.on<lcm::OutcomeSetForCall>(MoveOnly{});", "what is called for events must be copyable"),
    ("auto s = client.on<NoRead>([](const NoRead&) {});", "this is no event of lcm_client/events.hpp"),
    ("auto s = client.on<Other>([](const Other&) {});", "this is no event of lcm_client/events.hpp"),
    ("auto s = client.on_any([](const lcm::Json&) {});", None),
    ("auto s = client.on_any([] {});", "what is called for any message takes its JSON"),
    ("auto s = client.on_any([](lcm::OutcomeSetForCall) {});", "what is called for any message takes its JSON"),
    ("auto s = client.on_any(MoveOnly{});", "what is called for messages must be copyable"),
    ("lcm::Client made(config, factory, loop.get_executor());", None),
    ("lcm::Client made(config, factory, lcm::LoopExecutor(loop.get_executor()), lcm::SteadyClock());", None),
    ("lcm::Client made(config, factory, lcm::SteadyClock());", None),
    ('lcm::Client made({.source = "a"}, lcm::websocket({.url = "ws://127.0.0.1/"}));', None),
    ("lcm::Client made(std::move(client)); client = std::move(made);", None),
    ("lcm::Client made(config, factory, loop);", LOOP),
    ("lcm::Client made(config, factory, loop, lcm::SteadyClock());", LOOP),
    ("lcm::Client made(config, factory, &loop);", EXECUTOR),
    ("lcm::Client made(config, factory, std::make_shared<boost::asio::io_context>());", EXECUTOR),
    ("lcm::Client made(config, factory, 5);", EXECUTOR),
    ("lcm::Client made(config);", FACTORY),
    ('lcm::Client made(config, "ws://127.0.0.1/");', FACTORY),
    ('lcm::Client made({.source = "a"}, std::string("ws://127.0.0.1/"));', FACTORY),
    ('lcm::Client made(config, lcm::WebSocketOptions{.url = "ws://127.0.0.1/"}, loop.get_executor());', FACTORY),
    ("lcm::LcmClient<lcm::testing::ScriptedTransport> made(config, lcm::testing::Script());", FACTORY),
    ('lcm::Client made("my-desktop", factory);', CONFIG),
    ("lcm::Client made(factory, config);", CONFIG),
    ("lcm::Client made(config, factory, loop.get_executor(), lcm::testing::ManualClock());", CLOCK),
    ("lcm::Client made(config, factory, lcm::testing::ManualClock());", CLOCK),
    ('auto made = lcm::websocket("ws://127.0.0.1/");', "the URL is one of the options"),
    ('auto made = lcm::websocket(std::string("ws://127.0.0.1/"));', "the URL is one of the options"),
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


def use(bodies, without_header=False):
    """A source with a function for each body."""
    with_header = any("_raw(" in body for body in bodies) and not without_header
    text = "#include <lcm_client/raw_request.hpp>\n" if with_header else ""
    for number, body in enumerate(bodies):
        text += (f"void use{number}(lcm::Client& client, lcm::ClientConfig config, boost::asio::io_context& loop,"
                 f" lcm::TransportFactory<lcm::WebSocketTransport> factory) {{\n{body}\n}}\n")
    return text


def programs():
    """What the program does, the sentence, and the program: one for each wrong use, and one with all that are right."""
    for body, sentence in USES:
        if sentence is not None:
            yield body, sentence, use([body], without_header=sentence == NO_HEADER)
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
        self.command += ["-include", str(prelude), "-fsyntax-only", FIRST_ALONE, "-Wno-unused-result", "-x", "c++", "-"]

    def problem(self, program):
        body, sentence, text = program
        made = subprocess.run(self.command, input=text, capture_output=True, text=True)
        if sentence is None:
            return "" if made.returncode == 0 else f"{body}\n    should compile: {first_error(made.stderr)}"
        if made.returncode == 0:
            return f"{body}\n    should not compile"
        error = first_error(made.stderr)
        return "" if sentence in error else f"{body}\n    says: {error}\n    instead of: {sentence}"


# What the compiler is given that is too old: the standard, or a header in front of the right one.
OLD = [
    ("C++17", None, "", "lcm_client needs C++20: compile with -std=c++20"),
    ("Boost", "boost/version.hpp", "#define BOOST_VERSION 108000", "lcm_client needs Boost 1.81 or newer"),
    ("OpenSSL", "openssl/opensslv.h", "#define OPENSSL_VERSION_NUMBER 0x1010117fL", "lcm_client needs OpenSSL 3.0"),
]


def problem_with_old(name, directories, folder, what, header, text, sentence):
    """The first error must say what is too old, whichever header of the library comes first."""
    if header:
        (folder / what / header).parent.mkdir(parents=True, exist_ok=True)
        (folder / what / header).write_text(text + "\n", encoding="utf-8")
    standard = "-std=c++20" if header else "-std=c++17"
    command = [name, standard, "-fsyntax-only", FIRST_ALONE, f"-I{folder / what}", f"-I{INCLUDE}",
               *(f"-I{each}" for each in directories if each), "-x", "c++", "-"]
    includes = ["lcm_client/websocket/transport.hpp"]
    if what != "OpenSSL":
        includes += ["lcm_client.hpp", "lcm_client/client.hpp", "lcm_client/config.hpp",
                     "lcm_client/operations.hpp", "lcm_client/testing/scripted_transport.hpp"]
    for include in includes:
        made = subprocess.run(command, input=f"#include <{include}>\n", capture_output=True, text=True)
        if sentence not in first_error(made.stderr):
            return f"{include} with an old {what}\n    says: {first_error(made.stderr)}\n    instead of: {sentence}"
    return ""


def problems_with(name, directories):
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as workers:
        compiler = Compiler(name, directories, pathlib.Path(folder))
        found = [*workers.map(compiler.problem, programs()),
                 *workers.map(lambda row: problem_with_old(name, directories, pathlib.Path(folder), *row), OLD)]
        return [f"{name}: {each}" for each in found if each]


def main():
    compiler, *directories = sys.argv[1:]
    others = [name for name in ("g++", "clang++") if shutil.which(name) and name not in pathlib.Path(compiler).name]
    found = [each for name in [compiler, *others] for each in problems_with(name, directories)]
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
