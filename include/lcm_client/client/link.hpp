// SPDX-License-Identifier: BSL-1.0
// One connection of a client, from the factory to its end: brings what its transport reports to the client's strand.
#ifndef LCM_CLIENT_CLIENT_LINK_HPP
#define LCM_CLIENT_CLIENT_LINK_HPP

#include <lcm_client/client/any_transport.hpp>
#include <lcm_client/client/strand.hpp>
#include <lcm_client/errc.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/session/link_failure.hpp>
#include <lcm_client/transport.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

class Link;

/// Who is told what happens to a link; on the strand, unless it is said otherwise. Nothing is told of a link that was
/// closed, but for operations that are lost.
class LinkListener {
public:
    LinkListener() = default;
    LinkListener(const LinkListener&) = delete;
    LinkListener& operator=(const LinkListener&) = delete;

    virtual void on_link_open() = 0;
    /// A message has come; the text is valid during the call. `more` says that another one follows at once.
    virtual void on_link_message(std::string_view text, bool more) = 0;
    /// The batch has been written.
    virtual void on_link_written() = 0;
    /// What was written before `Link::confirm` has arrived.
    virtual void on_link_confirmed() = 0;
    /// The transport has ended by itself, or could not open.
    virtual void on_link_lost(LinkFailure failure) = 0;
    /// The peer has given a sign of life that was awaited, or has failed to.
    virtual void on_peer(bool is_alive) = 0;
    /// What the peer still owes, as in `PeerWatch::outstanding`.
    [[nodiscard]] virtual Outstanding outstanding(std::chrono::milliseconds usual) const = 0;
    /// Any thread: the executor has not taken a step of this link, which can no longer be relied on. The pointer only
    /// says which link it was.
    virtual void on_lost_operation(const Link* link) noexcept = 0;

protected:
    ~LinkListener() = default;
};

/// Belongs to the strand. Tells its listener of each thing that happens until `close()` or `give_up()`: whatever an old
/// transport still reports after that reaches nobody.
class Link : public std::enable_shared_from_this<Link> {
public:
    LCM_CLIENT_DECL Link(const std::weak_ptr<LinkListener>& listener, Strand strand);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    LCM_CLIENT_DECL ~Link();

    /// Makes the transport and opens it. Returns why that cannot even begin.
    [[nodiscard]] LCM_CLIENT_DECL std::optional<LinkFailure> open(const AnyTransportFactory& factory,
                                                                  std::size_t max_inbound_message, bool is_on_demand);
    /// Which server it goes to; empty if the transport does not say, or has failed to.
    [[nodiscard]] LCM_CLIENT_DECL std::string server() const noexcept;
    /// Whether it is open, and the transport knows a better server than this one.
    [[nodiscard]] LCM_CLIENT_DECL bool has_better_server() const noexcept;
    [[nodiscard]] bool is_open() const noexcept { return is_open_; }

    /// One batch at a time.
    LCM_CLIENT_DECL void send(Batch&& batch);
    /// Asks whether what has been written has arrived; once at a time.
    LCM_CLIENT_DECL void confirm();
    [[nodiscard]] bool is_confirming() const noexcept { return is_confirming_; }
    /// Waits for the next message; one at a time.
    LCM_CLIENT_DECL void receive();
    /// Asks the peer for a sign of life.
    void probe() { transport_->probe(); }

    /// Ends the connection. The listener hears no more of it.
    LCM_CLIENT_DECL void close();
    /// Ends the connection so that nothing is delivered later, if the transport can. The listener hears no more of it.
    LCM_CLIENT_DECL void give_up();
    /// Ends the connection when nothing will run on the strand any more.
    LCM_CLIENT_DECL void close_at_once();

private:
    using Listener = std::shared_ptr<LinkListener>;

    LCM_CLIENT_DECL void watch_peer();
    LCM_CLIENT_DECL void begin_to_open();
    LCM_CLIENT_DECL void on_received(error_code ec, std::string_view text, bool more);
    LCM_CLIENT_DECL void let_go();
    template <class Step> void run_on_strand(Step step);
    template <class Step> auto on_strand(Step step);
    template <class Make> void post(Make make_step) noexcept;
    [[nodiscard]] bool has_message() const noexcept { return transport_ && transport_->has_message(); }

    [[nodiscard]] LCM_CLIENT_DECL LinkFailure describe_failed_attempt(error_code ec) const;
    [[nodiscard]] LCM_CLIENT_DECL LinkFailure describe_loss(error_code ec) const;
    [[nodiscard]] LCM_CLIENT_DECL LinkFailure describe(error_code ec, Errc first, Errc last, Errc otherwise) const;
    LCM_CLIENT_DECL void explain(LinkFailure& failure) const noexcept;

    const std::weak_ptr<LinkListener> first_listener_; // for any thread
    std::weak_ptr<LinkListener> listener_;             // empty once closed
    Strand strand_;
    std::unique_ptr<AnyTransport> transport_;
    bool is_open_ = false;
    bool is_confirming_ = false;
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/client/impl/link.ipp>
#endif

#endif
