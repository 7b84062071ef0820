// SPDX-License-Identifier: BSL-1.0
// What the clients over this library have in common: their transport, the request, and what to do if one fails.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_OURS_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_OURS_HPP

#include "options.hpp"
#include "sample.hpp"

#include <lcm_client.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::bench {

using Request = lcm::SetBusinessOutcomeWithCallOutcome;
using Outcome = lcm::Result<Request::Response>;

inline lcm::TransportFactory<lcm::WebSocketTransport> transport(const Options& options) {
    lcm::WebSocketOptions websocket{.url = options.url()};
    websocket.tls.ca_file = options.ca_file;
    return lcm::websocket(std::move(websocket));
}

/// Calls `on_ready` when the link is there. A link that cannot be made ends the loop by an exception.
inline lcm::ClientConfig config(std::function<void()> on_ready) {
    lcm::ClientConfig config{.source = std::string(Sample().source)};
    config.on_state = [on_ready = std::move(on_ready), was_ready = false](const lcm::LinkStatus& status) mutable {
        if (status.state == lcm::LinkState::ready && !std::exchange(was_ready, true)) on_ready();
        if (status.error && !was_ready) throw std::runtime_error(status.error->message());
    };
    return config;
}

/// The limits for `count` requests at once.
inline void raise_limits(lcm::ClientConfig& config, std::size_t count) {
    config.deadline = std::chrono::minutes(10);
    config.limits.in_flight = count;
    config.limits.queued = count;
    config.limits.queued_bytes = count * 1024;
}

inline Request make_request() {
    const Sample sample;
    return {.account_number = std::string(sample.account_number),
            .business_outcome = sample.business_outcome,
            .call_outcome = sample.call_outcome,
            .lead_score = sample.lead_score,
            .user_id = std::string(sample.user_id),
            .agent_comments = std::string(sample.agent_comments),
            .target_amount = sample.target_amount};
}

inline void require(const Outcome& outcome) {
    if (!outcome) throw std::runtime_error(outcome.error().message());
}

} // namespace lcm::bench

#endif
