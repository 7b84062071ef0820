// SPDX-License-Identifier: BSL-1.0
// Internal: gets a TCP connection to one of several addresses. `AddressRace` decides, and this carries out.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_CONNECTOR_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_CONNECTOR_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/websocket/impl/addresses/address_race.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Used on the executor only. Owned by who uses it and by its own pending operations; the handler must not own it.
class Connector : public std::enable_shared_from_this<Connector> {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using Done = Handler<void(error_code, Socket)>;

    /// In order of preference.
    LCM_CLIENT_DECL Connector(const boost::asio::any_io_executor& executor, const std::vector<Endpoint>& addresses);

    /// Dials the addresses that are left. `done` gets the socket of the first one that connects, or the error that says
    /// most of why there is none; it may be called before this returns. One call at a time.
    LCM_CLIENT_DECL void connect(Done done);

    /// Closes what is under way, and lets go of the handler without calling it.
    LCM_CLIENT_DECL void stop() noexcept;

    /// The address that has connected was of no use, see `AddressRace`. `connect()` goes on with the others.
    void give_up_winner(error_code why, std::string words) { race_.give_up_winner(why, std::move(words)); }
    /// Whether there is another address to go on with.
    [[nodiscard]] bool has_left() const noexcept { return race_.has_left(); }
    /// The address that has connected, or null.
    [[nodiscard]] const Endpoint* winner() const noexcept {
        return race_.winner() ? &race_.address(*race_.winner()) : nullptr;
    }
    [[nodiscard]] std::size_t size() const noexcept { return race_.size(); }
    /// What became of each address so far.
    [[nodiscard]] LCM_CLIENT_DECL std::string describe() const;

private:
    LCM_CLIENT_DECL void go_on();
    LCM_CLIENT_DECL void dial(std::size_t index);
    LCM_CLIENT_DECL void wait(AddressRace::TimePoint next);
    LCM_CLIENT_DECL void on_connect(std::size_t index, error_code ec);
    LCM_CLIENT_DECL void finish(error_code ec, Socket socket);

    boost::asio::any_io_executor executor_;
    AddressRace race_;
    std::vector<Socket> sockets_; // of each address
    boost::asio::steady_timer timer_;
    Done done_;          // while the race is on
    unsigned round_ = 0; // of the race; what ends of an earlier one is of no account
};

} // namespace lcm::detail

#endif
