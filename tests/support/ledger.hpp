// SPDX-License-Identifier: BSL-1.0
// What the caller and the server know of each request, and whether the caller was told the truth.
#ifndef LCM_CLIENT_TESTS_SUPPORT_LEDGER_HPP
#define LCM_CLIENT_TESTS_SUPPORT_LEDGER_HPP

#include <support/expect.hpp>
#include <support/numbered.hpp>

#include <lcm_client/result.hpp>
#include <lcm_client/session/multiplexer.hpp>
#include <lcm_client/settled.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::tests {

/// Told of everything that happens to numbered requests, by the caller and by the server; throws `BrokenPromise` when
/// the two do not agree.
class Ledger {
public:
    struct Request {
        // The caller's.
        Serial serial{};
        std::string callid{};
        std::string lcm_key{};
        detail::TimePoint deadline{};
        bool is_read_only = false;
        bool was_cancelled = false;
        bool has_ended = false;
        bool was_told = false; // the truth, after it had ended as unknown
        bool may_have_been_told = false;
        Delivery ending{};
        detail::TimePoint ended{};
        Error reported{};
        std::size_t breaks_before = 0;

        // The server's.
        std::size_t times_received = 0;
        std::size_t connection = 0; // the last one over which it was received
        bool was_done = false;
        bool was_granted = false; // the server has answered success, whether that arrives or not
        bool was_refused = false; // the server has answered that it has not done it
    };

    // --- the caller's side ------------------------------------------------------------------------------------------

    Serial start(Request request) {
        request.breaks_before = is_broken_ ? breaks_ - 1 : breaks_;
        ++pending_;
        request.serial = ++last_;
        requests_.emplace(last_, std::move(request));
        return last_;
    }

    void cancel(Serial serial) { requests_.at(serial).was_cancelled = true; }

    void end(Serial serial, const Result<OutcomeResponse>& result, detail::TimePoint now) {
        Request& r = requests_.at(serial);
        expect(!std::exchange(r.has_ended, true), "each request ends once");
        --pending_;
        r.ended = now;
        r.ending = result.has_value() ? Delivery::accepted : result.error().delivery;
        if (result.has_error()) r.reported = result.error();
        ++endings_.at(static_cast<std::size_t>(r.ending));
        note(serial * 8 + static_cast<std::uint64_t>(r.ending));
        check_ending(r);
        if (result.has_error()) check_code(r, now);
    }

    /// The truth about an unknown ending is told; the error says about which, unless several ended alike.
    void settle(const Settled& settled) {
        Request* meant = nullptr;
        for (auto& [serial, r] : requests_) {
            if (!r.has_ended || r.ending != Delivery::unknown || !is_same(r.reported, settled.reported)) continue;
            r.may_have_been_told = true;
            if (meant == nullptr && !r.was_told && is_true(settled, r)) meant = &r;
        }
        expect(meant != nullptr, "what is told of an unknown ending is true, and told once");
        meant->was_told = true;
    }

    // --- the server's side ------------------------------------------------------------------------------------------

    void receive(Serial serial, std::size_t connection, detail::TimePoint now) {
        Request& r = requests_.at(serial);
        note(serial * 8 + 7);
        expect(!r.has_ended, "nothing leaves after its end");
        expect(now < r.deadline, "nothing leaves after its deadline");
        expect(r.times_received == 0 || r.is_read_only, "nothing leaves twice but what is read-only");
        expect(r.times_received == 0 || r.connection != connection, "nothing leaves twice over one connection");
        ++r.times_received;
        r.connection = connection;
    }

    void carry_out(Serial serial) { requests_.at(serial).was_done = true; }

    void grant(Serial serial) {
        carry_out(serial);
        requests_.at(serial).was_granted = true;
    }

    void refuse(Serial serial) { requests_.at(serial).was_refused = true; }

    /// The link breaks, and the client does not know it yet: what it hands over now reaches nobody.
    void break_link() noexcept {
        ++breaks_;
        is_broken_ = true;
    }
    void restore_link() noexcept { is_broken_ = false; }

    // --- what is known ----------------------------------------------------------------------------------------------

    [[nodiscard]] const Request& operator[](Serial serial) const { return requests_.at(serial); }
    [[nodiscard]] const std::map<Serial, Request>& requests() const noexcept { return requests_; }
    [[nodiscard]] std::size_t pending() const noexcept { return pending_; }
    [[nodiscard]] std::uint64_t ended_as(Delivery ending) const {
        return endings_.at(static_cast<std::size_t>(ending));
    }
    /// A number that depends on everything that was received and ended, in its order.
    [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }

private:
    void check_ending(const Request& r) const {
        switch (r.ending) {
        case Delivery::accepted: return expect(r.was_granted, "accepted is what the server has granted");
        case Delivery::refused: return expect(r.was_refused, "refused is what the server has refused");
        case Delivery::not_sent: return expect(r.times_received == 0, "what was not sent was not received");
        case Delivery::unknown:
            return expect(r.times_received != 0 || breaks_ != r.breaks_before, "unknown is only what was handed over");
        }
    }

    static void check_code(const Request& r, detail::TimePoint now) {
        const Error& error = r.reported;
        expect(error.callid == r.callid, "an error names its call");
        expect(error.code != Errc::timed_out || now >= r.deadline, "nothing is timed out before its deadline");
        expect(error.code != Errc::cancelled || r.was_cancelled, "only what was cancelled ends so");
        const bool by_server = error.code == Errc::server_error || error.code == Errc::invalid_call_id;
        expect(by_server == (r.ending == Delivery::refused), "the server refuses, and nobody else");
    }

    static bool is_same(const Error& a, const Error& b) {
        return a.callid == b.callid && a.operation == b.operation && a.code == b.code && a.elapsed == b.elapsed;
    }

    static bool is_true(const Settled& settled, const Request& r) {
        if (settled.delivery == Delivery::refused) return r.was_refused;
        return settled.by == SettledBy::event ? r.was_done : r.was_granted;
    }

    void note(std::uint64_t what) noexcept { digest_ = digest_ * 1'099'511'628'211U + what; }

    std::map<Serial, Request> requests_;
    Serial last_ = 0;
    std::size_t pending_ = 0;
    std::size_t breaks_ = 0;
    bool is_broken_ = false;
    std::array<std::uint64_t, 4> endings_{};
    std::uint64_t digest_ = 0;
};

} // namespace lcm::tests

#endif
