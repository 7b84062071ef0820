// SPDX-License-Identifier: BSL-1.0
// The server's answer to the HTTP request that opens a WebSocket (RFC 6455, 4.2.2).
#ifndef LCM_CLIENT_BENCHMARK_SERVER_UPGRADE_HPP
#define LCM_CLIENT_BENCHMARK_SERVER_UPGRADE_HPP

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <strings.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::bench {

/// The value of the header `Sec-WebSocket-Key` in a complete `request`; empty if there is none.
inline std::string find_key(const std::string& request) {
    const char* const header = strcasestr(request.c_str(), "sec-websocket-key:");
    if (header == nullptr) return {};
    std::string_view value(header + std::string_view("sec-websocket-key:").size());
    value = value.substr(0, value.find('\r'));
    value.remove_prefix(value.find_first_not_of(' '));
    return std::string(value);
}

/// Answers a complete `request`; nothing if it does not ask for a WebSocket.
inline std::optional<std::string> answer_upgrade(const std::string& request) {
    const std::string key = find_key(request);
    if (key.empty()) return std::nullopt;
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 32> accept{};
    EVP_EncodeBlock(accept.data(), digest.data(), digest.size());
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
           std::string(reinterpret_cast<const char*>(accept.data())) + "\r\n\r\n";
}

} // namespace lcm::bench

#endif
