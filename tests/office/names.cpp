// SPDX-License-Identifier: BSL-1.0
// For the tests of the office, loaded before the system's library: names of which the test says which addresses they
// have, and in which order. OFFICE_NAMES=lcm.office=127.0.0.21,127.0.0.22;other.office=127.0.0.23
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>

namespace {

using Resolve = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

// Takes the text up to `mark`, or all of it, off `text`.
std::string_view take(std::string_view& text, char mark) {
    const std::string_view piece = text.substr(0, text.find(mark));
    text.remove_prefix(piece.size() == text.size() ? piece.size() : piece.size() + 1);
    return piece;
}

// The addresses of `name`, with commas between them; empty if it is not one of the office's.
std::string_view addresses_of(std::string_view name) {
    const char* const all = std::getenv("OFFICE_NAMES");
    std::string_view names = all == nullptr ? "" : all;
    while (!names.empty()) {
        std::string_view entry = take(names, ';');
        if (take(entry, '=') == name) return entry;
    }
    return {};
}

} // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
    static const auto real = reinterpret_cast<Resolve>(dlsym(RTLD_NEXT, "getaddrinfo"));
    std::string_view addresses = node == nullptr ? std::string_view() : addresses_of(node);
    if (addresses.empty()) return real(node, service, hints, found);
    *found = nullptr;
    addrinfo** last = found;
    while (!addresses.empty()) {
        addrinfo numeric{};
        numeric.ai_socktype = SOCK_STREAM;
        numeric.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
        const int error = real(std::string(take(addresses, ',')).c_str(), service, &numeric, last);
        if (error != 0) return error;
        while (*last != nullptr) last = &(*last)->ai_next;
    }
    return 0;
}
