// SPDX-License-Identifier: Apache-2.0
#include "node/admin_socket.hpp"

#include "store/temporary_directory_test.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace jiffy::node
{
namespace
{
TEST(AdminSocket, answers_what_it_is_asked_and_is_only_its_owners)
{
    const store::TemporaryDirectory directory;
    const auto opened = AdminSocket::open(directory.path(),
        [](std::string_view command) -> std::expected<std::string, std::string>
        {
            if (command == "status")
                return "well";
            return std::unexpected{"there is no command " + std::string{command}};
        });
    ASSERT_TRUE(opened) << opened.error();
    EXPECT_EQ(ask_node(directory.path(), "status"), "well");
    const auto refused = ask_node(directory.path(), "dance");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), "there is no command dance");
    struct stat file{};
    ASSERT_EQ(::stat((directory.path() + "/admin.sock").c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

TEST(AdminSocket, takes_the_place_of_one_whose_process_is_gone)
{
    const store::TemporaryDirectory directory;
    const auto handler = [](std::string_view) -> std::expected<std::string, std::string> { return "here"; };
    auto first = AdminSocket::open(directory.path(), handler);
    ASSERT_TRUE(first);
    const auto second = AdminSocket::open(directory.path(), handler);
    ASSERT_TRUE(second);
    EXPECT_EQ(ask_node(directory.path(), "anybody"), "here");
}

TEST(AdminSocket, says_that_nobody_is_there)
{
    const store::TemporaryDirectory directory;
    const auto answer = ask_node(directory.path(), "status");
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().find("no node runs there"), std::string::npos);
    EXPECT_FALSE(ask_node(std::string(200, 'x'), "status"));
}
}  // namespace
}  // namespace jiffy::node
