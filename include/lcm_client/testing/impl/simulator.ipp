// SPDX-License-Identifier: BSL-1.0
// The simulator: its thread, its listening socket, its certificates.
#ifndef LCM_CLIENT_TESTING_IMPL_SIMULATOR_IPP
#define LCM_CLIENT_TESTING_IMPL_SIMULATOR_IPP

#include <lcm_client/errc.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/testing/fault_plan.hpp>
#include <lcm_client/testing/faults.hpp>
#include <lcm_client/testing/impl/simulated_server.ipp>
#include <lcm_client/testing/impl/simulator_connection.hpp>
#include <lcm_client/testing/impl/simulator_state.hpp>
#include <lcm_client/testing/simulator.hpp>
#include <lcm_client/websocket/impl/addresses/own_socket.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_mode.hpp>
#include <boost/asio/steady_timer.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

namespace detail {

inline void check_fault(Fault fault, bool tls) {
    if (!info(fault).needs_tls || tls) return;
    throw std::invalid_argument("fault " + std::string(info(fault).name) + ": needs SimulatorOptions::tls");
}

// A name that no request has would be a fault that never comes.
LCM_CLIENT_DECL void check_scope(const FaultScope& scope) {
    bool is_known = scope.operation.empty();
    OperationGroups::for_each([&]<class Group>() {
        Group::Operations::for_each([&]<class R>() {
            if (lcm::detail::same_name(R::operation.subtopic, scope.operation)) is_known = true;
        });
    });
    if (!is_known) throw std::invalid_argument("fault_scope.operation: there is no operation " + scope.operation);
}

/// What the server shows under `fault`; `authority` is the one that clients know.
LCM_CLIENT_DECL Identity make_identity(Fault fault, const CertificateAuthority& authority) {
    using std::chrono::hours;
    switch (fault) {
    case Fault::wrong_host: return authority.issue({.names = {"another-host.example"}});
    case Fault::expired: return authority.issue({.not_before = hours(-48), .not_after = hours(-24)});
    case Fault::not_yet_valid: return authority.issue({.not_before = hours(24), .not_after = hours(48)});
    case Fault::unknown_authority: return CertificateAuthority().issue();
    case Fault::self_signed: return make_self_signed();
    case Fault::no_address: return authority.issue({.names = {"localhost"}});
    default: return authority.issue();
    }
}

// Here and not when the first client comes: the simulator's thread has nobody to tell.
LCM_CLIENT_DECL void check_client_authority(const SimulatorOptions& options) {
    if (options.client_authority_pem.empty()) return;
    if (!options.tls) throw std::invalid_argument("client_authority_pem: needs SimulatorOptions::tls");
    boost::asio::ssl::context tls(boost::asio::ssl::context::tls_server);
    error_code ec;
    tls.add_certificate_authority(boost::asio::buffer(options.client_authority_pem), ec);
    if (ec) throw std::invalid_argument("client_authority_pem: must be certificates in PEM; " + ec.message());
}

/// Demands a certificate of the client that one of `issuers` (PEM) has signed.
LCM_CLIENT_DECL void demand_client_certificate(boost::asio::ssl::context& tls, const std::string& issuers) {
    tls.set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
    if (!issuers.empty()) tls.add_certificate_authority(boost::asio::buffer(issuers));
}

/// `client_issuers` is empty if clients need no certificate.
LCM_CLIENT_DECL boost::asio::ssl::context make_tls(Fault fault, const Identity& identity,
                                                   const std::string& client_issuers) {
    using boost::asio::ssl::context;
    context tls(context::tls_server);
    SSL_CTX* const native = tls.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    if (fault == Fault::old_tls) {
        SSL_CTX_set_security_level(native, 0); // else OpenSSL 3 would offer nothing
        SSL_CTX_set_min_proto_version(native, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(native, TLS1_1_VERSION);
    }
    // Without a name for its sessions, OpenSSL refuses to resume one in which it wanted a client's certificate.
    static constexpr unsigned char name[] = {'l', 'c', 'm'};
    SSL_CTX_set_session_id_context(native, name, sizeof name);
    if (fault == Fault::client_certificate || !client_issuers.empty()) demand_client_certificate(tls, client_issuers);
    tls.use_certificate_chain(boost::asio::buffer(identity.certificate_pem));
    tls.use_private_key(boost::asio::buffer(identity.key_pem), context::pem);
    return tls;
}

} // namespace detail

class Simulator::Impl {
public:
    explicit Impl(SimulatorOptions options) : state(std::move(options)) {
        detail::check_fault(state.options.fault, state.options.tls);
        detail::check_scope(state.options.fault_scope);
        detail::check_client_authority(state.options);
        if (state.options.store.nodes == 0) throw std::invalid_argument("store.nodes: must not be 0");
        listen();
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }

    // Stopping leaves operations pending; they go with the loop, which is destroyed after all that they use.
    ~Impl() {
        io_.stop();
        thread_.join();
        state.held_requests.clear(); // their timers belong to the loop, which goes before the state
    }

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    /// Runs `action` for each connection, on the simulator's thread.
    template <class Action> void for_each_connection(Action action) {
        boost::asio::post(io_, [this, action = std::move(action)] {
            const detail::SimulatorConnections now = connections_; // an action can end its connection
            for (const auto& connection : now) action(*connection);
        });
    }

    void release_requests() {
        boost::asio::post(io_, [this] {
            for (const auto& timer : state.held_requests) timer->cancel(); // each is acted on after this
        });
    }

