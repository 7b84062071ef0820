// SPDX-License-Identifier: BSL-1.0
// One connection of a client: the bodies.
#ifndef LCM_CLIENT_CLIENT_IMPL_LINK_IPP
#define LCM_CLIENT_CLIENT_IMPL_LINK_IPP

#include <lcm_client/client/link.hpp>

#include <new>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// Runs `step` on the strand, now if this is the strand, and not once the link is closed or the client gone. The caller
// holds the link.
template <class Step> void Link::run_on_strand(Step step) {
    if (!strand_.running_in_this_thread())
        return post([&] {
            return [link = shared_from_this(), step] {
                if (const Listener listener = link->listener_.lock()) step(*link, *listener);
            };
        });
    if (const Listener listener = listener_.lock()) step(*this, *listener);
}

// A handler for the transport that runs `step` in the same way.
template <class Step> auto Link::on_strand(Step step) {
    return [weak = weak_from_this(), step](error_code ec) {
        const auto link = weak.lock();
        if (!link) return;
        link->run_on_strand([step, ec](Link& self, LinkListener& listener) { step(self, listener, ec); });
    };
}

// Any thread: brings to the strand what `make_step` makes. Without memory for it, the client has to give up the link.
template <class Make> void Link::post(Make make_step) noexcept {
    try {
        strand_.post(make_step());
    } catch (...) {
        if (const Listener listener = first_listener_.lock()) listener->on_lost_operation(this);
    }
}

LCM_CLIENT_DECL Link::Link(const std::weak_ptr<LinkListener>& listener, Strand strand)
    : first_listener_(listener), listener_(listener), strand_(std::move(strand)) {}

LCM_CLIENT_DECL Link::~Link() { close_at_once(); }

// --- its life --------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL std::optional<LinkFailure> Link::open(const AnyTransportFactory& factory,
                                                      std::size_t max_inbound_message, bool is_on_demand) {
    const auto cannot_begin = [](const char* why, bool is_permanent) {
        return LinkFailure{{.code = Errc::connect_failed, .detail = why}, {.is_permanent = is_permanent}};
    };
    try {
        transport_ = factory.make(strand_.executor(), max_inbound_message);
    } catch (...) { // and not its text, which can hold a secret
        return cannot_begin("the factory threw an exception", true);
    }
    if (!transport_) return cannot_begin("the factory made no transport", true);
    if (listener_.expired()) { // closed by the factory
        close_at_once();
        return std::nullopt;
    }
    try {
        if (factory.abilities.tells_signs_of_life) watch_peer();
        if (is_on_demand) transport_->on_demand();
        begin_to_open();
    } catch (...) {
        return cannot_begin("the transport threw an exception", false);
    }
    return std::nullopt;
}

LCM_CLIENT_DECL void Link::begin_to_open() {
    transport_->async_open(on_strand([](Link& link, LinkListener& listener, error_code ec) {
        if (ec) return listener.on_link_lost(link.describe_failed_attempt(ec));
        link.is_open_ = true;
        listener.on_link_open();
    }));
}

LCM_CLIENT_DECL std::string Link::server() const noexcept {
    try {
        return transport_ ? transport_->server() : std::string();
    } catch (...) { // then the state has to do
        return {};
    }
}

LCM_CLIENT_DECL bool Link::has_better_server() const noexcept {
    try {
        return is_open_ && transport_ && transport_->has_better_server();
    } catch (...) { // then this one is good enough
        return false;
    }
}

LCM_CLIENT_DECL void Link::watch_peer() {
    PeerWatch watch;
    watch.outstanding = [weak = weak_from_this()](std::chrono::milliseconds usual) {
        const auto link = weak.lock();
        const auto listener = link ? link->listener_.lock() : nullptr;
        return listener ? listener->outstanding(usual) : Outstanding();
    };
    watch.tell = [weak = weak_from_this()](bool is_alive) {
        if (const auto link = weak.lock())
            link->run_on_strand([is_alive](Link&, LinkListener& listener) { listener.on_peer(is_alive); });
    };
    transport_->watch(std::move(watch));
}

