// SPDX-License-Identifier: Apache-2.0
#include "node/key_file.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jiffy::node
{
namespace
{
const std::string digits(64, '4');
const Hash secret = []
{
    Hash hash;
    std::ranges::fill(hash, Byte{0x44});
    return hash;
}();

/// A file of this text and mode.
std::string file_of(const std::string& text, mode_t mode = 0600)
{
    auto path = testing::TempDir() + "jiffy-key";
    std::remove(path.c_str());
    std::ofstream{path} << text;
    ::chmod(path.c_str(), mode);
    return path;
}

std::string fault_of(const std::string& path)
{
    const auto read = read_key_file(path);
    return read ? "none" : read.error();
}

TEST(KeyFile, holds_digits_with_or_without_prefix_and_line_end)
{
    for (const auto& text : {digits, "0x" + digits, digits + "\n", "0x" + digits + "\r\n"})
        EXPECT_EQ(read_key_file(file_of(text)), secret) << text;
    EXPECT_EQ(read_key_file(file_of(digits, 0400)), secret);
}

TEST(KeyFile, is_its_owner_s_alone)
{
    for (const auto mode : {0644U, 0640U, 0604U, 0620U, 0601U})
        EXPECT_NE(fault_of(file_of(digits, mode)).find("others than its owner have access to it"), std::string::npos)
            << mode;
    EXPECT_NE(fault_of(file_of(digits, 0644)).find("(mode 644): chmod 600"), std::string::npos);
}

TEST(KeyFile, belongs_to_the_user_or_root)
{
    EXPECT_EQ(fault_of_access(1000, 0600, 1000), "");
    EXPECT_EQ(fault_of_access(0, 0600, 1000), "");
    EXPECT_EQ(
        fault_of_access(1001, 0600, 1000), "belongs to user 1001, neither to this one (1000) nor to root: chown it");
    EXPECT_NE(fault_of_access(1001, 0600, 0), "") << "root reads everybody's files";
    EXPECT_NE(fault_of_access(1000, 0644, 1000), "");
    const auto path = file_of(digits);
    constexpr uid_t somebody_else = 12345;
    if (::chown(path.c_str(), somebody_else, static_cast<gid_t>(-1)) != 0)
        GTEST_SKIP() << "only root can give a file away";
    EXPECT_NE(fault_of(path).find("belongs to user 12345"), std::string::npos);
}

TEST(KeyFile, says_what_is_wrong_without_telling_the_key)
{
    EXPECT_EQ(fault_of("/no/such/file"), "/no/such/file: No such file or directory");
    EXPECT_NE(fault_of(testing::TempDir()).find("not a file"), std::string::npos);
    const auto order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    for (const auto& text : {std::string{}, std::string{"0x"}, digits.substr(1), digits + "4", digits + digits,
             std::string(64, 'g'), std::string(64, '0'), std::string{order}, " " + digits})
    {
        const auto fault = fault_of(file_of(text));
        EXPECT_NE(fault.find("not a secret key of 64 hex digits"), std::string::npos) << text;
        if (text.size() > 4)
            EXPECT_EQ(fault.find(text), std::string::npos);
    }
}

TEST(TokenFile, holds_one_line_that_is_long_enough)
{
    const std::string token = "sixteen-letters!";
    EXPECT_EQ(read_token_file(file_of(token)), token);
    EXPECT_EQ(read_token_file(file_of(token + "\n")), token);
    EXPECT_EQ(read_token_file(file_of(std::string(256, 'x'))), std::string(256, 'x'));
    for (const auto& text : {std::string{"fifteen-letters"}, std::string(257, 'x'), std::string{"with a space in it"},
             token + "\n" + token, std::string{}})
    {
        const auto read = read_token_file(file_of(text));
        ASSERT_FALSE(read) << text;
        EXPECT_NE(read.error().find("not a token of 16 to 256"), std::string::npos);
        if (!text.empty())
            EXPECT_EQ(read.error().find(text), std::string::npos);
    }
    EXPECT_NE(read_token_file(file_of(token, 0644)).error().find("chmod 600"), std::string::npos);
}
}  // namespace
}  // namespace jiffy::node
