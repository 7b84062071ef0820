// SPDX-License-Identifier: BSL-1.0
// Internal: carries out what an outbox's book decides, over a client and a file, on one executor.
#ifndef LCM_CLIENT_OUTBOX_IMPL_OUTBOX_ENGINE_HPP
#define LCM_CLIENT_OUTBOX_IMPL_OUTBOX_ENGINE_HPP

#include <lcm_client/client.hpp>
#include <lcm_client/client/observers.hpp>
#include <lcm_client/evidence.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/any_clock.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/link_status.hpp>
#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/command_queue.hpp>
#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/departures.hpp>
#include <lcm_client/outbox/impl/entry_book.hpp>
#include <lcm_client/outbox/impl/outbox_hooks.hpp>
#include <lcm_client/outbox/impl/outbox_post.hpp>
#include <lcm_client/outbox/impl/prepared_request.hpp>
#include <lcm_client/outbox/impl/returned_entries.hpp>
#include <lcm_client/outbox/impl/settle_wait.hpp>
#include <lcm_client/outbox/impl/settling_entries.hpp>
#include <lcm_client/outbox/impl/store.hpp>
#include <lcm_client/outbox/impl/subject_lines.hpp>
#include <lcm_client/outbox/impl/vault.hpp>
#include <lcm_client/outbox/impl/wall_clock.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/settled.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Until a write that has failed is tried again.
inline constexpr std::chrono::seconds write_retry{1};

