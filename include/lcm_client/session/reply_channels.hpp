// SPDX-License-Identifier: BSL-1.0
// The subtopics of replies: all requests whose replies have one subtopic are in one channel, whatever it is spelled like.
#ifndef LCM_CLIENT_SESSION_REPLY_CHANNELS_HPP
#define LCM_CLIENT_SESSION_REPLY_CHANNELS_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/text_hash.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// All requests whose replies have one subtopic.
struct ReplyChannel {
    std::string_view subtopic;               ///< its key in `ReplyChannels`
    std::uint64_t hash = 0;                  ///< of the name
    std::size_t owners = 0;                  ///< requests whose reply would be matched
    std::size_t tombstones = 0;              ///< those of them that have been given up
    RequestEntry* exclusive_owner = nullptr; ///< the only one of them, if its reply names no call
    std::size_t exclusive_waiting = 0;
    RequestList
        held_back; ///< who waits for more than one key: all behind an exclusive owner, and from the first one on
                   ///< that has to be alone

    [[nodiscard]] bool is_unused() const noexcept { return owners == 0 && held_back.empty(); }
};

/// Finds channels by name. Names are compared without regard to letter case and outer space; a reply can have a second
/// one.
class ReplyChannels {
public:
    explicit ReplyChannels(TextHash hash) : hash_{hash}, channels_(0, hash_), aliases_(0, hash_) {}

    struct Place {
        ReplyChannel* channel = nullptr; ///< none if nothing ever waited there
        bool is_alias = false;           ///< found by the other name of a reply, which the request has as well
    };

    /// Messages of one kind come in a row, so the last name is remembered, without outer space, as it was spelled.
    [[nodiscard]] Place find(std::string_view subtopic) {
        return last_place_.channel != nullptr && subtopic == last_name_ ? last_place_ : look_up(subtopic);
    }

    /// The channel of replies with this subtopic, which may also come as `also`, unless that is empty.
    [[nodiscard]] ReplyChannel& enter(std::string_view subtopic, std::string_view also) {
        if (!also.empty()) enter_alias(trim(subtopic), trim(also));
        const Place place = find(subtopic);
        if (place.channel != nullptr) return *place.channel;
        const auto at = channels_.try_emplace(std::string(channel_name(trim(subtopic)))).first;
        at->second.subtopic = at->first;
        at->second.hash = hash_(at->first);
        return at->second;
    }

    /// Shows each channel to `visit(const ReplyChannel&)`.
    template <class Visitor> void for_each(Visitor visit) const {
        for (const auto& [name, channel] : channels_) visit(channel);
    }

    /// Nothing waits there any more. An application may make up its operations as it goes, so not all are kept.
    void leave(const ReplyChannel& channel) {
        if (channels_.size() <= max_unused) return;
        last_place_ = {};
        channels_.erase(channels_.find(channel.subtopic));
    }

private:
    struct NameHash {
        using is_transparent = void;
        TextHash hash;
        std::size_t operator()(std::string_view name) const noexcept {
            constexpr std::size_t all_bits = (std::numeric_limits<std::size_t>::max)();
            return hash.of_name(name) & all_bits;
        }
    };
    struct NameEqual {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const noexcept { return same_name(a, b); }
    };
    template <class Value> using ByName = std::unordered_map<std::string, Value, NameHash, NameEqual>;

    struct Alias {
        std::string channel;
        bool looks_like_request; // the name is that of the request as well
    };

    // A function of its own, so that what is called for the last name stays small.
    [[gnu::noinline, nodiscard]] Place look_up(std::string_view subtopic) {
        subtopic = trim(subtopic);
        const auto alias = aliases_.find(subtopic);
        const bool is_alias = alias != aliases_.end() && alias->second.looks_like_request;
        const auto at = channels_.find(channel_name(subtopic));
        if (at == channels_.end()) return {nullptr, is_alias};
        last_name_ = subtopic;
        return last_place_ = {&at->second, is_alias};
    }

    // The name of the channel that replies of this name belong to.
    [[nodiscard]] std::string_view channel_name(std::string_view subtopic) const {
        const auto alias = aliases_.find(subtopic);
        return alias == aliases_.end() ? subtopic : std::string_view(alias->second.channel);
    }

    [[nodiscard]] bool has(std::string_view name) const { return channels_.find(name) != channels_.end(); }

    // Both names of a reply lead to one channel: to that which is in use already, if there is one.
    void enter_alias(std::string_view name, std::string_view also) {
        if (const auto known = aliases_.find(also); known != aliases_.end() && known->second.looks_like_request) return;
        const std::string channel(has(also) && !has(channel_name(name)) ? also : channel_name(name));
        aliases_.insert_or_assign(std::string(name), Alias{channel, false});
        aliases_.insert_or_assign(std::string(also), Alias{channel, true});
        last_place_ = {};
    }

    static constexpr std::size_t max_unused = 256;

    NameHash hash_;
    ByName<ReplyChannel> channels_;
    ByName<Alias> aliases_; // other subtopics of replies; as many as operations have one
    std::string last_name_;
    Place last_place_;
};

} // namespace lcm::detail

#endif
