// SPDX-License-Identifier: BSL-1.0
// What the replies of several operations are made of: lists, the lack of a reply, and what a reply says about its
// request.
#ifndef LCM_CLIENT_PROTOCOL_REPLY_HPP
#define LCM_CLIENT_PROTOCOL_REPLY_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// A reply that is a list of records. A single record that comes without its list counts as a list of one.
template <class Record> struct List {
    std::vector<Record> records{}; ///< in the server's order
    Sensitive<Json> others{};      ///< what the reply holds beside the list; null if nothing

    /// The first record, for a loop.
    [[nodiscard]] auto begin() const noexcept { return records.begin(); }
    /// The end of the records, for a loop.
    [[nodiscard]] auto end() const noexcept { return records.end(); }
    /// Whether there is no record.
    [[nodiscard]] bool empty() const noexcept { return records.empty(); }
    /// How many records there are.
    [[nodiscard]] std::size_t size() const noexcept { return records.size(); }
    /// The record at `index`, which must be less than `size()`.
    [[nodiscard]] const Record& operator[](std::size_t index) const noexcept { return records[index]; }
};

/// The response of an operation to which the server never replies. Such a request is *accepted for sending*: its bytes
/// have arrived at the server's system, or at a proxy's, as far as the transport can tell (`ConfirmsDelivery`), or else
/// were handed to the network. Whether the server took it cannot be known; if the link breaks before, it ends as
/// unknown.
struct AcceptedForSending {
    static constexpr void fields(auto&&) {}
};

/// What a reply without `success` says about its request. A response with a member `Verdict verdict() const` is asked
/// for it; one without is accepted if it can be read.
struct Verdict {
    Delivery ending = Delivery::unknown; ///< accepted, refused or unknown
    std::string text{};                  ///< the server's own words for it, if there are any
};

} // namespace lcm

#endif