/// All of it happens in turns on the executor, whose thread may wait for the disk: the client's own must be another one.
/// A turn takes all commands, has them change the book, writes what the book wants written, and carries out what may be
/// done then. Any thread may call the functions that say so.
class OutboxEngine final : public ClientObserver,
                           public TimerListener,
                           public std::enable_shared_from_this<OutboxEngine> {
public:
    /// Opens the file. `vfs` is SQLite's way to files; null for its usual one. Throws as the constructor of `Outbox`.
    LCM_CLIENT_DECL OutboxEngine(AnyClient& client, OutboxConfig config, std::unique_ptr<const AnyClock> clock,
                                 const boost::asio::any_io_executor& executor, const char* vfs = nullptr);

    /// Once, before all else.
    LCM_CLIENT_DECL void start();

    // --- any thread ---

    /// Without memory it throws, and nothing was posted.
    LCM_CLIENT_DECL void post(OutboxPost post);
    /// What the application decides about an entry; `done` is told whether it could be.
    LCM_CLIENT_DECL void resend(EntryId id, Handler<void(bool)> done);
    LCM_CLIENT_DECL void drop(EntryId id, Handler<void(bool)> done);
    LCM_CLIENT_DECL void list(Handler<void(std::vector<OutboxEntry>)> done);
    [[nodiscard]] LCM_CLIENT_DECL OutboxStats stats() const;
    /// From now on nothing new leaves; `done` is called when nothing is under way.
    LCM_CLIENT_DECL void drain(Handler<void()> done);
    /// Writes what is to be written, lets go of the file, and calls `done`. All that follows is refused.
    LCM_CLIENT_DECL void finish(Handler<void()> done);

    /// In a turn, or when none runs and none will: lets go of the file as it is, and ends what waits. Needs no memory.
    LCM_CLIENT_DECL void give_up() noexcept;

    // --- ClientObserver, any thread ---

    LCM_CLIENT_DECL void on_link(LinkState state) noexcept override;
    LCM_CLIENT_DECL void on_settled(const Settled& truth) noexcept override;

    // --- TimerListener ---

    LCM_CLIENT_DECL void on_timer() override;

private:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Command = CommandQueue::Command;

    /// What an entry is, from its mark on until it is told how it has ended.
    struct HandedOver {
        std::shared_ptr<PreparedRequest> request; // until it leaves, when the mark is durable
        Contents contents;                        // but for the data
    };

    // The start.
    LCM_CLIENT_DECL void open();
    LCM_CLIENT_DECL void try_to_open();
    [[nodiscard]] LCM_CLIENT_DECL FileHead make_head() const;

    // Turns.
    LCM_CLIENT_DECL void command(Command what);
    template <class What> void report(What what) noexcept;
    LCM_CLIENT_DECL void on_turn();
    LCM_CLIENT_DECL void run(std::vector<Command> commands);
    LCM_CLIENT_DECL void work();
    LCM_CLIENT_DECL void look_at_clock();
    LCM_CLIENT_DECL void hand_over_due();
    [[nodiscard]] LCM_CLIENT_DECL bool prepare(EntryId id);
    LCM_CLIENT_DECL void write();
    LCM_CLIENT_DECL void keep_log_short();
    LCM_CLIENT_DECL void keep_timer();
    LCM_CLIENT_DECL void publish();
    LCM_CLIENT_DECL void close_file();

    // Posts.
    LCM_CLIENT_DECL void take(OutboxPost& post, SubjectKeys subjects);
    [[nodiscard]] LCM_CLIENT_DECL std::optional<Error> find_refusal(std::size_t bytes);
    LCM_CLIENT_DECL static void fail(OutboxPost& post, Error error) noexcept;
    LCM_CLIENT_DECL void refuse(OutboxPost& post, std::uint64_t& counter, Error error);

    // What the book says.
    LCM_CLIENT_DECL void on_durable(const Durable& done);
    LCM_CLIENT_DECL void on_failure(const NotDurable& told, const WriteProblem& problem);
    LCM_CLIENT_DECL void send(EntryId id);
    LCM_CLIENT_DECL void take_link(bool is_ready);
    LCM_CLIENT_DECL void on_result(EntryId id, std::uint64_t attempt, std::optional<Error> error, bool has_reply);
    LCM_CLIENT_DECL void note_error(EntryId id, std::optional<Error> error);
    LCM_CLIENT_DECL void begin_doubt(EntryId id);
    LCM_CLIENT_DECL void on_truth(std::uint64_t attempt, Delivery delivery);
    LCM_CLIENT_DECL void inquire(EntryId id);
    LCM_CLIENT_DECL void on_evidence(EntryId id, std::uint64_t doubt, const Result<Evidence>& found);
    LCM_CLIENT_DECL void ask(EntryId id, std::uint64_t doubt);
    LCM_CLIENT_DECL void on_decision(EntryId id, std::uint64_t doubt, DoubtDecision decision);
    LCM_CLIENT_DECL void decide_due();
    [[nodiscard]] LCM_CLIENT_DECL bool send_again(EntryId id);
    LCM_CLIENT_DECL void tell(const StatusChange& ended);
    LCM_CLIENT_DECL void forget_attempts(const StatusChange& ended);
    LCM_CLIENT_DECL void count(const std::vector<StatusChange>& all);
    LCM_CLIENT_DECL void count(const EntryStatus& status);
    LCM_CLIENT_DECL void tell(OutboxErrc code, std::string detail, EntryId id = 0);

    [[nodiscard]] LCM_CLIENT_DECL std::optional<Contents> read(EntryId id) const;
    [[nodiscard]] LCM_CLIENT_DECL std::optional<Contents> take_contents(EntryId id);
    [[nodiscard]] LCM_CLIENT_DECL OutboxEntry describe(EntryId id) const;

    AnyClient& client_;
    const OutboxConfig config_;
    const std::unique_ptr<const AnyClock> clock_;
    const boost::asio::any_io_executor executor_;
    const char* const vfs_;
    const std::shared_ptr<OutboxHooks> hooks_;
    CommandQueue commands_;

    std::atomic<bool> has_lost_report_{false};

    mutable std::mutex stats_mutex_;
    OutboxStats published_;

    // In turns.
    std::optional<Store> store_;
    std::optional<Vault> vault_;
    std::optional<EntryBook> book_;
    std::optional<WallClock> wall_;
    std::unique_ptr<AnyTimer> timer_;
    Departures departures_;
    ReturnedEntries returned_;
    OutboxStats stats_;
    std::vector<StoredEntry> found_;      // by the start
    std::vector<NewEntry> new_entries_;   // for the next write
    std::map<EntryId, OutboxPost> posts_; // the posts of these
    std::map<EntryId, HandedOver> handed_over_;
    std::map<std::uint64_t, EntryId> attempts_; // by the tags that the client knows them by, until their entry ends
    std::uint64_t last_attempt_;                // a random number at first: the application has tags of its own
    std::map<EntryId, Error> errors_;           // of the last attempts
    std::set<EntryId> of_others_;               // of which an earlier process may have sent something
    std::map<EntryId, Evidence> evidence_;      // of those that are unknown
    std::map<EntryId, std::uint64_t> doubts_;   // the number of the last question about each
    std::uint64_t last_doubt_ = 0;
    SettleWait unasked_{config_.settle_time};       // those that are unknown and about which nobody has been asked
    SettlingEntries settling_{config_.settle_time}; // those that are unknown, and what the rule has said
    bool is_link_ready_ = false;
    std::optional<OutboxErrc> failing_;
    TimePoint now_{};
    TimePoint retry_at_{};
    TimePoint written_{};
    std::optional<TimePoint> timer_at_;          // when the timer is to ring
    bool is_file_new_ = false;                   // made by this process
    std::optional<std::filesystem::path> aside_; // the damaged file
    Handler<void()> on_drained_;
    bool is_draining_ = false;
    bool is_closing_ = false;
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/outbox/impl/outbox_engine.ipp>
#endif

#endif