    detail::SimulatorState state;
    const CertificateAuthority authority{};
    std::uint16_t port = 0;

private:
    using tcp = boost::asio::ip::tcp;

    void listen() {
        const tcp::endpoint loopback(boost::asio::ip::address_v4::loopback(), state.options.port);
        error_code ec;
        lcm::detail::open_own(acceptor_, loopback.protocol(), ec);
        if (!ec) lcm::detail::take_over_port(acceptor_, ec);
        if (!ec) acceptor_.bind(loopback, ec);
        if (!ec) acceptor_.listen(tcp::acceptor::max_listen_connections, ec);
        if (ec)
            throw std::runtime_error("simulator: cannot listen on 127.0.0.1:" + std::to_string(state.options.port) +
                                     ": " + ec.message() + "; give another port, or 0 for any free one");
        port = acceptor_.local_endpoint().port();
    }

    void accept() {
        acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
            if (ec) return accept_later(ec);
            lcm::detail::disinherit(socket, ec); // a child that has it keeps the client waiting, and nothing worse
            start(std::move(socket));
            accept();
        });
    }

    // When the process has no descriptor left, trying again at once would only burn the processor.
    void accept_later(error_code ec) {
        state.write_log("cannot accept connections: " + ec.message());
        retry_.expires_after(std::chrono::milliseconds(100));
        retry_.async_wait([this](error_code) { accept(); });
    }

    void start(tcp::socket socket) {
        boost::asio::ssl::context* const tls = state.options.tls ? &current_tls() : nullptr;
        std::make_shared<detail::SimulatorConnection>(state, connections_, std::move(socket), tls)->start();
    }

    // One context for all connections, so that a client that comes back can resume its TLS session. Another one when a
    // fault of TLS begins or ends: a session from before would hide the certificate.
    boost::asio::ssl::context& current_tls() {
        const Fault now = state.fault;
        const Fault fault = info(now).needs_tls ? now : Fault::none;
        if (tls_ && tls_fault_ == fault) return *tls_;
        tls_ = detail::make_tls(fault, detail::make_identity(fault, authority), state.options.client_authority_pem);
        tls_fault_ = fault;
        return *tls_;
    }

    boost::asio::io_context io_{1};
    std::optional<boost::asio::ssl::context> tls_; // from the first connection on, if there is TLS
    Fault tls_fault_ = Fault::none;                // what it shows
    detail::SimulatorConnections connections_;
    tcp::acceptor acceptor_{io_};
    boost::asio::steady_timer retry_{io_};
    std::thread thread_;
};

LCM_CLIENT_DECL Simulator::Simulator(SimulatorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

LCM_CLIENT_DECL Simulator::~Simulator() {
    if (home_.is_elsewhere()) static_cast<void>(impl_.release()); // its thread is not here, so that nothing ends it
}

LCM_CLIENT_DECL std::string Simulator::url() const {
    // The address and not "localhost", which may mean ::1 first, where somebody else may listen.
    return std::string(impl_->state.options.tls ? "wss" : "ws") + "://127.0.0.1:" + std::to_string(port()) + "/";
}

LCM_CLIENT_DECL std::uint16_t Simulator::port() const noexcept { return impl_->port; }

LCM_CLIENT_DECL std::string Simulator::authority_pem() const { return impl_->authority.pem(); }

LCM_CLIENT_DECL void Simulator::write_authority(const std::filesystem::path& path) const {
    std::ofstream file(path, std::ios::trunc);
    file << authority_pem();
    file.close();
    if (file) return;
    const std::u8string name = path.u8string(); // the other text of a path cannot hold every letter on Windows
    throw std::runtime_error("simulator: cannot write " + std::string(name.begin(), name.end()) +
                             "; give a path that can be written");
}

LCM_CLIENT_DECL void Simulator::set_fault(Fault fault, FaultScope scope) {
    detail::check_fault(fault, impl_->state.options.tls);
    detail::check_scope(scope);
    impl_->state.set_fault(fault, std::move(scope));
}

LCM_CLIENT_DECL void Simulator::set_late_by(std::chrono::milliseconds time) { impl_->state.late_by = time; }

LCM_CLIENT_DECL void Simulator::release_answers() {
    impl_->release_requests();
    impl_->for_each_connection([](detail::SimulatorConnection& connection) { connection.release_held(); });
}

LCM_CLIENT_DECL void Simulator::send_to_all(std::string text) {
    impl_->for_each_connection(
        [text = std::move(text)](detail::SimulatorConnection& connection) { connection.send_event(text); });
}

LCM_CLIENT_DECL void Simulator::drop_all() {
    impl_->for_each_connection([](detail::SimulatorConnection& connection) { connection.drop(); });
}

LCM_CLIENT_DECL bool Simulator::wait_for_connections(std::size_t count, std::chrono::milliseconds at_most) const {
    return impl_->state.ledger.wait_for_connections(count, at_most);
}

LCM_CLIENT_DECL std::size_t Simulator::connections() const { return impl_->state.ledger.connections(); }

LCM_CLIENT_DECL std::size_t Simulator::resumed_sessions() const { return impl_->state.ledger.resumed_sessions(); }

LCM_CLIENT_DECL bool Simulator::wait_for_requests(std::size_t count, std::chrono::milliseconds at_most) const {
    return impl_->state.ledger.wait_for_requests(count, at_most);
}

LCM_CLIENT_DECL std::vector<std::string> Simulator::requests() const { return impl_->state.ledger.requests(); }

LCM_CLIENT_DECL std::vector<std::string> Simulator::acted_on() const { return impl_->state.ledger.acted_on(); }

} // namespace lcm::testing

#endif
