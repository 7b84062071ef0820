// SPDX-License-Identifier: BSL-1.0
// The messages that came and answered nobody, for the requests that end without an answer: theirs may be among them.
#ifndef LCM_CLIENT_SESSION_STRAY_MESSAGES_HPP
#define LCM_CLIENT_SESSION_STRAY_MESSAGES_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/session/request_entry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Why a message could not be read as a reply. All texts are constants, and none is the server's.
struct StrayReason {
    std::string_view what{};
    std::string_view name{}; ///< which `what` is said of, if it is said of one
    std::size_t byte = 0;    ///< of the message, the first being 1; 0 if it is no matter of a place

    StrayReason(const char* reason) : what(reason) {} // NOLINT(google-explicit-constructor)
    StrayReason(const JsonProblem& problem) : what(describe(problem.fault)), byte(problem.byte) {} // NOLINT
    StrayReason() = default;

    /// A name that decides.
    [[nodiscard]] static StrayReason twice(std::string_view name) noexcept {
        StrayReason reason("stands twice");
        reason.name = name;
        return reason;
    }

    [[nodiscard]] std::string text() const {
        std::string text = name.empty() ? std::string(what) : '"' + std::string(name) + "\" " + std::string(what);
        if (byte != 0) text += ", byte " + std::to_string(byte);
        return text;
    }
};

/// Counts such messages for each request from when it was handed over. A request costs nothing here unless there is
/// one. What it says has no text of the server's. Nothing fails for want of memory: less is told then. Not thread-safe.
class StrayMessages {
public:
    /// No request is under way: what came before is nobody's.
    void start_anew() noexcept {
        unreadable_ = 0;
        requests_.clear();
    }

    /// The request is handed over now: what came before was no answer to it.
    void hand_over(RequestId id) noexcept {
        if (unreadable_ == 0 && requests_.empty()) return;
        if (Request* const request = enter(id)) *request = {.unreadable_before = unreadable_};
    }

    /// A message came that may have been any request's reply.
    void add_unreadable(const StrayReason& reason) noexcept { reasons_[unreadable_++ % kept_reasons] = reason; }

    /// A message came for the call of this request, under `name`, which is not that of its reply. An empty one is not
    /// told, nor one with anything but letters and digits.
    void add_misnamed(RequestId id, std::string_view name) noexcept {
        Request* const request = enter(id);
        if (request == nullptr || request->misnamed++ != 0 || !is_word(name)) return;
        try {
            request->name = name;
        } catch (...) {} // of memory only
    }

    /// The request has ended.
    void forget(RequestId id) noexcept { requests_.erase(id); }

    [[nodiscard]] bool is_empty() const noexcept { return unreadable_ == 0 && requests_.empty(); }

    /// What came after the request was handed over; empty if nothing.
    [[nodiscard]] std::string about(RequestId id) const {
        const auto at = requests_.find(id);
        const Request request = at == requests_.end() ? Request() : at->second;
        std::string text = about_unreadable(request.unreadable_before);
        if (request.misnamed == 0) return text;
        if (!text.empty()) text += "; ";
        text += count(request.misnamed) + " for this call under another name";
        if (!request.name.empty()) text += ", " + request.name;
        return text;
    }

private:
    static constexpr std::size_t kept_reasons = 8;

    struct Request {
        std::uint64_t unreadable_before = 0;
        std::uint64_t misnamed = 0;
        std::string name{};
    };

    static bool is_word(std::string_view name) noexcept {
        return std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        });
    }

    static std::string count(std::uint64_t number) {
        return std::to_string(number) + (number == 1 ? " message came" : " messages came");
    }

    [[nodiscard]] std::string about_unreadable(std::uint64_t before) const {
        const std::uint64_t number = unreadable_ - before;
        if (number == 0) return {};
        const std::uint64_t oldest = unreadable_ - (std::min)(unreadable_, std::uint64_t{kept_reasons});
        const StrayReason& reason = reasons_[(std::max)(before, oldest) % kept_reasons];
        const char* const which = number == 1 ? ": " : before >= oldest ? "; the first: " : "; one of them: ";
        return count(number) + " that could not be read as a reply" + which + reason.text();
    }

    Request* enter(RequestId id) noexcept {
        try {
            return &requests_[id];
        } catch (...) { // of memory only
            return nullptr;
        }
    }

    std::uint64_t unreadable_ = 0;
    std::array<StrayReason, kept_reasons> reasons_{}; // of the last ones
    std::unordered_map<RequestId, Request> requests_;
};

} // namespace lcm::detail

#endif
