// SPDX-License-Identifier: BSL-1.0
// Internal: calls an outbox's hooks on the executor that the application wants.
#ifndef LCM_CLIENT_OUTBOX_IMPL_OUTBOX_HOOKS_HPP
#define LCM_CLIENT_OUTBOX_IMPL_OUTBOX_HOOKS_HPP

#include <lcm_client/handler.hpp>
#include <lcm_client/outbox/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// In the order in which they are told. Apart from the engine, which what waits in an executor of the
/// application's must not keep. Thread-safe.
class OutboxHooks : public std::enable_shared_from_this<OutboxHooks> {
public:
    OutboxHooks(const OutboxConfig& config, const boost::asio::any_io_executor& clients)
        : executor_(config.hooks_executor ? config.hooks_executor : clients), on_ended_(config.on_ended),
          on_doubt_(config.on_doubt), on_problem_(config.on_problem) {}

    [[nodiscard]] bool decides_doubts() const noexcept { return static_cast<bool>(on_doubt_); }

    /// Calls `told` when the hook has returned, or at once if there is none. What an executor or a hook throws means
    /// that it was not told.
    void tell(EntryEnding ending, Handler<void()> told) {
        if (!on_ended_) return told();
        post([ending = std::move(ending), told = std::move(told)](OutboxHooks& self) mutable {
            self.on_ended_(ending);
            told();
        });
    }
    void tell(OutboxProblem problem) {
        if (on_problem_) post([problem = std::move(problem)](OutboxHooks& self) { self.on_problem_(problem); });
    }
    void ask(OutboxDoubt doubt, Handler<void(DoubtDecision)> decided) {
        post([doubt = std::move(doubt), decided = std::move(decided)](OutboxHooks& self) mutable {
            decided(self.on_doubt_(doubt));
        });
    }

    /// Nothing is called from now on, but for what is running in another thread.
    void silence() noexcept { is_silent_ = true; }

private:
    template <class Call> void post(Call call) {
        try {
            boost::asio::post(executor_, [self = shared_from_this(), call = std::move(call)]() mutable {
                if (!self->is_silent_) call(*self);
            });
        } catch (...) {} // the executor's: it is told after the next start
    }

    const boost::asio::any_io_executor executor_;
    const std::function<void(const EntryEnding&)> on_ended_;
    const std::function<DoubtDecision(const OutboxDoubt&)> on_doubt_;
    const std::function<void(const OutboxProblem&)> on_problem_;
    std::atomic<bool> is_silent_{false};
};

} // namespace lcm::detail

#endif
