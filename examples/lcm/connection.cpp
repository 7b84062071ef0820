// SPDX-License-Identifier: BSL-1.0
// From the flags of the connection to a WebSocket transport.
#include "connection.hpp"

#include "duration.hpp"
#include "status.hpp"

#include <lcm_client/websocket/url.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace lcm_command {

namespace {

constexpr std::string_view from_environment = "env"; // instead of a proxy's URL

lcm::Header read_header(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) throw UsageError("--header: must be 'Name: value'");
    const std::size_t value = (std::min)(text.find_first_not_of(" \t", colon + 1), text.size());
    return {text.substr(0, colon), text.substr(value)};
}

lcm::Credentials read_token(const std::string& variable) {
    const char* const token = std::getenv(variable.c_str());
    if (token == nullptr) throw UsageError("--token-env: there is no environment variable " + variable);
    return lcm::Credentials::bearer(token);
}

void check_plaintext(const ConnectionFlags& flags) {
    const lcm::Url url = lcm::parse_url(flags.url);
    const bool is_local = url.is_loopback() && (flags.proxy.empty() || flags.proxy == from_environment);
    if (url.tls || is_local || flags.allow_plaintext) return;
    throw UsageError("--url: ws:// sends everything in plain text; use wss://, or give --allow-plaintext");
}

void add_packet_flags(CLI::App& command, ConnectionFlags& flags, const std::string& group) {
    const auto not_empty = [](const std::string& text) { return text.empty() ? "must not be empty" : std::string(); };
    auto* const url = command.add_option("--response-url", flags.response_url,
                                         "put messages into packets, with this address of the application's own page");
    auto* const id = command.add_option("--subscriber-id", flags.subscriber_id,
                                        "the number of the application in those packets, from its registration");
    url->type_name("URL")->check(not_empty)->needs(id)->group(group);
    id->type_name("ID")->check(not_empty)->needs(url)->group(group);
}

} // namespace

void add_connection_flags(CLI::App& command, ConnectionFlags& flags) {
    const auto group = "Connection";
    command.add_option("--url", flags.url, "the server: ws://HOST:PORT/PATH or wss://...")->required()->group(group);
    command.add_option("--source", flags.source, "this application's name, for the server [lcm]")->group(group);
    command
        .add_option_function<std::string>(
            "--deadline", [&flags](const std::string& text) { flags.deadline = read_duration("--deadline", text); },
            "until when to wait for the answer: 10, 2.5 or 500ms [10]")
        ->type_name("SECONDS")
        ->group(group);
    command.add_option("--ca-file", flags.ca_file, "the certificates (PEM) to trust, instead of the system's")
        ->type_name("FILE")
        ->group(group);
    command
        .add_option_function<std::vector<std::string>>(
            "--header",
            [&flags](const std::vector<std::string>& texts) {
                for (const std::string& text : texts) flags.headers.push_back(read_header(text));
            },
            "'Name: value' for the HTTP request that opens the connection; may be given again")
        ->allow_extra_args(false)
        ->type_name("TEXT")
        ->group(group);
    command.add_option("--token-env", flags.token_env, "the environment variable that holds the bearer token")
        ->type_name("VAR")
        ->group(group);
    command
        .add_option("--proxy", flags.proxy,
                    "the HTTP proxy: http://USER:PASSWORD@HOST:PORT or https://..., or env for that of the environment")
        ->type_name("URL")
        ->group(group);
    command
        .add_flag("--allow-plaintext", flags.allow_plaintext,
                  "allow ws:// to another host than this one, or through a proxy")
        ->group(group);
    add_packet_flags(command, flags, group);
}

lcm::TransportFactory<lcm::WebSocketTransport> make_transport(const ConnectionFlags& flags) {
    try {
        check_plaintext(flags);
        lcm::WebSocketOptions options{.url = flags.url, .headers = flags.headers};
        options.tls.ca_file = flags.ca_file;
        if (flags.proxy == from_environment) options.proxy.from_environment = true;
        else options.proxy.url = flags.proxy;
        options.allow_plaintext_to_remote_hosts = flags.allow_plaintext;
        if (!flags.token_env.empty()) {
            static_cast<void>(read_token(flags.token_env)); // a bad one is wrong usage, not a failed connection
            options.credentials = [variable = flags.token_env] { return read_token(variable); };
        }
        return lcm::websocket(std::move(options));
    } catch (const lcm::LcmError& problem) {
        throw UsageError(problem.error().detail);
    }
}

} // namespace lcm_command
