// SPDX-License-Identifier: BSL-1.0
// What `AnyClient` asks of its engine, so that a source which makes calls compiles neither the engine nor what it
// stands on: strands, timers, tables, the session.
#ifndef LCM_CLIENT_CLIENT_ENGINE_INTERFACE_HPP
#define LCM_CLIENT_CLIENT_ENGINE_INTERFACE_HPP

#include <lcm_client/client/observers.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/request_pool.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/open_do_not_calls.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/stats.hpp>
#include <lcm_client/subjects.hpp>
#include <lcm_client/subscription.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// For so long a loop has the first word about a request whose deadline has passed.
inline constexpr std::chrono::milliseconds overdue_grace{100};

/// A year is as good as no bound, and cannot overflow the clock.
inline constexpr std::chrono::milliseconds longest_time = std::chrono::hours(24 * 365);

/// Any thread may call any member.
class EngineInterface {
public:
    EngineInterface() = default;
    EngineInterface(const EngineInterface&) = delete;
    EngineInterface& operator=(const EngineInterface&) = delete;
    virtual ~EngineInterface() = default;

    // --- requests ---

    [[nodiscard]] virtual const ClientConfig& config() const noexcept = 0;
    [[nodiscard]] virtual RequestPool& pool() noexcept = 0;
    [[nodiscard]] virtual TimePoint now() const = 0;
    /// A name for a new request.
    [[nodiscard]] virtual RequestId next_id() noexcept = 0;
    /// Brings a request under way, or ends it at once. `guarded` is what a guard is asked about, or null. When this
    /// throws, the caller still owns it.
    virtual void submit(Call& call, GuardedRequest* guarded) = 0;
    /// Ends a request that was never under way. Its handler does not run inside this call. When this throws, it has
    /// not.
    virtual void fail(Call& call, Error reason) = 0;
    /// Ends a request as cancelled, if it has not ended yet.
    virtual void cancel(RequestId id) noexcept = 0;
    /// Counts a request that was refused before there was a call.
    virtual void count_refusal() noexcept = 0;

    /// Tells a guard that the application has looked up what became of unknown Do Not Calls. Returns of how many.
    virtual std::size_t resolve_do_not_call(const Subjects& subjects) noexcept = 0;

    // --- who waits for a future ---

    /// Whether this thread is running the loop, as far as can be seen, so that waiting here could keep it from going
    /// on.
    [[nodiscard]] virtual bool is_in_loop() const = 0;
    /// Gets what `watch` needs. Throws `std::system_error` if the system gives no thread for that. Returns false in a
    /// fork of the client's process, where nothing is to be watched.
    [[nodiscard]] virtual bool prepare_watch() = 0;
    /// Sees to it that the requests with futures that were submitted until now, and have their deadline by then, have
    /// ended shortly after it, whatever the loop does. Behind `prepare_watch`.
    virtual void watch(TimePoint deadline) noexcept = 0;
    /// Ends the requests with futures that the loop has left overdue.
    virtual void end_overdue() = 0;

    // --- the rest ---

    /// Calls `handler` with each message that no request waits for; it says whether the message was for it.
    [[nodiscard]] virtual EventSubscription subscribe(std::function<bool(JsonView)> handler) = 0;
    /// Calls `handler` with those that were for nobody.
    [[nodiscard]] virtual EventSubscription subscribe_to_rest(std::function<void(const Json&)> handler) = 0;
    /// Another process has sent requests, of which this client knows nothing: for `ClientConfig::settle_within` no message
    /// settles a request, unless it answers one of the same link. Any thread.
    virtual void follow_another_process() noexcept = 0;
    /// Tells `observer` how the link stands, and of what follows, until it goes.
    virtual void observe(const std::shared_ptr<ClientObserver>& observer) = 0;
    virtual void reconnect_now() noexcept = 0;
    [[nodiscard]] virtual Stats stats() const = 0;
    /// Where handlers run that have no executor of their own.
    [[nodiscard]] virtual boost::asio::any_io_executor get_executor() const = 0;
};

} // namespace lcm::detail

#endif
