// SPDX-License-Identifier: Apache-2.0
#include "conformance/vectors.hpp"

#include "base/hex.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

namespace jiffy::vectors
{
namespace
{
namespace fs = std::filesystem;

/// Holds an advisory lock on a file while it lives; other processes wait for it.
class FileLock
{
public:
    explicit FileLock(const fs::path& file)
      : descriptor_{::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)}
    {
        if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0)
            throw std::runtime_error("cannot lock " + file.string());
    }
    ~FileLock() { ::close(descriptor_); }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int descriptor_;
};

fs::path packs_folder()
{
    const char* configured = std::getenv("JIFFY_VECTORS");
    return configured != nullptr ? fs::path{configured} : fs::path{JIFFY_SOURCE_FOLDER} / ".." / "shared" / "vectors";
}

/// Runs `zstd -dc pack | tar x` in `folder`. The paths go to the shell as arguments, so none is read as a command.
bool unpack(const fs::path& pack, const fs::path& folder)
{
    const pid_t child = ::fork();
    if (child == 0)
    {
        ::execlp("bash", "bash", "-c", "set -o pipefail; zstd -dcq -- \"$1\" | tar -x -C \"$2\"", "bash", pack.c_str(),
            folder.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Names the pack that a folder was unpacked from, so that a newer pack replaces it.
std::string stamp_of(const fs::path& pack)
{
    return std::to_string(fs::file_size(pack)) + " " +
           std::to_string(fs::last_write_time(pack).time_since_epoch().count());
}

std::string read_text(const fs::path& file)
{
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>{stream}, {}};
}
}  // namespace

std::optional<fs::path> vectors_folder(std::string_view suite)
{
    const fs::path packs = packs_folder();
    if (fs::is_directory(packs / suite))
        return packs / suite;
    const fs::path pack = packs / (std::string{suite} + ".tar.zst");
    if (!fs::exists(pack))
    {
        std::cerr << "no test vectors at " << pack << '\n';
        return std::nullopt;
    }

    const fs::path unpacked = fs::path{JIFFY_BUILD_FOLDER} / "vectors";
    fs::create_directories(unpacked);
    const FileLock lock{unpacked / (std::string{suite} + ".lock")};
    const fs::path stamp = unpacked / (std::string{suite} + ".stamp");
    const std::string expected_stamp = stamp_of(pack);
    if (read_text(stamp) == expected_stamp)
        return unpacked / suite;
    fs::remove(stamp);
    fs::remove_all(unpacked / suite);
    if (!unpack(pack, unpacked) || !fs::is_directory(unpacked / suite))
    {
        std::cerr << "cannot unpack " << pack << '\n';
        return std::nullopt;
    }
    std::ofstream{stamp} << expected_stamp;
    return unpacked / suite;
}

bool vectors_are_required()
{
    const char* required = std::getenv("JIFFY_REQUIRE_VECTORS");
    return required != nullptr && std::string_view{required} == "1";
}

nlohmann::json read_json(const fs::path& file)
{
    std::ifstream stream(file);
    if (!stream)
        throw std::runtime_error("cannot read " + file.string());
    return nlohmann::json::parse(stream);
}

Bytes hex_bytes(const nlohmann::json& text)
{
    auto bytes = from_hex(text.get<std::string>());
    if (!bytes)
        throw std::runtime_error("not hex: " + text.dump());
    return *std::move(bytes);
}
}  // namespace jiffy::vectors
