// SPDX-License-Identifier: BSL-1.0
// The outbox: requests that are kept on disk until they have ended, so that none is lost over a crash of the application.
// Needs SQLite 3.37 or newer; nothing else in the library includes it.
#ifndef LCM_CLIENT_OUTBOX_HPP
#define LCM_CLIENT_OUTBOX_HPP

#include <lcm_client/client.hpp>
#include <lcm_client/client/encoded_request.hpp>
#include <lcm_client/client/io_thread.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/impl/home_process.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/outbox/impl/outbox_engine.hpp>
#include <lcm_client/outbox/impl/outbox_post.hpp>
#include <lcm_client/outbox/impl/post_result.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/subjects.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <chrono>
#include <concepts>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// Whether an outbox can send `R` after a restart, when only its name and its data are left.
template <Request R> [[nodiscard]] consteval bool is_kept() {
    bool is_known = false;
    OperationGroups::for_each([&]<class Group>() {
        Group::Operations::for_each([&]<class Known>() { is_known = is_known || std::same_as<Known, R>; });
    });
    return is_known && !R::operation.is_read_only;
}

} // namespace detail

/// Keeps requests in a file until they have ended. What `post` has confirmed is on disk, and survives a crash, a kill and
/// a loss of power: it leaves through the client when there is a link, in this process or in a later one, and how it
/// ended is told by `OutboxConfig::on_ended`.
///
/// Nothing is sent twice by a decision of the outbox. Before the first byte of an entry leaves, the file says that it may
/// have; so after a crash it is unknown, and leaves again only if the application's rule says so (`on_doubt`, `resend`).
/// Entries that share a subject (call, LCM key, telephone number: `lcm::subjects_of`) leave in their order, one after
/// the other: nothing passes one that waits, is under way or is unknown. lcm_client/outbox/README.md tells the life of an
/// entry, what is on disk, and what can go wrong.
///
/// What the application sends through the client directly passes the outbox, and is in no order with it. If the file was
/// there before, messages of the server settle no unknown request of the client's for the first
/// `ClientConfig::settle_within`, unless they are late answers over the same link: they may be about what an earlier
/// process has sent.
///
/// @par Thread safety
/// Every member function may be called from any thread and from any hook; nothing may be called during or after
/// destruction. The outbox has a thread of its own, which waits for the disk, so that the client's loop never does.
///
/// @par Lifetime
/// The outbox goes before its client, which must not be moved meanwhile, and before the executors that its hooks run on.
/// In a fork it does nothing: posts end as not sent, and there are no entries.
class Outbox {
public:
    /// Opens the file, or makes it, and begins to send what waits there. The file is locked until the outbox is closed.
    ///
    /// @par Exceptions
    /// `LcmError` with `Errc::invalid_argument` if the configuration is not acceptable; `boost::system::system_error`
    /// with an `OutboxErrc` if the file is not: `locked`, `newer_file`, `foreign_file`, `network_file_system`,
    /// `read_only`, `disk_full`, `wrong_key`, `io_error`, and `damaged` if it could not even be set aside; what
    /// `OutboxSeal::seal` throws, for a new file; `std::system_error` if the system gives no thread; `std::bad_alloc`.
    /// A damaged file is set aside under another name, which `on_problem` tells, and a new one is made.
    LCM_CLIENT_DECL Outbox(AnyClient& client, OutboxConfig config);
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// `close` without waiting for what is under way.
    LCM_CLIENT_DECL ~Outbox();

    /// Keeps `request`, which changes something on the server and is one of the library's operations.
    ///
    /// @par Completion
    /// The future is ready when the request is on disk, and gives its number. How the request ends is told by `on_ended`.
    /// Two posts with equal content are two entries.
    ///
    /// @par Errors
    /// As `LcmError`: not sent with `invalid_argument`, `message_too_large`, `queue_full` (a limit of the outbox, which
    /// the detail names), `client_closed` (the outbox is closed), `not_stored`; unknown with `not_stored`, if it could not
    /// be written for certain, but may be found in the file after a crash, and leave then. `Error::cause` is an
    /// `OutboxErrc` then.
    ///
    /// @par Exceptions
    /// `std::bad_alloc` without memory; then nothing was posted.
    ///
    /// @par Thread safety
    /// Any thread. Waiting for the future waits for the disk.
    template <Request R> [[nodiscard("the future tells whether the request is on disk")]] std::future<EntryId>
    post(const R& request, PostOptions options = {}) {
        std::promise<EntryId> promise;
        auto future = promise.get_future();
        submit(request, options, [promise = std::move(promise)](detail::OutboxPost::Told told) mutable {
            if (const EntryId* const id = std::get_if<EntryId>(&told)) promise.set_value(*id);
            else promise.set_exception(detail::to_exception(std::get<Error>(std::move(told))));
        });
        return future;
    }

