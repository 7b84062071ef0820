// SPDX-License-Identifier: BSL-1.0
// Internal: PEM texts, from the files and the members of the options that hold them.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_PEM_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_PEM_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/websocket/impl/tls/openssl_pointer.hpp>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Texts of which one may be a private key: none of them stays in memory that is given back.
class PemText {
public:
    PemText() = default;
    explicit PemText(std::string_view text) { append(text); }
    PemText(PemText&& other) noexcept { text_.swap(other.text_); }
    PemText(const PemText&) = delete;
    PemText& operator=(const PemText&) = delete;
    PemText& operator=(PemText&&) = delete;
    ~PemText() { wipe(text_); }

    void append(std::string_view piece) {
        if (text_.size() + piece.size() > text_.capacity()) grow(2 * (text_.size() + piece.size()));
        text_ += piece;
    }

    /// Without the byte order mark that some editors put in front.
    [[nodiscard]] std::string_view view() const noexcept {
        const std::string_view all = text_;
        return all.starts_with("\xef\xbb\xbf") ? all.substr(3) : all;
    }

private:
    static void wipe(std::string& text) noexcept { OPENSSL_cleanse(text.data(), text.size()); }

    void grow(std::size_t capacity) {
        std::string larger;
        larger.reserve(capacity);
        larger += text_;
        text_.swap(larger);
        wipe(larger);
    }

    std::string text_;
};

/// `problem` is what to say if it cannot be opened.
[[nodiscard]] inline PemText read_pem_file(const std::string& path, const std::string& problem) {
    const Openssl<BIO> file(BIO_new_file(path.c_str(), "rb"));
    ERR_clear_error();
    if (!file) throw_invalid(problem);
    PemText text;
    std::array<char, 4096> piece{};
    for (int count = 1; count > 0;) {
        count = BIO_read(file.get(), piece.data(), static_cast<int>(piece.size()));
        if (count > 0) text.append({piece.data(), static_cast<std::size_t>(count)});
    }
    OPENSSL_cleanse(piece.data(), piece.size());
    ERR_clear_error();
    return text;
}

/// To be read by OpenSSL while `text` lives.
[[nodiscard]] inline Openssl<BIO> pem_source(std::string_view text) {
    Openssl<BIO> source(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!source) throw std::bad_alloc();
    return source;
}

/// In place of OpenSSL's own function, which would ask for a password at the terminal.
inline int no_password(char*, int, int, void*) { return -1; }

/// The certificates of a text, in their order; nothing if one of them is damaged.
[[nodiscard]] inline std::optional<std::vector<Openssl<X509>>> read_certificates(std::string_view pem) {
    const Openssl<BIO> source = pem_source(pem);
    std::vector<Openssl<X509>> found;
    ERR_clear_error();
    while (Openssl<X509> next{PEM_read_bio_X509_AUX(source.get(), nullptr, no_password, nullptr)})
        found.push_back(std::move(next));
    const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!is_at_end) return std::nullopt;
    return found;
}

} // namespace lcm::detail

#endif
