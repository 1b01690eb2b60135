// SPDX-License-Identifier: Apache-2.0
#include "node/key_file.hpp"

#include "base/hex.hpp"
#include "crypto/secp256k1.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jiffy::node
{
namespace
{
/// 0x, digits, and the end of a line.
constexpr std::size_t longest_file = 68;

/// Overwrites what it has held.
struct SecretText
{
    std::array<char, longest_file + 1> bytes{};
    std::size_t size = 0;

    SecretText() = default;
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    ~SecretText() { ::explicit_bzero(bytes.data(), bytes.size()); }

    [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }
};

std::string in_octal(mode_t mode)
{
    std::string digits;
    for (int shift = 6; shift >= 0; shift -= 3)
        digits.push_back(static_cast<char>('0' + (mode >> shift & 7)));
    return digits;
}

/// What is wrong with the file, apart from its content; empty if nothing is.
std::string fault_of(int file)
{
    struct stat status{};
    if (::fstat(file, &status) != 0)
        return std::strerror(errno);
    if (!S_ISREG(status.st_mode))
        return "not a file";
    return fault_of_access(status.st_uid, status.st_mode, ::geteuid());
}

std::expected<Hash, std::string> read_key(int file)
{
    if (auto fault = fault_of(file); !fault.empty())
        return std::unexpected{std::move(fault)};
    SecretText text;
    while (text.size < text.bytes.size())
    {
        const auto count = ::read(file, text.bytes.data() + text.size, text.bytes.size() - text.size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return std::unexpected{std::string{std::strerror(errno)}};
        if (count == 0)
            break;
        text.size += static_cast<std::size_t>(count);
    }
    auto digits = text.view();
    while (digits.ends_with('\n') || digits.ends_with('\r'))
        digits.remove_suffix(1);
    const auto secret = fixed_from_hex<32>(digits);
    if (!secret || !crypto::public_key_of(*secret))
        return std::unexpected{"not a secret key of 64 hex digits"};
    return *secret;
}
}  // namespace

std::string fault_of_access(uid_t owner, mode_t mode, uid_t user)
{
    if (owner != user && owner != 0)
        return "belongs to user " + std::to_string(owner) + ", neither to this one (" + std::to_string(user) +
               ") nor to root: chown it";
    if ((mode & (S_IRWXG | S_IRWXO)) != 0)
        return "others than its owner have access to it (mode " + in_octal(mode & 0777) + "): chmod 600";
    return "";
}

std::expected<Hash, std::string> read_key_file(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0)
        return std::unexpected{path + ": " + std::strerror(errno)};
    auto secret = read_key(file);
    ::close(file);
    if (!secret)
        return std::unexpected{path + ": " + secret.error()};
    return secret;
}
}  // namespace jiffy::node