    /// The same with a completion token: `void(Result<EntryId>)`, on the handler's associated executor, or else on the
    /// client's; never inside this call.
    template <Request R, class Token> auto async_post(const R& request, PostOptions options, Token&& token) {
        return boost::asio::async_initiate<Token, void(Result<EntryId>)>(
            []<class Handler>(Handler handler, Outbox& self, const R& posted, PostOptions chosen) {
                const auto executor = boost::asio::get_associated_executor(handler, self.client_.get_executor());
                auto call = std::make_shared<detail::PostCall<Handler>>(std::move(handler));
                auto work = boost::asio::make_work_guard(executor);
                self.submit(posted, chosen,
                            [call = std::move(call), work = std::move(work),
                             clients = self.client_.get_executor()](detail::OutboxPost::Told told) mutable {
                                call->deliver(work.get_executor(), clients, std::move(told));
                            });
            },
            token, *this, request, options);
    }

    /// The application, or a person, has decided that an unknown entry is sent again, once: it may be acted on twice. One that
    /// has expired meanwhile ends as unknown instead.
    /// The future says whether it was unknown. Any thread; do not wait in a hook that the outbox itself waits for.
    LCM_CLIENT_DECL std::future<bool> resend(EntryId id);

    /// The application, or a person, has decided that an entry ends that waits or is unknown: `on_ended` tells it, as not
    /// sent if no byte of it has ever left, and else as unknown. The future says whether there was one, and it was not
    /// under way. Any thread.
    LCM_CLIENT_DECL std::future<bool> drop(EntryId id);

    /// All entries that have not ended, the oldest first. Any thread.
    [[nodiscard]] LCM_CLIENT_DECL std::future<std::vector<OutboxEntry>> entries();

    /// The counters. Who has been told how a post or an entry has ended finds it counted. Any thread.
    [[nodiscard]] LCM_CLIENT_DECL OutboxStats stats() const;

    /// Takes no more posts, hands nothing more over, waits at most `wait` for what is under way, and lets go of the file.
    /// Entries that wait stay in it, and what is still under way is unknown at the next start. On a thread that runs the
    /// client it does not wait for what is under way. When it has returned, no hook is called. Again does nothing. Throws
    /// `std::bad_alloc` without memory, and can be called again then.
    LCM_CLIENT_DECL void close(std::chrono::milliseconds wait = std::chrono::seconds(2));

private:
    template <Request R> void submit(const R& request, const PostOptions& options, detail::OutboxPost::Done done) {
        static_assert(detail::is_kept<R>(), "an outbox keeps the library's operations that change something: it sends "
                                            "them when only their names are left");
        const auto engine = detail::EngineAccess::of(client_);
        auto problem = detail::prepare(request, engine->config(), engine->pool()).problem;
        if (!problem) problem = find_problem(options);
        if (problem) {
            problem->operation = R::operation.subtopic;
            problem->callid = callid_of(request);
            problem->tag = options.tag;
            return done(std::move(*problem));
        }
        engine_->post(detail::make_post(request, options.tag, options.expires_in.value_or(config_.limits.age),
                                        config_.marks_do_not_call, std::move(done)));
    }

    [[nodiscard]] LCM_CLIENT_DECL std::unique_ptr<Error> find_problem(const PostOptions& options) const;

    AnyClient& client_;
    const OutboxConfig config_;
    const detail::HomeProcess home_;
    std::unique_ptr<detail::IoThread> thread_;
    std::shared_ptr<detail::OutboxEngine> engine_;
    std::mutex closing_;
};

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/outbox/impl/outbox.ipp>
#endif

#endif
