// SPDX-License-Identifier: BSL-1.0
// Internal: an outbox's file as the system sees it: where it lies, who may read it, and how it is set aside.
#ifndef LCM_CLIENT_OUTBOX_IMPL_OUTBOX_FILE_HPP
#define LCM_CLIENT_OUTBOX_IMPL_OUTBOX_FILE_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/outbox/errc.hpp>

#include <boost/system/system_error.hpp>

#include <filesystem>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Throws `boost::system::system_error` with `code`, whose text names what it is about.
[[noreturn]] inline void throw_outbox(OutboxErrc code, const std::string& about) {
    throw boost::system::system_error(make_error_code(code), about);
}

/// What a file's own folder is called: "" is the current one.
[[nodiscard]] inline std::filesystem::path folder_of(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.parent_path();
    return folder.empty() ? std::filesystem::path(".") : folder;
}

/// Whether the folder is on a file system of another computer's, as far as the system says.
[[nodiscard]] LCM_CLIENT_DECL bool is_on_network(const std::filesystem::path& folder);

/// Makes an empty file if there is none, which nobody but its owner may read, where the system has such rights. Its name
/// is durable when this returns. One that is there is not opened: to close a file lets go of all locks that the process has
/// on it, those of another outbox among them. Throws `system_error`.
LCM_CLIENT_DECL void prepare_file(const std::filesystem::path& file);

/// Sees to it that nobody but its owner may read the file and its log, where the system has such rights. Throws
/// `system_error`.
LCM_CLIENT_DECL void restrict_file(const std::filesystem::path& file);

/// Gives a damaged file, and what belongs to it, the first free name of the form "NAME.damaged-1", and returns that.
/// Throws `system_error`.
[[nodiscard]] LCM_CLIENT_DECL std::filesystem::path set_aside(const std::filesystem::path& file);

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/outbox/impl/outbox_file.ipp>
#endif

#endif
