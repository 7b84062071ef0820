// SPDX-License-Identifier: BSL-1.0
// How the results of requests reach those who wait for them: futures at once, handlers on the executors that they
// belong to.
#ifndef LCM_CLIENT_CLIENT_COMPLETIONS_HPP
#define LCM_CLIENT_CLIENT_COMPLETIONS_HPP

#include <lcm_client/client/loop_binding.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/request_pool.hpp>
#include <lcm_client/client/strand.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/stats.hpp>

#include <memory>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Belongs to the strand, but for the members that say otherwise. Handlers of the strand run in `flush()`, when the
/// client's state is consistent, or posted by themselves: they may do anything, and destroy the client too.
class Completions {
public:
    LCM_CLIENT_DECL Completions(std::shared_ptr<LoopBinding> loop, std::shared_ptr<RequestPool> pool, Threads threads,
                                Counters& counters);
    Completions(const Completions&) = delete;
    Completions& operator=(const Completions&) = delete;
    ~Completions() = default;

    /// Takes over a request that is settled. A future becomes ready now, a handler runs in `flush()`.
    LCM_CLIENT_DECL void deliver(Call call) noexcept;

    [[nodiscard]] bool has_due() const noexcept { return !due_.empty(); }

    /// Runs the handlers that are due. Returns whether there were any. When one throws, those behind it go to their
    /// executors, and what these do not take waits for the next time.
    LCM_CLIENT_DECL bool flush();

    /// Sends the handlers that are due to their executors, and keeps what these do not take.
    LCM_CLIENT_DECL void pass_on() noexcept;

    /// Any thread, not in a turn of the client: runs the handler through its executor, or the client's. When both
    /// throw, so does this, and the handler is still to be run.
    LCM_CLIENT_DECL void deliver_later(PendingCall& call);

    /// Any thread, when there is no other time at which it could run.
    LCM_CLIENT_DECL void deliver_at_end(Call call) noexcept;

    /// In a handler of the exception of a hook or a handler, whose caller has nothing to do with it: it leaves the loop,
    /// as it would from a call of its own, or ends the program on the client's own thread.
    LCM_CLIENT_DECL void rethrow_later();

    /// All that is due goes to its executors, when the client goes.
    LCM_CLIENT_DECL void deliver_all_at_end() noexcept;

private:
    [[nodiscard]] Call own(RequestEntry& request) noexcept {
        return Call(&static_cast<PendingCall&>(request), CallDeleter{pool_.get()});
    }
    LCM_CLIENT_DECL void deliver_here(Call call);
    LCM_CLIENT_DECL void run(PendingCall& call) const;

    const std::shared_ptr<LoopBinding> loop_;
    const std::shared_ptr<RequestPool> pool_;
    const bool is_own_thread_;
    Counters& counters_;
    RequestList due_; // owned
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/client/impl/completions.ipp>
#endif

#endif
