// SPDX-License-Identifier: BSL-1.0
// The outbox: the bodies.
#ifndef LCM_CLIENT_OUTBOX_IMPL_OUTBOX_IPP
#define LCM_CLIENT_OUTBOX_IMPL_OUTBOX_IPP

#include <lcm_client/outbox.hpp>

#include <lcm_client/impl/any_clock.hpp>

#include <new>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

inline void ensure_valid(const OutboxConfig& config) {
    if (config.file.empty()) throw_invalid("file: must not be empty");
    const bool seals = static_cast<bool>(config.seal.seal);
    if (seals != static_cast<bool>(config.seal.open))
        throw_invalid("seal: both functions or none: what one has sealed the other one opens");
    if (!seals && !config.plain_text_on_disk)
        throw_invalid(
            "seal: must be set, or plain_text_on_disk: comments, names and telephone numbers lie in the file");
    if (seals && config.plain_text_on_disk) throw_invalid("plain_text_on_disk: there is a seal");
    const auto positive = [](std::size_t value, const char* name) {
        if (value == 0) throw_invalid(std::string("limits.") + name + ": must be positive");
    };
    positive(config.limits.entries, "entries");
    positive(config.limits.bytes, "bytes");
    positive(config.limits.under_way, "under_way");
    positive(config.limits.backlog_per_second, "backlog_per_second");
    if (config.settle_time < std::chrono::seconds::zero()) throw_invalid("settle_time: must not be negative");
    if (config.limits.age < std::chrono::hours(1) || config.limits.age > std::chrono::hours(24 * 365))
        throw_invalid("limits.age: must be from one hour to one year (8760 h)");
}

[[nodiscard]] inline OutboxConfig checked(OutboxConfig config) {
    ensure_valid(config);
    return config;
}

} // namespace detail

LCM_CLIENT_DECL Outbox::Outbox(AnyClient& client, OutboxConfig config)
    : client_(client), config_(detail::checked(std::move(config))), thread_(std::make_unique<detail::IoThread>()),
      engine_(std::make_shared<detail::OutboxEngine>(client, config_,
                                                     std::make_unique<detail::ClockAdapter<SteadyClock>>(SteadyClock()),
                                                     thread_->get_executor())) {
    thread_->start([] {}); // what Asio has no memory for is the timer alone, and the turns after its time set it anew
    engine_->start();
}

LCM_CLIENT_DECL Outbox::~Outbox() {
    if (home_.is_elsewhere()) { // its thread is not here, and the file is the parent's
        static_cast<void>(thread_.release());
        static_cast<void>(new (std::nothrow) std::shared_ptr<detail::OutboxEngine>(std::move(engine_)));
        return;
    }
    try {
        close(std::chrono::milliseconds(0));
    } catch (const std::bad_alloc&) { // then what is not written yet is not stored, which is told
        thread_->stopper()();
        thread_.reset();
        engine_->give_up();
    }
}

LCM_CLIENT_DECL void Outbox::close(std::chrono::milliseconds wait) {
    if (home_.is_elsewhere()) return;
    const std::lock_guard lock(closing_);
    const auto then = [](const std::shared_ptr<std::promise<void>>& promise) {
        return [promise] { promise->set_value(); };
    };
    const auto drained = std::make_shared<std::promise<void>>();
    const auto finished = std::make_shared<std::promise<void>>();
    engine_->drain(then(drained));
    if (!detail::EngineAccess::of(client_)->is_in_loop()) drained->get_future().wait_for(wait);
    engine_->finish(then(finished));
    finished->get_future().wait();
    thread_->stopper()();
}

namespace detail {

// What `ask` tells its handler. In a fork nobody would: its engine's thread is not there.
template <class Answer, class Ask> [[nodiscard]] std::future<Answer> answer_of(const HomeProcess& home, Ask ask) {
    std::promise<Answer> promise;
    auto future = promise.get_future();
    if (home.is_elsewhere()) promise.set_value({});
    else ask([promise = std::move(promise)](Answer answer) mutable { promise.set_value(std::move(answer)); });
    return future;
}

} // namespace detail

LCM_CLIENT_DECL std::future<bool> Outbox::resend(EntryId id) {
    return detail::answer_of<bool>(home_, [&](Handler<void(bool)> done) { engine_->resend(id, std::move(done)); });
}

LCM_CLIENT_DECL std::future<bool> Outbox::drop(EntryId id) {
    return detail::answer_of<bool>(home_, [&](Handler<void(bool)> done) { engine_->drop(id, std::move(done)); });
}

LCM_CLIENT_DECL std::future<std::vector<OutboxEntry>> Outbox::entries() {
    using Entries = std::vector<OutboxEntry>;
    return detail::answer_of<Entries>(home_, [&](Handler<void(Entries)> done) { engine_->list(std::move(done)); });
}

LCM_CLIENT_DECL OutboxStats Outbox::stats() const { return home_.is_elsewhere() ? OutboxStats() : engine_->stats(); }

LCM_CLIENT_DECL std::unique_ptr<Error> Outbox::find_problem(const PostOptions& options) const {
    if (home_.is_elsewhere())
        return std::make_unique<Error>(
            Error{.code = Errc::client_closed,
                  .detail = "the outbox belongs to the process that made it, and this is a fork of that"});
    if (!options.expires_in) return nullptr;
    if (*options.expires_in >= std::chrono::seconds(1) && *options.expires_in <= config_.limits.age) return nullptr;
    return detail::invalid_argument("expires_in: must be from 1 s to limits.age");
}

} // namespace lcm

#endif
