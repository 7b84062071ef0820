// SPDX-License-Identifier: BSL-1.0
// Internal: what `parse_url` leaves to those who have Asio.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_CHECK_IPV6_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_CHECK_IPV6_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/errc.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/ip/address_v6.hpp>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Throws `LcmError` with `Errc::invalid_argument` if the host stands in brackets, and is no IPv6 address.
inline void check_ipv6(const Url& url) {
    error_code problem;
    if (url.is_ipv6()) boost::asio::ip::make_address_v6(url.host, problem);
    if (problem) throw_invalid("url: what stands in brackets is not an IPv6 address");
}

} // namespace lcm::detail

#endif
