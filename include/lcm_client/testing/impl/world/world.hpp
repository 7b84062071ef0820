// SPDX-License-Identifier: BSL-1.0
// The small world that the simulated server asks and changes. What each operation finds or does in it stands
// beside this file, as a function `answer(world, request)` for each operation that wants more than a plain success.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_WORLD_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_WORLD_HPP

#include <lcm_client/operations/contacts.hpp>
#include <lcm_client/operations/state.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/testing/impl/world/recent.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

// All contacts belong to one campaign: what the parts of an LCM key mean is not published, so no other can be told from
// it.
inline constexpr const char* campaign_id = "7";
inline constexpr const char* campaign_name = "Payments";
inline constexpr const char* campaign_group = "Group1";
inline constexpr const char* zone_name = "Europe/Paris";
inline constexpr const char* now_text = "13/01/2021 13:45"; // no clock runs here

/// A call, and the last request that set something for it, at each node.
struct Call {
    std::string callid;
    std::map<std::size_t, StoredData> stored{};
};

struct Contact {
    std::string key;
    std::vector<ContactMode> modes;
    std::vector<BusinessField> fields;
};

struct Callback {
    std::string user_id;
    std::string key;
    Number mode_id;
    DateTime start;
    DateTime end;
    bool is_personal;
};

/// A contact that waits to be dialed by hand.
struct WaitingContact {
    std::uint64_t id;
    std::string key;
    std::string phone_number;
    std::string reserved_for{}; ///< the agent; empty if it is free
};

inline const char* mode_name(const Number& mode_id) {
    const std::string id = mode_id.text();
    return id == "1" ? "Home" : id == "2" ? "Office" : id == "3" ? "Mobile" : "Other";
}

inline ContactMode make_mode(Number mode_id, std::string number) {
    return {.mode_id = mode_id,
            .mode_desc = mode_name(mode_id),
            .campaign_id = campaign_name,
            .cvalue = std::move(number),
            .mode_dialing_start_time = "08:00",
            .mode_dialing_end_time = "20:00",
            .time_zone = zone_name,
            .pewc = "false",
            .area_code = "555",
            .zip_code = "75001"};
}

/// What every contact looks like until it is changed.
inline Contact make_contact(std::string key) {
    return {.key = std::move(key),
            .modes = {make_mode(1, "5550100"), make_mode(2, "5550101")},
            .fields = {{.field_name = "City", .value = "Paris", .data_type = "String", .editable = true},
                       {.field_name = "Segment", .value = "Gold", .data_type = "String", .editable = false}}};
}

inline Recent<WaitingContact> make_queue(std::string_view key_start, std::string_view key_end, std::uint64_t first_id) {
    static constexpr std::uint64_t size = 8;
    Recent<WaitingContact> queue;
    for (std::uint64_t i = 0; i < size; ++i)
        queue.add({.id = first_id + i,
                   .key = std::string(key_start) + std::to_string(first_id + i) + std::string(key_end),
                   .phone_number = "555010" + std::to_string(i)});
    return queue;
}

/// Not thread-safe. Bounded: it keeps the last of each kind.
struct World {
    /// With a call for each of `known_calls`; with that of the interface's samples if there are none.
    explicit World(const std::set<std::string>& known_calls) {
        if (known_calls.empty()) calls.add({.callid = "12345"});
        for (const std::string& callid : known_calls) calls.add({.callid = callid});
    }

    Recent<Call, 64> calls{};   ///< few, since `StateSync` tells them all in one message
    Recent<Contact> contacts{}; ///< those that were changed
    Recent<Callback> callbacks{};
    Recent<std::string> do_not_call{}; ///< telephone numbers and values of business fields
    Recent<WaitingContact> manual_dial = make_queue("49|3|", "|0|0|44|1253", 279);
    Recent<WaitingContact> non_pewc = make_queue("137|1|", "|0|0|84|1", 3);
    std::uint64_t next_contact_id = 1000;
    std::size_t node = 0; ///< which of the server's is asked now
};

/// The contact of `key`, as it is now.
inline Contact contact_of(World& world, const std::string& key) {
    const Contact* changed = world.contacts.find([&](const Contact& contact) { return contact.key == key; });
    return changed != nullptr ? *changed : make_contact(key);
}

/// The contact of `key`, to be changed.
inline Contact& change_contact(World& world, const std::string& key) {
    Contact* changed = world.contacts.find([&](const Contact& contact) { return contact.key == key; });
    return changed != nullptr ? *changed : world.contacts.add(make_contact(key));
}

/// The number of the contact's mode `mode_id`; that of its first mode if it has no such mode.
inline std::string number_of(const Contact& contact, const Number& mode_id) {
    for (const ContactMode& mode : contact.modes)
        if (mode.mode_id == mode_id) return mode.cvalue.reveal();
    return contact.modes.empty() ? std::string() : contact.modes.front().cvalue.reveal();
}

/// Adds to the few things that a contact has; the oldest goes when they become too many.
template <class T> void add_bounded(std::vector<T>& items, T item) {
    static constexpr std::size_t max_size = 32;
    if (items.size() == max_size) items.erase(items.begin());
    items.push_back(std::move(item));
}

} // namespace lcm::testing::detail

#endif
