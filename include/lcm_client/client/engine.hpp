// SPDX-License-Identifier: BSL-1.0
// Carries out on one strand what the session decides: connects, writes batches, reads messages, keeps the timer, settles
// requests, tells the hooks. Knows no operation by name, nor the type of its transport or clock.
#ifndef LCM_CLIENT_CLIENT_ENGINE_HPP
#define LCM_CLIENT_CLIENT_ENGINE_HPP

#include <lcm_client/client/any_transport.hpp>
#include <lcm_client/client/call_table.hpp>
#include <lcm_client/client/closers.hpp>
#include <lcm_client/client/completions.hpp>
#include <lcm_client/client/contact_guard.hpp>
#include <lcm_client/client/engine_interface.hpp>
#include <lcm_client/client/hooks.hpp>
#include <lcm_client/client/link.hpp>
#include <lcm_client/client/loop_binding.hpp>
#include <lcm_client/client/observers.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/request_pool.hpp>
#include <lcm_client/client/stop_listener.hpp>
#include <lcm_client/client/watchdog.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/impl/any_clock.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/loop_executor.hpp>
#include <lcm_client/session/question.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/session.hpp>
#include <lcm_client/stats.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Lives as long as the client or an operation of it. Members marked "any thread" may be called from anywhere, all
/// others belong to the strand.
///
/// What the session has to know happens in a *turn*: an event, then the handlers that are due, then what the session
/// wants to be done, then the handlers that are due by then. A turn takes what was submitted until the session has its
/// say, by its own handlers too. What is submitted after that has a turn of its own, which the end of this one posts: so
/// a handler that always submits does not keep the loop from everything else. Messages that were read together are one
/// burst: only the last of their turns runs the session, so that what they have caused is written together, and until
/// then nobody posts another turn for a new request.
///
/// A handler, a hook or the transport may close or destroy the client in any call of theirs, so that whoever calls them
/// looks at `is_closed_` and `link_` anew. Whoever takes a turn owns the engine meanwhile.
class Engine final : public EngineInterface,
                     public LinkListener,
                     public TimerListener,
                     private Weigher,
                     public std::enable_shared_from_this<Engine> {
public:
    LCM_CLIENT_DECL Engine(ClientConfig config, AnyTransportFactory factory, const LoopExecutor& executor,
                           Threads threads, std::unique_ptr<const AnyClock> clock);
    LCM_CLIENT_DECL ~Engine() override;

    /// Any thread: an operation of the client's own loop has been lost for want of memory, and may have been the link's.
    LCM_CLIENT_DECL void on_lost_operation() noexcept;

    /// Any thread, once: begins to connect. Throws `std::bad_alloc` if the executor takes nothing.
    LCM_CLIENT_DECL void start();

    // --- EngineInterface, any thread ---

    [[nodiscard]] const ClientConfig& config() const noexcept override { return config_; }
    [[nodiscard]] RequestPool& pool() noexcept override { return *pool_; }
    [[nodiscard]] TimePoint now() const override { return clock_->now(); }
    [[nodiscard]] RequestId next_id() noexcept override { return ++last_id_; }
    LCM_CLIENT_DECL void submit(Call& call, GuardedRequest* guarded) override;
    LCM_CLIENT_DECL void fail(Call& call, Error reason) override;
    LCM_CLIENT_DECL void cancel(RequestId id) noexcept override;
    LCM_CLIENT_DECL std::size_t resolve_do_not_call(const Subjects& subjects) noexcept override;
    void count_refusal() noexcept override { counters_.count(Delivery::not_sent); }
    [[nodiscard]] bool is_in_loop() const override { return loop_->is_running_here(); }
    [[nodiscard]] LCM_CLIENT_DECL bool prepare_watch() override;
    LCM_CLIENT_DECL void watch(TimePoint deadline) noexcept override;
    void end_overdue() override { static_cast<void>(end_overdue_futures()); }
    [[nodiscard]] LCM_CLIENT_DECL EventSubscription subscribe(std::function<bool(JsonView)> handler) override;
    [[nodiscard]] LCM_CLIENT_DECL EventSubscription
    subscribe_to_rest(std::function<void(const Json&)> handler) override;
    void observe(const std::shared_ptr<ClientObserver>& observer) override { observers_.add(observer); }
    LCM_CLIENT_DECL void follow_another_process() noexcept override;
    LCM_CLIENT_DECL void reconnect_now() noexcept override;
    [[nodiscard]] LCM_CLIENT_DECL Stats stats() const override;
    [[nodiscard]] boost::asio::any_io_executor get_executor() const override { return loop_->get_executor(); }

    // --- the end of the client, any thread; the README of this folder has a table of who calls what when ---

    /// Whether this is a fork of the process in which the client was made.
    [[nodiscard]] bool is_elsewhere() const noexcept { return loop_->is_elsewhere(); }
    /// In a fork, where nothing can be taken down: keeps all as it is until the process ends.
    void stay() noexcept { itself_ = shared_from_this(); }
    /// Not the watchdog's thread, and before the client lets go of the engine.
    LCM_CLIENT_DECL void stop_watching() noexcept;
    /// Waits at most so long until no request is left.
    void wait_for_requests(std::chrono::milliseconds time) { calls_.wait_until_empty(time); }
    /// Takes no more requests and ends all that there are, now. Their handlers run later, through their executors.
    LCM_CLIENT_DECL void end_all(Errc code, const char* detail = "") noexcept;
    /// Takes no more requests.
    void refuse_requests() { calls_.close(); }
    /// Makes room for two more functions in `close_link`. When this throws, nothing has happened.
    void prepare_to_close() { closers_.reserve(); }
    /// Closes the link, after the turns that are already on their way, and then calls `closed`, after the handlers that
    /// are already on theirs. The destructor's needs no memory.
    LCM_CLIENT_DECL void close_link(std::function<void()> closed);
    /// A thread of the loop: ends everything now. The handlers that belong to the strand run in this call, unless the
    /// strand has something to do first: then they run when the loop gets there.
    LCM_CLIENT_DECL void close_now();
    [[nodiscard]] Hooks& hooks() noexcept { return *hooks_; }

    // --- LinkListener, the strand ---

    LCM_CLIENT_DECL void on_link_open() override;
    LCM_CLIENT_DECL void on_link_message(std::string_view text, bool more) override;
    LCM_CLIENT_DECL void on_link_written() override;
    LCM_CLIENT_DECL void on_link_confirmed() override;
    LCM_CLIENT_DECL void on_link_lost(LinkFailure failure) override;
    LCM_CLIENT_DECL void on_peer(bool is_alive) override;
    [[nodiscard]] LCM_CLIENT_DECL Outstanding outstanding(std::chrono::milliseconds usual) const override;
    /// Any thread.
    LCM_CLIENT_DECL void on_lost_operation(const Link* link) noexcept override;

    // --- TimerListener, the strand ---

    LCM_CLIENT_DECL void on_timer() override;

private:
    using Milliseconds = std::chrono::milliseconds;

    /// What follows the event of a turn.
    enum class Then {
        everything, ///< the session runs
        what_waits, ///< it runs only if a handler has run, or if something waits for it
        nothing,    ///< it does not: another message of the same burst follows
    };

    // Cancels a request when its stop token says so, wherever the client is in its life.
    struct CancelByToken {
        std::weak_ptr<Engine> engine;
        RequestId id;
        void operator()() const noexcept {
            if (const auto self = engine.lock()) self->cancel(id);
        }
    };

    // Turns.
    class Turn;
    template <class Event> void turn(Event event, Then then = Then::everything);
    template <class Action> void guard(Action action) noexcept;
    LCM_CLIENT_DECL void give_up_link(const char* why) noexcept;
    LCM_CLIENT_DECL bool send_turn() noexcept;
    LCM_CLIENT_DECL void on_turn();
    [[nodiscard]] bool is_over() const noexcept { return is_closed_ || hooks_->is_silent(); }
    [[nodiscard]] bool has_work() const noexcept { return session_.has_work() || calls_.has_news(); }

    // What the session decides.
    LCM_CLIENT_DECL void run_session();
    LCM_CLIENT_DECL void let_go_of(PendingCall& orphan) noexcept;
    LCM_CLIENT_DECL void note(PendingCall& orphan) noexcept;
    LCM_CLIENT_DECL void ask_by_itself();
    LCM_CLIENT_DECL void ask_about(const Error& unknown);
    LCM_CLIENT_DECL void tell_evidence(RequestId about, Evidence evidence) noexcept;
    [[nodiscard]] LCM_CLIENT_DECL Evidence weigh(const Question& question, const StoredRequest& shown,
                                                 TimePoint asked) override;
    LCM_CLIENT_DECL void take_arrivals();
    LCM_CLIENT_DECL void take_over(PendingCall& call);
    LCM_CLIENT_DECL void carry_out(Decision decision);
    LCM_CLIENT_DECL void carry_out(MessageDecision& decision, std::string_view text) noexcept;
    LCM_CLIENT_DECL void read(std::string_view text);
    LCM_CLIENT_DECL void abort_link() noexcept;
    LCM_CLIENT_DECL void leave_link();
    LCM_CLIENT_DECL void retry_now();
    LCM_CLIENT_DECL void connect();
    LCM_CLIENT_DECL void send(const RequestRange& batch);
    LCM_CLIENT_DECL void hand_over(PendingCall& call, Batch& batch) noexcept;
    LCM_CLIENT_DECL void tell_state() noexcept;
    LCM_CLIENT_DECL void keep_timer() noexcept;

    // How requests begin, any thread, and end.
    LCM_CLIENT_DECL void submit_guarded(Call& call, GuardedRequest& guarded);
    LCM_CLIENT_DECL void enter(Call& call);
    LCM_CLIENT_DECL void end_guarded(RequestId id, Delivery ending) noexcept;
    LCM_CLIENT_DECL void accept(RequestList ended);
    LCM_CLIENT_DECL void end(Endings ended) noexcept;
    LCM_CLIENT_DECL void end(RequestEntry& request, EndedBy by) noexcept;
    template <class Fill> bool finish(RequestEntry& request, Fill fill) noexcept;
    template <class Explain> void settle(PendingCall& call, const BareError& bare, Explain explain) noexcept;
    LCM_CLIENT_DECL bool flush();
    LCM_CLIENT_DECL void settle_at_end(PendingCall& call, Errc code, const char* detail) noexcept;
    LCM_CLIENT_DECL std::optional<TimePoint> end_overdue_futures();

    // The end of the client.
    LCM_CLIENT_DECL void on_closing();
    LCM_CLIENT_DECL void close_here();
    LCM_CLIENT_DECL void close_session() noexcept;
    LCM_CLIENT_DECL void close_on_strand();
    LCM_CLIENT_DECL void on_loop_gone() noexcept;

    const ClientConfig config_;
    const AnyTransportFactory factory_;
    const std::unique_ptr<const AnyClock> clock_;
    const std::shared_ptr<LoopBinding> loop_;
    const std::shared_ptr<RequestPool> pool_ = std::make_shared<RequestPool>();
    const std::shared_ptr<Hooks> hooks_;

    // Any thread.
    std::atomic<RequestId> last_id_; // from a random one on: an error of another client names none of this one
    CallTable calls_;
    const std::unique_ptr<ContactGuard> guard_; // if the configuration has one
    Counters counters_;
    Closers closers_;
    Observers observers_;
    std::atomic<bool> is_turn_coming_{false};       // one is posted
    std::atomic<std::thread::id> turn_thread_{};    // where one is under way, which will look for what was submitted
    std::atomic<bool> follows_another_{false};      // process; the session is not told yet
    std::atomic<bool> shall_reconnect_{false};      // by `reconnect_now`
    std::atomic<bool> is_closing_{false};           // by `close_link`
    std::atomic<bool> has_lost_operation_{false};   // of a loop, whatever it belonged to
    std::atomic<const Link*> broken_link_{nullptr}; // of which an operation was lost
    std::mutex watchdog_mutex_;
    std::unique_ptr<Watchdog> watchdog_; // of plain futures
    std::shared_ptr<Engine> itself_;     // in a fork, so that it stays

    // The strand.
    Session session_;
    Completions completions_;
    std::shared_ptr<Link> link_;     // from the beginning of an attempt until the link is lost
    std::optional<TimePoint> armed_; // what the timer waits for
    std::unordered_map<RequestId, StopListener<CancelByToken>> stops_; // of requests with a token
    std::uint64_t notices_before_ = 0;                                 // so many were told before the last result
    TimePoint now_{};                                                  // when the turn, or its burst, began
    std::size_t burst_ = 0;           // so many messages of it have been read, and more follow
    bool is_closed_ = false;          // the session and the link
    bool is_link_closed_ = false;     // or is being closed
    bool is_short_of_memory_ = false; // something is to be tried again soon
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/client/impl/engine.ipp>
#endif

#endif
