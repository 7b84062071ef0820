// SPDX-License-Identifier: BSL-1.0
// Where requests come in.
#ifndef LCM_CLIENT_CLIENT_INTAKE_HPP
#define LCM_CLIENT_CLIENT_INTAKE_HPP

#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/recycler.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/waiter.hpp>

namespace lcm::detail {

/// What a call asks of the core of its client, whatever transport and clock that has; any thread. An abstract class, so
/// that a source that makes calls needs neither the core nor what it stands on: strands, timers, tables, the session.
class Intake {
public:
    Intake() = default;
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;
    virtual ~Intake() = default;

    [[nodiscard]] virtual const ClientConfig& config() const noexcept = 0;
    [[nodiscard]] virtual Recycler& recycler() noexcept = 0;
    [[nodiscard]] virtual TimePoint now() const = 0;
    /// A name for a new request.
    [[nodiscard]] virtual RequestId next_id() noexcept = 0;
    /// Brings a request under way. When this throws, the caller still owns it.
    virtual void submit(Call& call) = 0;
    /// Ends a request that was never under way. Its handler does not run inside this call. When this throws, it has
    /// not.
    virtual void fail(Call& call, Error reason) = 0;
    /// Ends a request as cancelled, if it has not ended yet.
    virtual void cancel(RequestId id) noexcept = 0;
};

} // namespace lcm::detail

#endif
