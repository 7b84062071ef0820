// SPDX-License-Identifier: BSL-1.0
// One connection of a client, from the factory to its end: brings what its transport reports to the client's strand.
#ifndef LCM_CLIENT_CLIENT_LINK_HPP
#define LCM_CLIENT_CLIENT_LINK_HPP

#include <lcm_client/client/strand.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/session/reconnector.hpp>
#include <lcm_client/transport.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::detail {

/// Why a link ended, for the requests and for the next attempt.
struct LinkFailure {
    Error error;
    LinkFault fault{};
    bool message_too_large = false;        ///< that is why: the server sent one over the limit
    Sensitive<std::string> message_head{}; ///< how it began, as far as that is known
};

/// Belongs to the strand. Tells its owner of each thing that happens, on the strand, until `close()`: whatever an old
/// transport still reports after that reaches nobody.
template <Transport T, class Owner> class Link : public std::enable_shared_from_this<Link<T, Owner>> {
public:
    Link(std::weak_ptr<Owner> owner, Strand strand)
        : first_owner_(owner), owner_(std::move(owner)), strand_(std::move(strand)) {}
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link() { close_at_once(); }

    /// Makes the transport and opens it. Returns why that cannot even begin.
    [[nodiscard]] std::optional<LinkFailure> open(const TransportFactory<T>& factory, std::size_t max_inbound_message) {
        try {
            transport_ = factory(strand_.executor(), max_inbound_message);
        } catch (...) { // and not its text, which can hold a secret
            return cannot_begin("the factory threw an exception", true);
        }
        if (!transport_) return cannot_begin("the factory made no transport", true);
        if (owner_.expired()) { // closed by the factory
            close_at_once();
            return std::nullopt;
        }
        try {
            watch_peer();
            begin_to_open();
        } catch (...) {
            return cannot_begin("the transport threw an exception", false);
        }
        return std::nullopt;
    }

    [[nodiscard]] bool is_open() const noexcept { return is_open_; }
    /// Whether a batch may be sent now.
    [[nodiscard]] bool is_idle() const noexcept { return is_open_ && !is_writing_; }

    void send(Batch batch) {
        is_writing_ = true;
        transport_->async_send(std::move(batch), on_strand([](Link& link, Owner& owner, error_code ec) {
                                   link.is_writing_ = false;
                                   if (ec) owner.on_link_lost(link.describe_loss(ec));
                                   else owner.on_link_written();
                               }));
    }

    /// Whether the transport can confirm that what has been written has arrived.
    static constexpr bool confirms_delivery = ConfirmsDelivery<T>;

    /// Asks for that confirmation, unless it has been asked for.
    void confirm() {
        if constexpr (ConfirmsDelivery<T>) {
            transport_->async_confirm(on_strand([](Link& link, Owner& owner, error_code ec) {
                link.is_confirming_ = false;
                if (!ec) owner.on_link_confirmed();
            }));
            is_confirming_ = true;
        }
    }
    [[nodiscard]] bool is_confirming() const noexcept { return is_confirming_; }

    /// Waits for the next message.
    void receive() {
        transport_->async_receive([weak = this->weak_from_this()](error_code ec, std::string_view text) {
            const auto link = weak.lock();
            if (!link) return;
            if (link->strand_.running_in_this_thread()) return link->on_received(ec, text, link->has_message());
            // The text is valid during this handler only.
            link->post([&] { return [link, ec, copy = std::string(text)] { link->on_received(ec, copy, false); }; });
        });
    }

    /// Whether the transport tells when the peer has given a sign of life that was awaited.
    static constexpr bool tells_signs_of_life = WatchesPeer<T>;

    /// Asks the peer for a sign of life, if the transport can.
    [[nodiscard]] bool probe() {
        if constexpr (ProbesPeer<T>) {
            transport_->probe();
            return true;
        }
        return false;
    }

    /// Ends the connection. The owner hears no more of it.
    void close() {
        is_open_ = false;
        if (transport_) transport_->close(); // which may still ask what is outstanding
        let_go();
    }

    /// Ends the connection so that nothing is delivered later, if the transport can. The owner hears no more of it.
    void give_up() {
        is_open_ = false;
        if (transport_) abort_or_close();
        let_go();
    }

    /// Ends the connection when nothing will run on the strand any more.
    void close_at_once() {
        is_open_ = false;
        if (transport_) transport_->close();
        owner_.reset();
        transport_.reset();
    }

private:
    void abort_or_close() noexcept {
        if constexpr (AbortsConnection<T>) transport_->abort();
        else transport_->close();
    }

    void let_go() {
        owner_.reset();
        if (!transport_) return;
        // Not destroyed here: this may be a step that the transport itself has called. Without memory for that, it goes
        // with the last operation that knows this link.
        try {
            strand_.post([link = this->shared_from_this()] { link->transport_.reset(); });
        } catch (const std::bad_alloc&) {}
    }

    void watch_peer() {
        if constexpr (WatchesPeer<T>)
            transport_->watch({.outstanding =
                                   [weak = this->weak_from_this()](std::chrono::milliseconds usual) {
                                       const auto link = weak.lock();
                                       const auto owner = link ? link->owner_.lock() : nullptr;
                                       return owner ? owner->outstanding(usual) : Outstanding();
                                   },
                               .tell =
                                   [weak = this->weak_from_this()](bool is_alive) {
                                       const auto link = weak.lock();
                                       if (!link) return;
                                       link->on_strand_now([is_alive](Owner& owner) { owner.on_peer(is_alive); });
                                   }});
    }

    // Runs `step` with the owner on the strand, and not once the link is closed or the client gone.
    template <class Step> void on_strand_now(Step step) {
        const auto run = [link = this->shared_from_this(), step] {
            if (const auto owner = link->owner_.lock()) step(*owner);
        };
        if (strand_.running_in_this_thread()) run();
        else post([&] { return run; });
    }

    // A handler for the transport that runs on the strand, and does nothing once the link is closed or the client gone.
    template <class Step> auto on_strand(Step step) {
        return [weak = this->weak_from_this(), step](error_code ec) {
            const auto link = weak.lock();
            if (!link) return;
            const auto run = [link, step, ec] {
                if (const auto owner = link->owner_.lock()) step(*link, *owner, ec);
            };
            if (link->strand_.running_in_this_thread()) run();
            else link->post([&] { return run; });
        };
    }

    // Any thread: brings to the strand what `make_step` makes. Without memory for it, the client has to give up the
    // link.
    template <class Make> void post(Make make_step) noexcept {
        try {
            strand_.post(make_step());
        } catch (...) {
            if (const auto owner = first_owner_.lock()) owner->give_up_link();
        }
    }

    // Whether another message is here already, as far as the transport can tell.
    [[nodiscard]] bool has_message() const noexcept {
        if constexpr (KnowsBacklog<T>) return transport_ && transport_->has_message();
        else return false;
    }

    void on_received(error_code ec, std::string_view text, bool more) {
        const auto owner = owner_.lock();
        if (!owner) return;
        if (ec) owner->on_link_lost(describe_loss(ec));
        else owner->on_link_message(text, more);
    }

    static LinkFailure cannot_begin(const char* why, bool is_permanent) {
        return {{.code = Errc::connect_failed, .detail = why}, {.is_permanent = is_permanent}};
    }

    void begin_to_open() {
        transport_->async_open(on_strand([](Link& link, Owner& owner, error_code ec) {
            if (ec) return owner.on_link_lost(link.describe_failed_attempt(ec));
            link.is_open_ = true;
            owner.on_link_open();
        }));
    }

    LinkFailure describe_failed_attempt(error_code ec) const {
        return describe(ec, Errc::resolve_failed, Errc::unauthorized, Errc::connect_failed);
    }

    LinkFailure describe_loss(error_code ec) const {
        return describe(ec, Errc::connection_lost, Errc::idle_timeout, Errc::connection_lost);
    }

    // A transport may use the codes from `first` to `last`. Any other is a cause: a lost link must not be reported as a
    // time-out or a cancellation, whatever the transport calls it.
    LinkFailure describe(error_code ec, Errc first, Errc last, Errc otherwise) const {
        const auto code = static_cast<Errc>(ec.value());
        const bool known = ec.category() == lcm_category() && code >= first && code <= last;
        LinkFailure failure{{.code = known ? code : otherwise}};
        if (!known) failure.error.cause = ec;
        explain(failure);
        if (failure.error.code == Errc::unauthorized) failure.fault.is_permanent = true;
        return failure;
    }

    void explain(LinkFailure& failure) const try {
        if constexpr (ExplainsFailure<T>) {
            TransportFailure explained = transport_->last_failure();
            failure.error.detail = std::move(explained.detail);
            if (explained.cause) failure.error.cause = explained.cause;
            failure.fault = {explained.is_permanent, explained.retry_after};
            failure.message_too_large = explained.message_too_large;
            failure.message_head = std::move(explained.message_head);
        }
    } catch (...) { // then the code has to do
    }

    const std::weak_ptr<Owner> first_owner_; // for any thread
    std::weak_ptr<Owner> owner_;             // empty once closed
    Strand strand_;
    std::unique_ptr<T> transport_;
    bool is_open_ = false;
    bool is_writing_ = false;
    bool is_confirming_ = false;
};

} // namespace lcm::detail

#endif
