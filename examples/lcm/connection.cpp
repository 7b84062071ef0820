// SPDX-License-Identifier: BSL-1.0
// From the flags of the connection to a WebSocket transport.
#include "connection.hpp"

#include "duration.hpp"
#include "secret_variable.hpp"
#include "status.hpp"

#include <lcm_client/websocket/url.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
    return lcm::Credentials::bearer(read_variable("--token-env", variable));
}

lcm::TlsOptions read_trust(const ConnectionFlags& flags) {
    lcm::TlsOptions tls;
    tls.with_system_store = !flags.add_ca_file.empty();
    tls.ca_file = tls.with_system_store ? flags.add_ca_file : flags.ca_file;
    return tls;
}

lcm::TlsOptions read_tls(const ConnectionFlags& flags) {
    lcm::TlsOptions tls = read_trust(flags);
    tls.certificate_file = flags.certificate_file;
    tls.key_file = flags.key_file;
    if (!flags.key_password_env.empty())
        tls.key_password = [password = read_variable("--key-password-env", flags.key_password_env)] {
            return password;
        };
    return tls;
}

void check_plaintext(const ConnectionFlags& flags) {
    const bool has_proxy = !flags.proxy.empty() && flags.proxy != from_environment;
    const auto is_plain = [has_proxy](const std::string& text) {
        try {
            const lcm::Url url = lcm::parse_url(text);
            return !url.tls && (has_proxy || !url.is_loopback());
        } catch (const lcm::LcmError&) { // `websocket` says which one it is
            return false;
        }
    };
    if (!flags.allow_plaintext && std::any_of(flags.urls.begin(), flags.urls.end(), is_plain))
        throw UsageError("--url: ws:// sends everything in plain text; use wss://, or give --allow-plaintext");
}

void add_tls_flags(CLI::App& command, ConnectionFlags& flags, const std::string& group) {
    auto* const only =
        command.add_option("--ca-file", flags.ca_file, "the certificates (PEM) to trust, instead of the system's");
    auto* const also =
        command.add_option("--add-ca-file", flags.add_ca_file, "the certificates (PEM) to trust beside the system's");
    auto* const certificate = command.add_option("--cert", flags.certificate_file,
                                                 "this side's certificate (PEM), for a server that demands one");
    auto* const key = command.add_option("--key", flags.key_file, "the certificate's private key (PEM)");
    auto* const password = command.add_option("--key-password-env", flags.key_password_env,
                                              "the environment variable that holds the password of that key");
    only->type_name("FILE")->group(group);
    also->type_name("FILE")->excludes(only)->group(group);
    certificate->type_name("FILE")->needs(key)->group(group);
    key->type_name("FILE")->needs(certificate)->group(group);
    password->type_name("VAR")->needs(key)->group(group);
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
    command
        .add_option(
            "--url", flags.urls,
            "the server: ws://HOST:PORT/PATH or wss://...; may be given again, for another server that is tried "
            "when the ones before fail")
        ->required()
        ->allow_extra_args(false)
        ->type_name("URL")
        ->group(group);
    command.add_option("--source", flags.source, "this application's name, for the server [lcm]")->group(group);
    command
        .add_option_function<std::string>(
            "--deadline", [&flags](const std::string& text) { flags.deadline = read_duration("--deadline", text); },
            "until when to wait for the answer: 10, 2.5 or 500ms [10]")
        ->type_name("SECONDS")
        ->group(group);
    command
        .add_option_function<std::string>(
            "--idle-timeout",
            [&flags](const std::string& text) { flags.idle_timeout = read_duration("--idle-timeout", text); },
            "give the link up after such a silence, and send a ping after half of it, which has to be shorter than the "
            "idle limit of a proxy on the way [15]")
        ->type_name("SECONDS")
        ->group(group);
    add_tls_flags(command, flags, group);
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
        lcm::WebSocketOptions options{.headers = flags.headers};
        if (flags.urls.size() == 1) options.url = flags.urls.front();
        else options.urls = flags.urls;
        if (flags.idle_timeout) options.idle_timeout = *flags.idle_timeout;
        options.tls = read_tls(flags);
        options.proxy.tls = read_trust(flags); // of a proxy with TLS, which gets no certificate of this side
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
