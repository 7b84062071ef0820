// SPDX-License-Identifier: BSL-1.0
// The bodies of connector.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_CONNECTOR_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_CONNECTOR_IPP

#include <lcm_client/websocket/impl/addresses/connector.hpp>
#include <lcm_client/websocket/impl/addresses/own_socket.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <new>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL Connector::Connector(const boost::asio::any_io_executor& executor,
                                     const std::vector<Endpoint>& addresses)
    : executor_(executor), race_(addresses), timer_(executor) {
    sockets_.reserve(race_.size());
    for (std::size_t i = 0; i != race_.size(); ++i) sockets_.emplace_back(executor);
}

LCM_CLIENT_DECL void Connector::connect(Done done) {
    done_ = std::move(done);
    go_on();
}

LCM_CLIENT_DECL void Connector::stop() noexcept {
    done_ = nullptr;
    ++round_;
    error_code ignored;
    for (Socket& each : sockets_) each.close(ignored);
    timer_.expires_at((AddressRace::TimePoint::max)()); // cancels the wait
}

LCM_CLIENT_DECL std::string Connector::describe() const { return race_.describe(std::chrono::steady_clock::now()); }

// Without memory the race is over.
LCM_CLIENT_DECL void Connector::go_on() {
    error_code problem;
    try {
        while (const auto next = race_.start_due(std::chrono::steady_clock::now())) dial(*next);
        if (const auto next = race_.next_start()) return wait(*next);
        if (!race_.is_lost()) return;
        problem = race_.error();
    } catch (const std::bad_alloc&) {
        problem = boost::asio::error::no_memory;
    }
    finish(problem, Socket(executor_));
}

LCM_CLIENT_DECL void Connector::dial(std::size_t index) {
    error_code problem;
    Socket& socket = sockets_[index];
    open_own(socket, race_.address(index).protocol(), problem);
    // Asio then need not do so for the connection's beginning, nor the stream for what it tries at once.
    if (!problem) socket.non_blocking(true, problem);
    if (problem) return race_.fail_to_open(index, problem);
    socket.async_connect(race_.address(index), [self = shared_from_this(), index, round = round_](error_code ec) {
        if (round == self->round_) self->on_connect(index, ec);
    });
}

LCM_CLIENT_DECL void Connector::wait(AddressRace::TimePoint next) {
    timer_.expires_at(next);
    timer_.async_wait([self = shared_from_this(), round = round_](error_code ec) {
        if (!ec && round == self->round_) self->go_on();
    });
}

LCM_CLIENT_DECL void Connector::on_connect(std::size_t index, error_code ec) {
    if (!ec) {
        race_.win(index);
        return finish({}, std::move(sockets_[index]));
    }
    error_code ignored;
    sockets_[index].close(ignored);
    race_.fail_to_connect(index, ec);
    go_on();
}

LCM_CLIENT_DECL void Connector::finish(error_code ec, Socket socket) {
    Done done = std::move(done_);
    stop();
    done(ec, std::move(socket));
}

} // namespace lcm::detail

#endif