LCM_CLIENT_DECL void Link::close() {
    is_open_ = false;
    if (transport_) transport_->close(); // which may still ask what is outstanding
    let_go();
}

LCM_CLIENT_DECL void Link::give_up() {
    is_open_ = false;
    if (transport_) transport_->abort();
    let_go();
}

LCM_CLIENT_DECL void Link::close_at_once() {
    is_open_ = false;
    if (transport_) transport_->close();
    listener_.reset();
    transport_.reset();
}

// The transport is not destroyed here: this may be a step that it has called itself. When the executor takes no other
// step, it goes with the last operation that knows this link, as a transport must expect.
LCM_CLIENT_DECL void Link::let_go() {
    listener_.reset();
    if (!transport_) return;
    try {
        strand_.post([link = shared_from_this()] { link->transport_.reset(); });
    } catch (...) { // of the executor
    }
}

// --- what goes over it -----------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void Link::send(Batch&& batch) {
    transport_->async_send(std::move(batch), on_strand([](Link& link, LinkListener& listener, error_code ec) {
                               if (ec) listener.on_link_lost(link.describe_loss(ec));
                               else listener.on_link_written();
                           }));
}

LCM_CLIENT_DECL void Link::confirm() {
    transport_->async_confirm(on_strand([](Link& link, LinkListener& listener, error_code ec) {
        link.is_confirming_ = false;
        if (!ec) listener.on_link_confirmed();
    }));
    is_confirming_ = true;
}

LCM_CLIENT_DECL void Link::receive() {
    transport_->async_receive([weak = weak_from_this()](error_code ec, std::string_view text) {
        const auto link = weak.lock();
        if (!link) return;
        if (link->strand_.running_in_this_thread()) return link->on_received(ec, text, link->has_message());
        // The text is valid during this handler only.
        link->post([&] { return [link, ec, copy = std::string(text)] { link->on_received(ec, copy, false); }; });
    });
}

LCM_CLIENT_DECL void Link::on_received(error_code ec, std::string_view text, bool more) {
    const Listener listener = listener_.lock();
    if (!listener) return;
    if (ec) listener->on_link_lost(describe_loss(ec));
    else listener->on_link_message(text, more);
}

// --- what its errors mean --------------------------------------------------------------------------------------------

LCM_CLIENT_DECL LinkFailure Link::describe_failed_attempt(error_code ec) const {
    return describe(ec, Errc::resolve_failed, Errc::unauthorized, Errc::connect_failed);
}

LCM_CLIENT_DECL LinkFailure Link::describe_loss(error_code ec) const {
    return describe(ec, Errc::connection_lost, Errc::idle_timeout, Errc::connection_lost);
}

// A transport may use the codes from `first` to `last`. Any other is a cause: a lost link must not be reported as a
// time-out or a cancellation, whatever the transport calls it.
LCM_CLIENT_DECL LinkFailure Link::describe(error_code ec, Errc first, Errc last, Errc otherwise) const {
    const auto code = static_cast<Errc>(ec.value());
    const bool is_known = ec.category() == lcm_category() && code >= first && code <= last;
    LinkFailure failure{{.code = is_known ? code : otherwise}};
    if (!is_known) failure.error.cause = ec;
    explain(failure);
    if (failure.error.code == Errc::unauthorized && !failure.fault.is_permanent) {
        failure.fault.is_permanent = true;
        failure.fault.block = BlockReason::credentials;
    }
    return failure;
}

LCM_CLIENT_DECL void Link::explain(LinkFailure& failure) const noexcept {
    try {
        TransportFailure explained = transport_->last_failure();
        failure.error.detail = std::move(explained.detail);
        if (explained.cause) failure.error.cause = explained.cause;
        failure.fault = {explained.is_permanent, explained.retry_after, explained.block, explained.moves_on};
        failure.message_too_large = explained.message_too_large;
        failure.message_head = std::move(explained.message_head);
    } catch (...) { // then the code has to do
    }
}

} // namespace lcm::detail

#endif
