// SPDX-License-Identifier: BSL-1.0
// Internal: how a TCP connection ends, as the operating system is told: with delivery of what it holds, or without.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_ABORTIVE_CLOSE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_ABORTIVE_CLOSE_HPP

#include <lcm_client/impl/abi.hpp>

#include <boost/asio/detail/socket_types.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <optional>

#if defined(__linux__)
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#elif defined(__APPLE__)
#include <sys/socket.h>
#endif

namespace lcm::inline LCM_CLIENT_ABI::detail {

using NativeSocket = boost::asio::detail::socket_type;

/// Whether the end of the descriptor, by a close or by the end of the process, drops what the system still holds
/// (SO_LINGER of zero, a reset), or delivers it in the background. Not through Asio's option: Asio lifts the one that
/// it knows of when it destroys a socket.
inline void set_abortive(NativeSocket socket, bool is_abortive) noexcept {
    ::linger option{};
    option.l_onoff = is_abortive ? 1 : 0;
    // Nothing can be done where it fails: the connection is over then.
    static_cast<void>(
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&option), sizeof(option)));
}

/// Drops the connection and all that the system holds of it, though the descriptor may have copies in other processes,
/// which a close leaves alone. The descriptor is still to be closed.
inline void abort_connection(NativeSocket socket) noexcept {
    set_abortive(socket, true);
#if defined(__linux__)
    ::sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC; // dissolves the association (connect(2)): TCP sends a reset
    static_cast<void>(::connect(socket, &nobody, sizeof(nobody)));
#endif
}

/// Closes the socket, which ends what is pending on it with an error. Wine forgets a write that is pending when its socket
/// is closed, for whose end the loop would wait for ever; one that is cancelled before ends as on Windows.
template <class Socket> void close_socket(Socket& socket) noexcept {
    boost::system::error_code ignored;
#if defined(BOOST_ASIO_WINDOWS)
    socket.cancel(ignored);
#endif
    socket.close(ignored);
}

/// How many bytes that the system has taken the peer's system has not acknowledged; nothing where this system does not
/// tell.
[[nodiscard]] inline std::optional<std::size_t> unacknowledged_bytes(NativeSocket socket) noexcept {
#if defined(__linux__)
    int bytes = 0;
    if (::ioctl(socket, SIOCOUTQ, &bytes) == 0 && bytes >= 0) return static_cast<std::size_t>(bytes);
#elif defined(__APPLE__)
    int bytes = 0;
    ::socklen_t size = sizeof(bytes);
    if (::getsockopt(socket, SOL_SOCKET, SO_NWRITE, &bytes, &size) == 0 && bytes >= 0)
        return static_cast<std::size_t>(bytes);
#else
    static_cast<void>(socket);
#endif
    return std::nullopt;
}

} // namespace lcm::detail

#endif
