// SPDX-License-Identifier: BSL-1.0
// Internal: which secrets were refused, and when they may be offered again, so that nobody's account is locked by an
// old password that is sent again and again.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_REFUSED_SECRETS_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_REFUSED_SECRETS_HPP

#include <lcm_client/impl/abi.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Stands for a secret and for whom it was offered to, and tells neither: without the key of the object that made it,
/// no guess can be compared with it.
using SecretDigest = std::array<unsigned char, 32>;

/// For whom the application's credentials are: all servers of a client are one, so that none is offered what another
/// one of them has refused. A proxy is one of its own, by its host and port.
inline constexpr std::string_view realm_of_servers = "servers";

/// A secret that must not be offered now.
struct HeldSecret {
    std::chrono::seconds refused_ago; ///< rounded down
    std::chrono::seconds offered_in;  ///< rounded up: the first attempt after that may offer it
};

/// The refused secrets of one client, as digests. A secret that was refused may be offered once more after the shortest
/// wait of a blocked link; what was not the mistake of a moment then waits longer each time. Many directories lock an
/// account after five refusals within half an hour: here the fifth one comes after 35 minutes at the earliest.
class RefusedSecrets {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds first_wait{30};
    static constexpr std::chrono::minutes second_wait{5}; ///< doubled with each further refusal
    static constexpr std::chrono::minutes longest_wait{30};
    static constexpr std::size_t max_secrets = 32; ///< the one that was refused longest ago makes room

    /// Nothing if the system has no random bytes, or OpenSSL no memory. No realm has a NUL in it, so that no other pair
    /// reads the same.
    [[nodiscard]] std::optional<SecretDigest> digest(std::string_view realm, std::string_view secret) {
        if (!key_ && !draw_key()) return std::nullopt;
        std::string text(realm);
        text += '\0';
        return hmac(*key_, text.append(secret));
    }

    /// Why a secret must not be offered at `now`; nothing if it may.
    [[nodiscard]] std::optional<HeldSecret> hold(const SecretDigest& secret, TimePoint now) const noexcept {
        const auto found = std::find(refused_.begin(), refused_.end(), secret);
        if (found == refused_.end() || found->due <= now) return std::nullopt;
        return HeldSecret{std::chrono::floor<std::chrono::seconds>(now - found->refused),
                          std::chrono::ceil<std::chrono::seconds>(found->due - now)};
    }

    /// Makes room for one more, so that `refuse()` cannot fail. Before the secret leaves.
    void reserve() { refused_.reserve((std::min)(refused_.size() + 1, max_secrets)); }

    /// A secret was offered, and refused.
    void refuse(const SecretDigest& secret, TimePoint now) {
        auto found = std::find(refused_.begin(), refused_.end(), secret);
        unsigned times = 0;
        if (found != refused_.end()) times = found->times;
        else if (refused_.size() < max_secrets) found = refused_.insert(found, Refused());
        else
            found = std::min_element(refused_.begin(), refused_.end(),
                                     [](const Refused& a, const Refused& b) { return a.refused < b.refused; });
        *found = {secret, times + 1, now, now + wait_after(times + 1)};
    }

    /// A secret was offered, and accepted: it is a good one.
    void accept(const SecretDigest& secret) noexcept { std::erase(refused_, secret); }

    /// A person wants to try again: whatever was refused until now may be offered once more without a wait.
    void lift() noexcept {
        for (Refused& each : refused_) each.due = (TimePoint::min)();
    }

private:
    using Key = std::array<unsigned char, 32>;

    struct Refused {
        SecretDigest secret{};
        unsigned times = 0;
        TimePoint refused{};
        TimePoint due{};
        friend bool operator==(const Refused& each, const SecretDigest& other) noexcept { return each.secret == other; }
    };

    // After so many refusals.
    static std::chrono::seconds wait_after(unsigned times) noexcept {
        if (times <= 1) return first_wait;
        const unsigned doublings = (std::min)(times - 2, 3U); // which is beyond the longest
        return (std::min)(second_wait * (1U << doublings), longest_wait);
    }

    bool draw_key() noexcept {
        Key key;
        if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) return false;
        key_ = key;
        return true;
    }

    static std::optional<SecretDigest> hmac(const Key& key, std::string_view text) noexcept {
        SecretDigest digest;
        const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
        if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest.data(), nullptr) ==
            nullptr)
            return std::nullopt;
        return digest;
    }

    std::optional<Key> key_; // drawn when it is needed first
    std::vector<Refused> refused_;
};

} // namespace lcm::detail

#endif
