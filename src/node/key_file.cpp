// SPDX-License-Identifier: Apache-2.0
#include "node/key_file.hpp"

#include "base/hex.hpp"
#include "crypto/secp256k1.hpp"

#include <algorithm>
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
/// A token, and the end of a line.
constexpr std::size_t longest_file = 258;
constexpr std::size_t shortest_token = 16;
constexpr std::size_t longest_token = 256;

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

/// Reads the file's one line.
std::expected<std::string_view, std::string> read_line(int file, SecretText& text)
{
    if (auto fault = fault_of(file); !fault.empty())
        return std::unexpected{std::move(fault)};
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
    auto line = text.view();
    while (line.ends_with('\n') || line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

std::expected<Hash, std::string> read_key(std::string_view line)
{
    const auto secret = fixed_from_hex<32>(line);
    if (!secret || !crypto::public_key_of(*secret))
        return std::unexpected{"not a secret key of 64 hex digits"};
    return *secret;
}

std::expected<std::string, std::string> read_token(std::string_view line)
{
    const auto is_printable = [](char character) { return character > ' ' && character <= '~'; };
    if (line.size() < shortest_token || line.size() > longest_token || !std::ranges::all_of(line, is_printable))
        return std::unexpected{"not a token of 16 to 256 printable characters without spaces"};
    return std::string{line};
}

template <class Value>
std::expected<Value, std::string> read_secret(const std::string& path,
    std::expected<Value, std::string> (*read)(std::string_view line))
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0)
        return std::unexpected{path + ": " + std::strerror(errno)};
    SecretText text;
    const auto line = read_line(file, text);
    ::close(file);
    auto secret = line ? read(*line) : std::unexpected{line.error()};
    if (!secret)
        return std::unexpected{path + ": " + secret.error()};
    return secret;
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
    return read_secret(path, read_key);
}

std::expected<std::string, std::string> read_token_file(const std::string& path)
{
    return read_secret(path, read_token);
}
}  // namespace jiffy::node
