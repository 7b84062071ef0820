// SPDX-License-Identifier: BSL-1.0
// How a client asks the server about requests that ended as unknown: what it is told for that, and what it may conclude.
#ifndef LCM_CLIENT_INQUIRY_HPP
#define LCM_CLIENT_INQUIRY_HPP

#include <lcm_client/evidence.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/settled.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI {

/// The application declares, since nobody else can know: a request that has come to the server is in its store before
/// the request that comes after it; all nodes behind one server have this store together, so that each shows what any
/// of them has been sent; and what was handed to a link that was given up comes within the settle time, or never: so
/// long the server's system, a proxy and a front may hold it. Without all of that, `Finding::not_reached` could be a lie.
struct SynchronousStore {
    /// From the end of a link until nothing of it can come any more; from 1 ms to one day. The default is the time for
    /// which load balancers usually drain connections.
    std::chrono::milliseconds settle_time{std::chrono::minutes(5)};
};

/// What a client remembers and asks so that there can be evidence of unknown requests.
struct InquiryOptions {
    /// What is declared of the server's store. Without it, nothing is ever `Finding::not_reached`.
    std::optional<SynchronousStore> store{};
    /// The client asks by itself, after a reconnect, once for each request for a call that ended as unknown over an
    /// earlier link; after the settle time, if there is one. It tells `ClientConfig::on_settled` what it has found.
    bool after_reconnect = false;
};

/// A request that ended as unknown, as the application has been told of it: made of the `Error` that it ended with, or
/// of the `Settled` with evidence of it.
class UnknownRequest {
public:
    /// The request that ended with this error.
    UnknownRequest(const Error& error) // NOLINT(google-explicit-constructor): passed like an error
        : operation_(error.operation), callid_(error.callid), id_(error.request_id),
          is_unknown_(error.delivery == Delivery::unknown), is_read_only_(error.is_read_only) {}
    /// The request of which this tells.
    UnknownRequest(const Settled& settled) // NOLINT(google-explicit-constructor): passed like an error
        : UnknownRequest(settled.reported) {
        if (settled.delivery != Delivery::unknown) is_unknown_ = false;
    }

    [[nodiscard]] const std::string& operation() const noexcept { return operation_; } ///< its subtopic
    [[nodiscard]] const std::string& callid() const noexcept { return callid_; }       ///< empty if it names no call
    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }                    ///< `Error::request_id`
    /// Whether it ended as unknown, and no truth about it has come to light.
    [[nodiscard]] bool is_unknown() const noexcept { return is_unknown_; }
    /// Whether the server could show it: it sets something, for a call.
    [[nodiscard]] bool leaves_trace() const noexcept { return !callid_.empty() && !is_read_only_; }

private:
    std::string operation_;
    std::string callid_;
    std::uint64_t id_;
    bool is_unknown_;
    bool is_read_only_;
};

} // namespace lcm

#endif
