// SPDX-License-Identifier: BSL-1.0
// Processes that are started to be killed.
#ifndef LCM_CLIENT_TESTS_OUTBOX_KILL_CHILD_HPP
#define LCM_CLIENT_TESTS_OUTBOX_KILL_CHILD_HPP

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

namespace lcm::tests {

/// In a forked child: it becomes this program.
[[noreturn]] inline void become(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

enum class ChildEnd { well, killed, failed };

inline ChildEnd wait_for_end(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return ChildEnd::killed;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ChildEnd::well : ChildEnd::failed;
}

} // namespace lcm::tests

#endif
