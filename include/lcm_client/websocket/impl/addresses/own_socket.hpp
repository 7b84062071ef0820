// SPDX-License-Identifier: BSL-1.0
// Internal: sockets that belong to this process alone. One that a program which it starts inherits would keep the
// connection open after the application has ended.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_OWN_SOCKET_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_OWN_SOCKET_HPP

#include <lcm_client/errc.hpp>

#include <boost/asio/detail/config.hpp>
#include <boost/system/system_category.hpp>

#if defined(BOOST_ASIO_WINDOWS)
#include <boost/asio/detail/socket_types.hpp>
#else
#include <cerrno>

#include <fcntl.h>
#endif

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Keeps `socket`, which has just been opened and has no other flag, from being inherited. A program that another thread
/// starts just before this can have it.
template <class Socket> void disinherit(Socket& socket, error_code& ec) {
#if defined(BOOST_ASIO_WINDOWS)
    const boost::asio::detail::socket_type native = socket.native_handle();
    const auto handle = reinterpret_cast<HANDLE>(native); // NOLINT(performance-no-int-to-ptr): the system's way
    if (::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0) != 0) return;
    ec.assign(static_cast<int>(::GetLastError()), boost::system::system_category());
#else
    if (::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC) != -1) return;
    ec.assign(errno, boost::system::system_category());
#endif
}

/// Opens `socket`, which is closed, and keeps it from being inherited. Not in one step: what is then assigned to Asio's
/// socket is taken out of the reactor when it is closed, in a fork that exits out of the parent's reactor.
template <class Socket> void open_own(Socket& socket, const typename Socket::protocol_type& protocol, error_code& ec) {
    socket.open(protocol, ec);
    if (!ec) disinherit(socket, ec);
}

/// Lets an acceptor have the port of one that has just ended, and not of one that still listens. Windows needs nothing for
/// the former, and there the option of that name would let two servers share the port.
template <class Acceptor> void take_over_port([[maybe_unused]] Acceptor& acceptor, [[maybe_unused]] error_code& ec) {
#if !defined(BOOST_ASIO_WINDOWS)
    acceptor.set_option(typename Acceptor::reuse_address(true), ec);
#endif
}

} // namespace lcm::detail

#endif
