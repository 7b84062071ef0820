// SPDX-License-Identifier: BSL-1.0
// The subtopics of replies: all requests whose replies have one subtopic are in one lane, whatever it is spelled like.
#ifndef LCM_CLIENT_SESSION_LANES_HPP
#define LCM_CLIENT_SESSION_LANES_HPP

#include <lcm_client/protocol/text.hpp>
#include <lcm_client/session/text_hash.hpp>
#include <lcm_client/session/waiter.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lcm::detail {

/// All requests whose replies have one subtopic.
struct Lane {
    std::string_view subtopic;         ///< its key in `Lanes`
    std::uint64_t hash = 0;            ///< of the name
    std::size_t owners = 0;            ///< requests whose reply would be matched
    std::size_t tombstones = 0;        ///< those of them that have been given up
    Waiter* exclusive_owner = nullptr; ///< the only one of them, if its reply names no call
    std::size_t exclusive_waiting = 0;
    WaiterList held_back; ///< who waits for more than one key: all behind an exclusive owner, and from the first one on
                          ///< that has to be alone

    [[nodiscard]] bool is_unused() const noexcept { return owners == 0 && held_back.empty(); }
};

/// Finds lanes by name. Names are compared without regard to letter case and outer space; a reply can have a second
/// one.
class Lanes {
public:
    explicit Lanes(TextHash hash) : hash_{hash}, lanes_(0, hash_), aliases_(0, hash_) {}

    struct Place {
        Lane* lane = nullptr;  ///< none if nothing ever waited there
        bool is_alias = false; ///< found by the other name of a reply, which the request has as well
    };

    [[nodiscard]] Place find(std::string_view subtopic) {
        subtopic = trim(subtopic);
        // Messages of one kind come in a row, so the last name is remembered as it was spelled.
        if (last_place_.lane != nullptr && subtopic == last_name_) return last_place_;
        const auto alias = aliases_.find(subtopic);
        const bool is_alias = alias != aliases_.end() && alias->second.looks_like_request;
        const auto at = lanes_.find(lane_name(subtopic));
        if (at == lanes_.end()) return {nullptr, is_alias};
        last_name_ = subtopic;
        return last_place_ = {&at->second, is_alias};
    }

    /// The lane of replies with this subtopic, which may also come as `also`, unless that is empty.
    [[nodiscard]] Lane& enter(std::string_view subtopic, std::string_view also) {
        if (!also.empty()) enter_alias(trim(subtopic), trim(also));
        const Place place = find(subtopic);
        if (place.lane != nullptr) return *place.lane;
        const auto at = lanes_.try_emplace(std::string(lane_name(trim(subtopic)))).first;
        at->second.subtopic = at->first;
        at->second.hash = hash_(at->first);
        return at->second;
    }

    /// Shows each lane to `visit(const Lane&)`.
    template <class Visitor> void for_each(Visitor visit) const {
        for (const auto& [name, lane] : lanes_) visit(lane);
    }

    /// Nothing waits there any more. An application may make up its operations as it goes, so not all are kept.
    void leave(const Lane& lane) {
        if (lanes_.size() <= max_unused) return;
        last_place_ = {};
        lanes_.erase(lanes_.find(lane.subtopic));
    }

private:
    struct NameHash {
        using is_transparent = void;
        TextHash hash;
        std::size_t operator()(std::string_view name) const noexcept {
            return hash.of_name(name) & (std::numeric_limits<std::size_t>::max)();
        }
    };
    struct NameEqual {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const noexcept { return same_name(a, b); }
    };
    template <class Value> using ByName = std::unordered_map<std::string, Value, NameHash, NameEqual>;

    struct Alias {
        std::string lane;
        bool looks_like_request; // the name is that of the request as well
    };

    // The name of the lane that replies of this name belong to.
    [[nodiscard]] std::string_view lane_name(std::string_view subtopic) const {
        const auto alias = aliases_.find(subtopic);
        return alias == aliases_.end() ? subtopic : std::string_view(alias->second.lane);
    }

    [[nodiscard]] bool has(std::string_view name) const { return lanes_.find(name) != lanes_.end(); }

    // Both names of a reply lead to one lane: to that which is in use already, if there is one.
    void enter_alias(std::string_view name, std::string_view also) {
        if (const auto known = aliases_.find(also); known != aliases_.end() && known->second.looks_like_request) return;
        const std::string lane(has(also) && !has(lane_name(name)) ? also : lane_name(name));
        aliases_.insert_or_assign(std::string(name), Alias{lane, false});
        aliases_.insert_or_assign(std::string(also), Alias{lane, true});
        last_place_ = {};
    }

    static constexpr std::size_t max_unused = 256;

    NameHash hash_;
    ByName<Lane> lanes_;
    ByName<Alias> aliases_; // other subtopics of replies; as many as operations have one
    std::string last_name_;
    Place last_place_;
};

} // namespace lcm::detail

#endif
